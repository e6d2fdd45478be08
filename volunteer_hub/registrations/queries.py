from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, ScalarSelect, Select, func, or_, select
from sqlalchemy.orm import contains_eager

from volunteer_hub.core import outbox
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.outbox import RecipientKind
from volunteer_hub.core.text import normalise
from volunteer_hub.core.tokens import code_hash, ticket_code
from volunteer_hub.events import queries as events
from volunteer_hub.events.concerned import Concerned
from volunteer_hub.events.models import Event, Status
from volunteer_hub.notifications.recipients import Recipient
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.registrations import rules
from volunteer_hub.registrations.errors import TicketNotFoundError
from volunteer_hub.registrations.models import Registration, RegistrationState
from volunteer_hub.registrations.rules import Terms

PER_PAGE: Final = 20
_CONFIRMED = Registration.state == RegistrationState.CONFIRMED
_BY_SPELLING = (Registration.name.is_(None), Registration.pinyin, Registration.id)
_PEOPLE = func.coalesce(func.sum(1 + Registration.companions), 0)


def terms_of(event: Event) -> Terms:
    """Return what the event says about its attendees."""
    return Terms(
        is_cancelled=event.status is Status.CANCELLED,
        is_closed=event.status is Status.CONFIRMED,
        takes_registrations=event.is_registration_open,
        ends_at=event.ends_at,
        capacity=event.capacity,
        max_companions=event.max_companions,
    )


def people_registered(event_ids: Collection[int]) -> dict[int, int]:
    """Return how many people hold a place at each event, companions and walk-ins counted."""
    found = dict.fromkeys(event_ids, 0)
    statement = (
        select(Registration.event_id, _PEOPLE)
        .where(Registration.event_id.in_(event_ids), _CONFIRMED)
        .group_by(Registration.event_id)
    )
    found.update((event_id, people) for event_id, people in db.session.execute(statement))
    return found


def people_at(event_id: ColumnElement[int]) -> ScalarSelect[int]:
    """Return how many people hold a place at an event, as a part of a larger statement."""
    return select(_PEOPLE).where(Registration.event_id == event_id, _CONFIRMED).scalar_subquery()


def code_of(registration: Registration) -> str:
    """Return the code on the registration's ticket."""
    return ticket_code("R", registration.id, registration.ticket_revision)


def registration_by_id(registration_id: int) -> Registration:
    """Return the registration.

    Raises:
        NotFoundError: There is no such registration.
    """
    found = db.session.get(Registration, registration_id)
    if found is None:
        raise NotFoundError
    return found


def find_registration(registration_id: int) -> Registration | None:
    """Return the registration, or None."""
    return db.session.get(Registration, registration_id)


def registration_by_ticket_hash(ticket_hash: str) -> Registration | None:
    """Return the registration whose ticket's code has this hash, or None."""
    return db.session.scalar(select(Registration).where(Registration.ticket_hash == ticket_hash))


def registration_by_code(code: str) -> Registration:
    """Return the registration whose ticket has this code.

    Raises:
        TicketNotFoundError: No ticket has it.
    """
    found = registration_by_ticket_hash(code_hash(code))
    if found is None:
        raise TicketNotFoundError
    return found


def lock_registration(registration_id: int) -> Registration:
    """Return the registration held against other writers until the transaction ends.

    Raises:
        NotFoundError: There is no such registration.
    """
    found = db.session.scalar(_locked().where(Registration.id == registration_id))
    if found is None:
        raise NotFoundError
    return found


def lock_registration_by_code(code: str) -> Registration:
    """Return the registration with this ticket code, held against other writers.

    Raises:
        TicketNotFoundError: No ticket has the code.
    """
    found = db.session.scalar(_locked().where(Registration.ticket_hash == code_hash(code)))
    if found is None:
        raise TicketNotFoundError
    return found


def lock_registration_for_staff(registration_id: int, scope: Scope) -> Registration:
    """Return the registration held against other writers, for someone who may manage its event.

    Raises:
        NotFoundError: There is none, or the event is not this person's business.
    """
    own = select(Event.id).where(events.in_scope(scope))
    statement = _locked().where(Registration.id == registration_id, Registration.event_id.in_(own))
    found = db.session.scalar(statement)
    if found is None:
        raise NotFoundError
    return found


