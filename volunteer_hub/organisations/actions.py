from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from volunteer_hub.accounts import actions as accounts
from volunteer_hub.accounts import set_up
from volunteer_hub.catalogue import queries as catalogue
from volunteer_hub.core import audit
from volunteer_hub.core.database import db, take_turns
from volunteer_hub.core.loading import LoadReport, Row
from volunteer_hub.organisations import queries, rules
from volunteer_hub.organisations.errors import (
    NoOfficeThereError,
    SetUpOverError,
)
from volunteer_hub.organisations.models import Appointment, Membership, Organisation
from volunteer_hub.organisations.rules import Function, Rank, UnitRow
from volunteer_hub.regions import queries as regions
from volunteer_hub.regions.models import Level


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationDraft:
    """What is known of a new organisation."""

    name: str
    kind_code: str
    region_id: int
    name_en: str = ""
    parent_id: int | None = None
    contact_phone: str = ""
    is_demo: bool = False
    rank: Rank | None = None
    purpose: str = ""
    how_to_join: str = ""
    is_open: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstOfficeDraft:
    """Who the first person of a new site is."""

    name: str
    phone: str
    password_hash: str


def found_organisation(draft: OrganisationDraft, *, by: int | None, now: datetime) -> Organisation:
    """Add a unit or a volunteer team.

    Args:
        draft: What is known of it.
        by: Who adds it; None for a command.
        now: When.
    """
    organisation = Organisation(
        name=draft.name,
        name_en=draft.name_en,
        kind_code=draft.kind_code,
        region_id=draft.region_id,
        parent_id=draft.parent_id,
        contact_phone=draft.contact_phone,
        created_at=now,
        is_demo=draft.is_demo,
        rank=draft.rank,
        purpose=draft.purpose,
        how_to_join=draft.how_to_join,
        is_open=draft.is_open,
    )
    db.session.add(organisation)
    db.session.flush()
    audit.record("organisation.found", organisation, by=by, now=now)
    return organisation


def add_member(
    person_id: int, organisation_id: int, function: Function, *, by: int | None, now: datetime
) -> Membership:
    """Make a person a member, or give a member another function; the same again changes nothing.

    Args:
        person_id: Who joins.
        organisation_id: What they join.
        function: What they may do for it.
        by: Who decides; None for a command.
        now: When.
    """
    take_turns_about(person_id, organisation_id)
    membership = queries.lock_membership(person_id, organisation_id)
    if membership is not None and membership.function is function:
        return membership
    if membership is None:
        membership = Membership(
            person_id=person_id,
            organisation_id=organisation_id,
            function=function,
            joined_at=now,
        )
        db.session.add(membership)
    membership.function = function
    db.session.flush()
    details = {"person": person_id, "function": str(function)}
    audit.record("organisation.member", membership, by=by, now=now, details=details)
    return membership


def take_turns_about(person_id: int, organisation_id: int) -> None:
    """Let what is decided about somebody's membership be decided one after another."""
    take_turns(f"member {person_id} {organisation_id}")


def appoint(person_id: int, region_code: str, *, by: int | None, now: datetime) -> Appointment:
    """Put a person into the office of the city or of a county; doing it again changes nothing.

    Args:
        person_id: Who.
        region_code: The region whose office it is, like ``210600``.
        by: Who decides; None for a command.
        now: When.

    Raises:
        NoOfficeThereError: The region is unknown, or is no city and no county.
    """
    region = regions.tree().find_by_code(region_code)
    if region is None or region.level not in (Level.CITY, Level.COUNTY):
        raise NoOfficeThereError
    appointment = queries.find_appointment(person_id, region.id)
    if appointment is None:
        appointment = Appointment(person_id=person_id, region_id=region.id, appointed_at=now)
        db.session.add(appointment)
        db.session.flush()
        details = {"person": person_id, "region": region.id}
        audit.record("office.appoint", appointment, by=by, now=now, details=details)
    return appointment


def open_first_office(token: str, draft: FirstOfficeDraft, *, now: datetime) -> int:
    """Give the first person of a new site an account and a place in the city's office.

    Args:
        token: From the set-up link, which is worth nothing afterwards.
        draft: Who they are.
        now: When.

    Returns:
        The id of the person.

    Raises:
        SetUpOverError: The link counts no more, or there is an office already.
        ContactTakenError: Somebody has this phone number.
        NoOfficeThereError: No regions are loaded.
    """
    if not set_up.use_up(token, now=now) or queries.has_office():
        raise SetUpOverError
    person = accounts.create_person(draft.name, draft.phone, now=now)
    accounts.set_password(person.id, draft.password_hash, by=person.id, keep=None, now=now)
    cities = regions.tree().children(None)
    appoint(person.id, cities[0].code if cities else "", by=None, now=now)
    return person.id


def load_units(rows: Iterable[Row], *, now: datetime, by: int | None = None) -> LoadReport:
    """Add or change the organisations in these rows; one that no row names stays as it is.

    Args:
        rows: Cells by column: name, kind, region (its code), parent (a name, or empty).
        now: When.
        by: Who loads; None for a command.
    """
    there = {found.name: found for found in db.session.scalars(select(Organisation))}
    good, problems = rules.read_units(
        rows,
        kinds={entry.code for entry in catalogue.entries("organisation_kind")},
        has_region=lambda code: regions.tree().find_by_code(code) is not None,
        known=there,
    )
    report = LoadReport(problems=problems)
    for row in good:
        _keep_unit(row, there, report, by=by, now=now)
    return report


def _keep_unit(
    row: UnitRow,
    there: dict[str, Organisation],
    report: LoadReport,
    *,
    by: int | None,
    now: datetime,
) -> None:
    region = regions.tree().find_by_code(row.region)
    region_id = region.id if region else 0
    parent = there[row.parent].id if row.parent else None
    unit = there.get(row.name)
    if unit is None:
        draft = OrganisationDraft(
            name=row.name, kind_code=row.kind, region_id=region_id, parent_id=parent
        )
        there[row.name] = found_organisation(draft, by=by, now=now)
        report.count(is_new=True, is_changed=False)
        return
    unit.kind_code, unit.region_id, unit.parent_id = row.kind, region_id, parent
    is_changed = db.session.is_modified(unit)
    if is_changed:
        audit.record("organisation.change", unit, by=by, now=now)
    report.count(is_new=False, is_changed=is_changed)
