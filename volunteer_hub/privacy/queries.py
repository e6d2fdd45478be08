from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, literal, select, union_all

from volunteer_hub.accounts import queries as people
from volunteer_hub.accounts.models import Person
from volunteer_hub.assignments.models import Assignment, State
from volunteer_hub.core.audit import AuditEntry
from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.numbers import value_of
from volunteer_hub.credentials.models import Credential
from volunteer_hub.events.models import Event, Post, Shift
from volunteer_hub.guardians.models import GuardianConsent
from volunteer_hub.guardians.queries import HOLDS as CONSENT_HOLDS
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.organisations.rules import Function
from volunteer_hub.people.models import ExportRow, PersonMerge
from volunteer_hub.privacy import rules
from volunteer_hub.privacy.models import Erasure
from volunteer_hub.privacy.owners import Subject, owned, shown, table_of
from volunteer_hub.privacy.registry import HELD, Held
from volunteer_hub.registrations.models import Registration, RegistrationState
from volunteer_hub.volunteers import ages
from volunteer_hub.volunteers import queries as offers
from volunteer_hub.volunteers import rules as offer_rules
from volunteer_hub.volunteers.models import Volunteer


@dataclass(frozen=True, slots=True)
class Closed:
    """A closed account as the list beside the backups has it."""

    person_id: int
    mark: str
    closed_at: datetime


@dataclass(frozen=True, slots=True)
class Look:
    """That a member of staff looked at the data of somebody under age.

    Attributes:
        age: How old that person surely was then.
    """

    at: datetime
    staff_id: int
    staff_name: str
    action: str
    volunteer_id: int
    age: int


_LOOKS_AT_VOLUNTEERS = ("volunteer.minor_seen", "volunteer.show_contact")
_EXPORTED = "people.export"
_LOOKS_AT_CREDENTIALS = ("credential.show_number", "credential.show_scan")


def looks_at_minors(year: int) -> list[Look]:
    """Return every look of the staff at data of somebody who was under age then, by moment.

    Whoever closed their account since is not in it: nobody knows any more how old they were.

    Args:
        year: A year of the city's time zone.
    """
    begins = datetime(year, 1, 1, tzinfo=LOCAL)
    of_credentials = (
        select(AuditEntry, Person.name, Volunteer)
        .join(Credential, AuditEntry.subject_id == Credential.id)
        .join(Volunteer, Credential.volunteer_id == Volunteer.id)
        .where(AuditEntry.action.in_(_LOOKS_AT_CREDENTIALS))
    )
    of_volunteers = (
        select(AuditEntry, Person.name, Volunteer)
        .join(Volunteer, AuditEntry.subject_id == Volunteer.id)
        .where(AuditEntry.action.in_(_LOOKS_AT_VOLUNTEERS))
    )
    of_files = (
        select(AuditEntry, Person.name, Volunteer)
        .join(ExportRow, AuditEntry.subject_id == ExportRow.export_id)
        .join(Volunteer, ExportRow.person_id == Volunteer.person_id)
        .where(AuditEntry.action == _EXPORTED)
    )
    found = [
        Look(entry.at, entry.actor_id or 0, name, entry.action, volunteer.id, age)
        for statement in (of_volunteers, of_credentials, of_files)
        for entry, name, volunteer in db.session.execute(
            statement.join(Person, AuditEntry.actor_id == Person.id).where(
                AuditEntry.at >= begins,
                AuditEntry.at < datetime(year + 1, 1, 1, tzinfo=LOCAL),
                Volunteer.birth_year > year - offer_rules.ADULT - 2,
            )
        )
        if (age := _age_then(volunteer, entry.at)) < offer_rules.ADULT
    ]
    return sorted(found, key=lambda look: (look.at, look.volunteer_id))


def _age_then(volunteer: Volunteer, at: datetime) -> int:
    born = volunteer.birth_year or 0
    return offer_rules.age_on(at.astimezone(LOCAL).date(), born, volunteer.birth_month)


def children_without_consent(*, now: datetime) -> list[int]:
    """Return the accounts of children whose guardian did not agree within the days there are."""
    limit = now - timedelta(days=value_of("keep.children"))
    today = now.astimezone(LOCAL).date()
    agreed = select(GuardianConsent.id).where(
        GuardianConsent.volunteer_id == Volunteer.id, *CONSENT_HOLDS
    )
    statement = (
        select(Volunteer)
        .join(Volunteer.person)
        .where(
            Person.erased_at.is_(None),
            Volunteer.joined_at < limit,
            Volunteer.birth_year > today.year - offer_rules.ADULT - 2,
            ~agreed.exists(),
        )
        .order_by(Volunteer.id)
    )
    return [
        volunteer.person_id
        for volunteer in db.session.scalars(statement)
        if ages.is_below(ages.CHILD, volunteer.birth_year, volunteer.birth_month, on=today)
    ]


def live_person(person_id: int) -> Person:
    """Return the person.

    Raises:
        NotFoundError: There is no such person, or the account was closed.
    """
    person = people.person_by_id(person_id)
    if person.erased_at is not None:
        raise NotFoundError
    return person