def _locked() -> Select[Registration]:
    return select(Registration).with_for_update(of=Registration)


def find_registration_of(event_id: int, person_id: int) -> Registration | None:
    """Return the place that a signed-in person holds at the event, or None."""
    statement = (
        select(Registration)
        .where(Registration.event_id == event_id, Registration.person_id == person_id, _CONFIRMED)
        .order_by(Registration.id)
        .limit(1)
    )
    return db.session.scalar(statement)


def registrations_with_codes(event_id: int, codes: Collection[str]) -> list[Registration]:
    """Return the places at this event that these tickets stand for, in the order they were made."""
    hashes = [code_hash(code) for code in codes]
    statement = (
        select(Registration)
        .where(Registration.event_id == event_id, Registration.ticket_hash.in_(hashes), _CONFIRMED)
        .order_by(Registration.id)
    )
    return list(db.session.scalars(statement))


def find_by_name_and_phone_tail(event_id: int, name: str, tail: str) -> Registration | None:
    """Return the one place booked under this name and these last digits, or None.

    Two places that fit are as good as none: whoever asks is to be told nothing.
    """
    statement = (
        select(Registration)
        .where(
            Registration.event_id == event_id,
            _CONFIRMED,
            Registration.name == name,
            Registration.phone.endswith(tail, autoescape=True),
        )
        .limit(2)
    )
    found = list(db.session.scalars(statement))
    return found[0] if len(found) == 1 else None


def matches(text: str) -> ColumnElement[bool]:
    """Return the condition that an attendee fits what was typed.

    Args:
        text: Part of a name, its pinyin or initials, or the last digits of a phone number.
    """
    key = re.sub(r"\s", "", normalise(text)).lower()
    tests = [
        func.lower(Registration.name).contains(key, autoescape=True),
        Registration.pinyin.startswith(key, autoescape=True),
        Registration.initials.startswith(key, autoescape=True),
    ]
    if key.isascii() and key.isdigit():
        tests.append(Registration.phone.endswith(key, autoescape=True))
    return or_(*tests)


def search(event_id: int, text: str, *, limit: int = 20) -> list[Registration]:
    """Return the places at the event that fit what was typed, by spelling, the nameless last.

    Args:
        event_id: The event.
        text: Part of a name, its pinyin or initials, or the last digits of a phone number;
            empty for all.
        limit: At most this many.
    """
    statement = select(Registration).where(Registration.event_id == event_id, _CONFIRMED)
    if text.strip():
        statement = statement.where(matches(text))
    return list(db.session.scalars(statement.order_by(*_BY_SPELLING).limit(limit)))


@dataclass(frozen=True, slots=True)
class Filter:
    """Which registrations a list shows."""

    text: str = ""
    state: str = "confirmed"
    channel: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class RegistrationPage:
    """One page of a list of registrations."""

    registrations: list[Registration]
    total: int
    page: int
    pages: int


def confirmed_of(event_id: int) -> list[Registration]:
    """Return every place still held at the event, by spelling, the nameless last."""
    statement = select(Registration).where(Registration.event_id == event_id, _CONFIRMED)
    return list(db.session.scalars(statement.order_by(*_BY_SPELLING)))


