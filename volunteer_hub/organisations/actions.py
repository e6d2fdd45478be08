from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from volunteer_hub.core import audit
from volunteer_hub.core.database import db
from volunteer_hub.organisations import queries
from volunteer_hub.organisations.errors import NoOfficeThereError
from volunteer_hub.organisations.models import Appointment, Function, Membership, Organisation
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
    membership = queries.find_membership(person_id, organisation_id)
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