def lock_live_person(person_id: int) -> Person:
    """Return the person, kept from changing until the transaction ends.

    Raises:
        NotFoundError: There is no such person, or the account was closed.
    """
    statement = (
        select(Person)
        .where(Person.id == person_id, Person.erased_at.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    person = db.session.scalar(statement)
    if person is None:
        raise NotFoundError
    return person


def counts_of(subject: Subject) -> dict[str, int]:
    """Return how many rows are held about somebody, by table, in one statement."""
    statement = union_all(
        *(
            select(literal(held.table), func.count())
            .select_from(table_of(held.table))
            .where(shown(held, subject))
            for held in HELD
        )
    )
    return dict(db.session.execute(statement).all())


def rows_of(held: Held, subject: Subject, *, limit: int | None = None) -> list[dict[str, Any]]:
    """Return what is held in one table about somebody, the newest first, by column.

    Args:
        held: Which table.
        subject: About whom.
        limit: How many rows at most; None for all.
    """
    table = table_of(held.table)
    columns = [table.c.id, *(table.c[item.column] for item in held.items)]
    if held.table == "audit_entry":
        columns += [table.c.sealed_for]
    statement = (
        select(*columns).where(shown(held, subject)).order_by(table.c.id.desc()).limit(limit)
    )
    return [dict(row) for row in db.session.execute(statement).mappings()]


def posts_in_words(post_ids: Collection[int]) -> dict[int, str]:
    """Return event and post by the id of the post."""
    statement = (
        select(Post.id, Event.title, Post.title)
        .join(Shift, Post.shift_id == Shift.id)
        .join(Event, Shift.event_id == Event.id)
        .where(Post.id.in_(post_ids))
    )
    return {post_id: f"{event} · {post}" for post_id, event, post in db.session.execute(statement)}


def events_in_words(event_ids: Collection[int]) -> dict[int, str]:
    """Return titles of events by id."""
    statement = select(Event.id, Event.title).where(Event.id.in_(event_ids))
    return dict(db.session.execute(statement).all())


def is_responsible(person_id: int) -> bool:
    """Tell whether others depend on the account: an office, or a function in an organisation."""
    functions = {each.function for each in organisations.memberships_of(person_id)}
    return bool(functions - {Function.MEMBER}) or organisations.is_in_office(person_id)


def merged_into(volunteer_id: int) -> list[Subject]:
    """Return whose records were merged into a volunteer's, and into those before that.

    None leads back to itself: whoever is gone is kept in no later merge.

    They are known by the number and address they had, as long as a merge can be undone.
    """
    statement = (
        select(PersonMerge, Volunteer.person_id)
        .join(Volunteer, Volunteer.id == PersonMerge.gone_volunteer_id)
        .where(PersonMerge.kept_volunteer_id == volunteer_id, PersonMerge.undone_at.is_(None))
        .order_by(PersonMerge.id)
    )
    found = []
    for merge, person_id in db.session.execute(statement).all():
        was = json.loads(merge.moved)["was"] if merge.moved else {}
        found.append(Subject(person_id, was.get("phone"), was.get("email")))
        found += merged_into(merge.gone_volunteer_id)
    return found


def places_to_give_back(volunteer_id: int, *, now: datetime) -> list[Assignment]:
    """Return places and invitations of shifts that did not begin, in the order of their posts."""
    statement = (
        select(Assignment)
        .join(Post, Assignment.post_id == Post.id)
        .join(Shift, Post.shift_id == Shift.id)
        .where(
            Assignment.volunteer_id == volunteer_id,
            Assignment.state.in_([State.ACCEPTED, State.INVITED]),
            Shift.starts_at > now,
        )
        .order_by(Assignment.post_id)
    )
    return list(db.session.scalars(statement))


def count_ahead(person_id: int, *, now: datetime) -> int:
    """Return how many shifts that did not begin a volunteer has or is asked for."""
    volunteer = offers.find_volunteer_of(person_id)
    return len(places_to_give_back(volunteer.id, now=now)) if volunteer else 0


def tickets_to_give_back(held: Held, subject: Subject, *, now: datetime) -> list[Registration]:
    """Return registrations for events that did not begin, those that wait among them, by event."""
    statement = (
        select(Registration)
        .join(Registration.event)
        .where(
            owned(held, subject),
            Registration.state != RegistrationState.CANCELLED,
            Event.starts_at > now,
        )
        .order_by(Registration.event_id, Registration.id)
    )
    return list(db.session.scalars(statement))


def closed_accounts() -> list[Closed]:
    """Return every account that was closed, the first one first."""
    statement = select(Erasure).order_by(Erasure.id)
    return [Closed(row.person_id, row.mark, row.closed_at) for row in db.session.scalars(statement)]


def to_close_again(listed: Collection[Closed]) -> list[Closed]:
    """Return those of a list whose accounts are open here, as after an older backup was put back.

    One that began at another moment is somebody else who has the same number.
    """
    by_id = {closed.person_id: closed for closed in listed}
    statement = select(Person.id, Person.created_at).where(
        Person.id.in_(by_id), Person.erased_at.is_(None)
    )
    return [
        by_id[person_id]
        for person_id, created_at in db.session.execute(statement)
        if rules.mark_of(person_id, created_at) == by_id[person_id].mark
    ]