def registrations_of(event_id: int, chosen: Filter) -> RegistrationPage:
    """Return a page of the event's registrations, the newest first."""
    conditions = _conditions(event_id, chosen)
    total = db.session.scalar(select(func.count(Registration.id)).where(*conditions)) or 0
    pages = max(1, -(-total // PER_PAGE))
    page = min(max(chosen.page, 1), pages)
    statement = (
        select(Registration)
        .where(*conditions)
        .order_by(Registration.created_at.desc(), Registration.id.desc())
        .offset((page - 1) * PER_PAGE)
        .limit(PER_PAGE)
    )
    return RegistrationPage(list(db.session.scalars(statement)), total, page, pages)


def _conditions(event_id: int, chosen: Filter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [Registration.event_id == event_id]
    if chosen.state:
        conditions.append(Registration.state == RegistrationState(chosen.state))
    if chosen.channel:
        conditions.append(Registration.channel == chosen.channel)
    if chosen.text:
        conditions.append(matches(chosen.text))
    return conditions


def has_any(event_id: int) -> bool:
    """Tell whether anybody ever registered for the event."""
    statement = select(Registration.id).where(Registration.event_id == event_id).limit(1)
    return db.session.scalar(statement) is not None


def events_to_tell_of(*, since: datetime, now: datetime) -> list[int]:
    """Return the events whose registrants may not know yet that it changed or was cancelled."""
    changed = (
        (Event.status == Status.PUBLISHED) & (Event.changed_at >= since) & (Event.ends_at > now)
    )
    cancelled = (Event.status == Status.CANCELLED) & (Event.cancelled_at >= since)
    registered = select(Registration.event_id).where(_CONFIRMED)
    statement = select(Event.id).where(or_(changed, cancelled), Event.id.in_(registered))
    return list(db.session.scalars(statement.order_by(Event.id)))


def event_by_id(event_id: int) -> Event:
    """Return the event, not held: the door may be writing about it at the same moment.

    Raises:
        NotFoundError: There is no such event.
    """
    found = db.session.get(Event, event_id)
    if found is None:
        raise NotFoundError
    return found


def lock_confirmed_of(event_id: int) -> list[Registration]:
    """Return every place still held at the event, against other writers."""
    statement = _locked().where(Registration.event_id == event_id, _CONFIRMED)
    return list(db.session.scalars(statement.order_by(Registration.id)))


def concerned_by(event: Event) -> list[Concerned]:
    """Return whoever holds a place at the event, also those its cancellation has sent away."""
    holds: ColumnElement[bool] = _CONFIRMED
    if event.status is Status.CANCELLED:
        holds = or_(holds, Registration.cancelled_at >= event.cancelled_at)
    statement = (
        select(Registration.id, Registration.name, Registration.phone, Registration.companions)
        .where(Registration.event_id == event.id, holds)
        .order_by(*_BY_SPELLING)
    )
    return [
        Concerned(RecipientKind.REGISTRATION, row.id, row.name, row.phone, None,
                  people=1 + row.companions)
        for row in db.session.execute(statement)
    ]  # fmt: skip


def due_reminders(*, now: datetime, limit: int) -> list[tuple[str, Registration]]:
    """Return attendees to be reminded and not reminded before, each with the message's key."""
    statement = (
        select(Registration)
        .join(Registration.event)
        .where(
            _CONFIRMED,
            Registration.phone.is_not(None),
            Event.status == Status.PUBLISHED,
            Event.starts_at > now,
            Event.starts_at <= now + rules.REMIND_BEFORE,
        )
        .order_by(Event.starts_at, Registration.id)
        .options(contains_eager(Registration.event).joinedload(Event.venue))
    )
    due = {_reminder_key(row): row for row in db.session.scalars(statement) if _is_due(row, now)}
    for known in outbox.queued_keys(due):
        del due[known]
    return list(due.items())[:limit]


def _is_due(row: Registration, now: datetime) -> bool:
    changed_at = row.event.changed_at
    known_at = max(row.created_at, changed_at) if changed_at else row.created_at
    return rules.is_reminder_due(starts_at=row.event.starts_at, known_at=known_at, now=now)


def _reminder_key(row: Registration) -> str:
    """Return what makes a reminder the only one; an event that moved has its own."""
    return f"remind:registration:{row.id}:{row.event.starts_at:%Y%m%d%H%M}"


def attendees_to_write_to(registration_ids: Collection[int]) -> dict[int, Recipient]:
    """Return how to reach these attendees, without those who left no number.

    Whoever registered for an invented event is invented too.
    """
    statement = (
        select(Registration.id, Registration.name, Registration.phone, Event.is_demo)
        .join(Registration.event)
        .where(Registration.id.in_(registration_ids), Registration.phone.is_not(None))
    )
    return {
        row.id: Recipient(row.name, row.phone, None, is_demo=row.is_demo)
        for row in db.session.execute(statement)
    }
