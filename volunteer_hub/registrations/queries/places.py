from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, ScalarSelect, Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.text import normalise
from volunteer_hub.core.tokens import code_hash, ticket_code
from volunteer_hub.events.models import Event, Status
from volunteer_hub.registrations.errors import TicketNotFoundError
from volunteer_hub.registrations.models import Registration, RegistrationState
from volunteer_hub.registrations.rules import Taken, Terms
from volunteer_hub.waiting import queries as lines
from volunteer_hub.waiting.models import EntryState, WaitingEntry
from volunteer_hub.waiting.queries import Line

PER_PAGE: Final = 20
CONFIRMED = Registration.state == RegistrationState.CONFIRMED
WAITING = Registration.state == RegistrationState.WAITING
BY_SPELLING = (Registration.name.is_(None), Registration.pinyin, Registration.id)
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
        .where(Registration.event_id.in_(event_ids), CONFIRMED)
        .group_by(Registration.event_id)
    )
    found.update((event_id, people) for event_id, people in db.session.execute(statement))
    return found


def taken_of(event_id: int) -> Taken:
    """Return what is taken of an event's places, what offers keep and who waits included."""
    line = lines.count_of(Line(event_id=event_id))
    return Taken(people_registered([event_id])[event_id], line.kept, line.parties)


def people_at(event_id: ColumnElement[int] | InstrumentedAttribute[int]) -> ScalarSelect[int]:
    """Return how many people hold a place at an event, as a part of a larger statement."""
    return select(_PEOPLE).where(Registration.event_id == event_id, CONFIRMED).scalar_subquery()


def has_places_left() -> ColumnElement[bool]:
    """Return the condition that more people may come to an event, as ``rules`` reckons it."""
    somebody_waits = (
        select(WaitingEntry.id)
        .where(WaitingEntry.event_id == Event.id, WaitingEntry.state == EntryState.WAITING)
        .exists()
    )
    is_free = Event.capacity > people_at(Event.id) + lines.kept_at(Event.id)
    return or_(
        Event.capacity.is_(None), Event.is_registration_open.is_(False), is_free & ~somebody_waits
    )


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
    found = db.session.scalar(locked().where(Registration.id == registration_id))
    if found is None:
        raise NotFoundError
    return found


def lock_registration_by_code(code: str) -> Registration:
    """Return the registration with this ticket code, held against other writers.

    Raises:
        TicketNotFoundError: No ticket has the code.
    """
    found = db.session.scalar(locked().where(Registration.ticket_hash == code_hash(code)))
    if found is None:
        raise TicketNotFoundError
    return found


def event_id_of(registration_id: int) -> int:
    """Return which event a registration is for, to hold the event before the registration.

    Raises:
        NotFoundError: There is no such registration.
    """
    found = db.session.scalar(
        select(Registration.event_id).where(Registration.id == registration_id)
    )
    if found is None:
        raise NotFoundError
    return found


def locked() -> Select[Registration]:
    """Return the statement for registrations held against other writers."""
    return select(Registration).with_for_update(of=Registration)


def find_registration_of(
    event_id: int, person_id: int, *, with_waiting: bool = False
) -> Registration | None:
    """Return the place that a signed-in person holds at the event, or None.

    Args:
        event_id: The event.
        person_id: The account.
        with_waiting: Whether a place in line counts as well.
    """
    statement = (
        select(Registration)
        .where(
            Registration.event_id == event_id,
            Registration.person_id == person_id,
            holds(with_waiting=with_waiting),
        )
        .order_by(Registration.id)
        .limit(1)
    )
    return db.session.scalar(statement)


def holds(*, with_waiting: bool) -> ColumnElement[bool]:
    """Return the condition that a registration has its place, or perhaps a place in line."""
    return or_(CONFIRMED, WAITING) if with_waiting else CONFIRMED


def registrations_with_codes(
    event_id: int, codes: Collection[str], *, with_waiting: bool = False
) -> list[Registration]:
    """Return the places at this event that these tickets stand for, in the order they were made.

    Args:
        event_id: The event.
        codes: The tickets' codes.
        with_waiting: Whether places in line count as well.
    """
    hashes = [code_hash(code) for code in codes]
    statement = (
        select(Registration)
        .where(
            Registration.event_id == event_id,
            Registration.ticket_hash.in_(hashes),
            holds(with_waiting=with_waiting),
        )
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
            CONFIRMED,
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
    statement = select(Registration).where(Registration.event_id == event_id, CONFIRMED)
    if text.strip():
        statement = statement.where(matches(text))
    return list(db.session.scalars(statement.order_by(*BY_SPELLING).limit(limit)))


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
    statement = select(Registration).where(Registration.event_id == event_id, CONFIRMED)
    return list(db.session.scalars(statement.order_by(*BY_SPELLING)))


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


def event_by_id(event_id: int) -> Event:
    """Return the event, not held: the door may be writing about it at the same moment.

    Raises:
        NotFoundError: There is no such event.
    """
    found = db.session.get(Event, event_id)
    if found is None:
        raise NotFoundError
    return found
