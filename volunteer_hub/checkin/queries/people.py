"""Whom the door may let in: holders of tickets and passes, found by code, by name, by hand."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, contains_eager, joinedload

from volunteer_hub.accounts.models import Person
from volunteer_hub.assignments.models import Assignment, State
from volunteer_hub.catalogue.rules import search_key
from volunteer_hub.checkin.models import Attendance
from volunteer_hub.checkin.rules import Standing, Who
from volunteer_hub.core.database import db, run
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.text import read_id
from volunteer_hub.core.tokens import code_hash
from volunteer_hub.events.models import Post, Shift
from volunteer_hub.registrations import queries as registrations
from volunteer_hub.registrations.models import Registration, RegistrationState
from volunteer_hub.volunteers.models import Volunteer

Column = InstrumentedAttribute[Any]
Statement = Select[*tuple[Any, ...]]
WITH_POST: Final = (
    joinedload(Assignment.post, innerjoin=True).joinedload(Post.shift, innerjoin=True),
    joinedload(Assignment.volunteer, innerjoin=True).joinedload(Volunteer.person, innerjoin=True),
)


@dataclass(frozen=True, slots=True)
class Key:
    """One person's place or post, as pages name it: r12, v5."""

    who: Who
    id: int

    def __str__(self) -> str:
        return f"{'r' if self.who is Who.ATTENDEE else 'v'}{self.id}"

    @classmethod
    def read(cls, text: str | None) -> Key:
        """Return the key that a page sent back.

        Raises:
            NotFoundError: It is none.
        """
        kind, subject_id = (text or "")[:1], read_id((text or "")[1:])
        if kind not in ("r", "v") or subject_id is None:
            raise NotFoundError
        return cls(Who.ATTENDEE if kind == "r" else Who.VOLUNTEER, subject_id)


@dataclass(frozen=True, slots=True)
class Subject:
    """The holder of a ticket: an attendee's place, or a volunteer's post with its own start.

    Whoever is on the waiting list holds no place: their ticket is as good as a cancelled one, and
    ``is_waiting`` says why.
    """

    key: Key
    event_id: int
    name: str
    people: int
    is_cancelled: bool
    post_title: str = ""
    starts_at: datetime | None = None
    is_waiting: bool = False


def subject_of_registration(registration: Registration) -> Subject:
    """Return an attendee as the door sees them."""
    return Subject(
        key=Key(Who.ATTENDEE, registration.id),
        event_id=registration.event_id,
        name=registration.name or "",
        people=1 + registration.companions,
        is_cancelled=registration.state is not RegistrationState.CONFIRMED,
        is_waiting=registration.state is RegistrationState.WAITING,
    )


def subject_of_assignment(assignment: Assignment) -> Subject:
    """Return a volunteer as the door sees them."""
    return Subject(
        key=Key(Who.VOLUNTEER, assignment.id),
        event_id=assignment.post.shift.event_id,
        name=assignment.volunteer.person.name,
        people=1,
        is_cancelled=assignment.state is not State.ACCEPTED,
        post_title=assignment.post.title,
        starts_at=assignment.post.shift.starts_at,
    )


def lock_subject_by_code(code: str) -> Subject | None:
    """Return whose ticket this is, held against other writers; None when nobody's.

    Args:
        code: A code in its one spelling, its kind in front.
    """
    wanted = {"sought": code_hash(code)}
    if code[0] == "R":
        return _lock_attendee(Registration.ticket_hash, wanted)
    return _lock_volunteer(Assignment.pass_hash, wanted)


def lock_subject(key: Key) -> Subject:
    """Return the attendee or volunteer, held against other writers.

    Raises:
        NotFoundError: There is none.
    """
    if key.who is Who.ATTENDEE:
        found = _lock_attendee(Registration.id, {"sought": key.id})
    else:
        found = _lock_volunteer(Assignment.id, {"sought": key.id})
    if found is None:
        raise NotFoundError
    return found


def _lock_attendee(column: Column, wanted: dict[str, Any]) -> Subject | None:
    row = run(_attendee_with(column), wanted).first()
    if row is None:
        return None
    registration_id, event_id, name, companions, state = row
    return Subject(
        key=Key(Who.ATTENDEE, registration_id),
        event_id=event_id,
        name=name or "",
        people=1 + companions,
        is_cancelled=state is not RegistrationState.CONFIRMED,
        is_waiting=state is RegistrationState.WAITING,
    )


def _lock_volunteer(column: Column, wanted: dict[str, Any]) -> Subject | None:
    row = run(_volunteer_with(column), wanted).first()
    if row is None:
        return None
    assignment_id, event_id, name, state, post_title, starts_at = row
    return Subject(
        key=Key(Who.VOLUNTEER, assignment_id),
        event_id=event_id,
        name=name,
        people=1,
        is_cancelled=state is not State.ACCEPTED,
        post_title=post_title,
        starts_at=starts_at,
    )


@cache
def _attendee_with(column: Column) -> Statement:
    """Return the statement for one attendee; built once, and columns alone: a scan is quick."""
    return (
        select(
            Registration.id,
            Registration.event_id,
            Registration.name,
            Registration.companions,
            Registration.state,
        )
        .where(column == bindparam("sought"))
        .with_for_update(of=Registration)
    )


@cache
def _volunteer_with(column: Column) -> Statement:
    return (
        select(
            Assignment.id,
            Shift.event_id,
            Person.name,
            Assignment.state,
            Post.title,
            Shift.starts_at,
        )
        .join(Post, Assignment.post_id == Post.id)
        .join(Shift, Post.shift_id == Shift.id)
        .join(Volunteer, Assignment.volunteer_id == Volunteer.id)
        .join(Person, Volunteer.person_id == Person.id)
        .where(column == bindparam("sought"))
        .with_for_update(of=Assignment)
    )


def attendances_of(key: Key) -> list[Attendance]:
    """Return each time this attendee or volunteer was there, the earliest first."""
    statement = select(Attendance).where(_whose(key.who) == key.id)
    return list(db.session.scalars(statement.order_by(Attendance.in_at, Attendance.id)))


def _whose(who: Who) -> Column:
    return Attendance.registration_id if who is Who.ATTENDEE else Attendance.assignment_id


class Stay(NamedTuple):
    """One time somebody was there, as far as the next scan depends on it."""

    id: int
    in_at: datetime
    out_at: datetime | None
    in_scan_id: int | None
    out_scan_id: int | None


def stays_of(key: Key) -> list[Stay]:
    """Return each time this attendee or volunteer was there, the earliest first."""
    return [Stay(*row) for row in run(_stays_of(key.who), {"whose": key.id})]


@cache
def _stays_of(who: Who) -> Statement:
    return (
        select(
            Attendance.id,
            Attendance.in_at,
            Attendance.out_at,
            Attendance.in_scan_id,
            Attendance.out_scan_id,
        )
        .where(_whose(who) == bindparam("whose"))
        .order_by(Attendance.in_at, Attendance.id)
    )


def standing_of(subject: Subject, stays: Collection[Stay]) -> Standing:
    """Return how things stand with somebody, for the rules to judge."""
    return Standing(
        who=subject.key.who,
        event_id=subject.event_id,
        is_cancelled=subject.is_cancelled,
        has_come=bool(stays),
        is_there=any(stay.out_at is None for stay in stays),
        starts_at=subject.starts_at,
        is_waiting=subject.is_waiting,
    )


def key_of_attendance(row: Attendance) -> Key:
    """Return who was there."""
    if row.registration_id is not None:
        return Key(Who.ATTENDEE, row.registration_id)
    return Key(Who.VOLUNTEER, row.assignment_id or 0)


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody whom the door may check in by name, and where they are now."""

    key: Key
    name: str
    phone: str | None
    people: int
    post_title: str
    has_come: bool
    is_there: bool
    since: datetime | None


def find_people(event_id: int, text: str, *, limit: int = 20) -> list[Found]:
    """Return volunteers, then attendees, of the event who fit what was typed, by spelling.

    Args:
        event_id: The event.
        text: Part of a name, its pinyin or initials, or the last digits of a phone number;
            empty for all.
        limit: At most this many of each.
    """
    volunteers = _volunteers(event_id, text, limit=limit)
    attendees = registrations.search(event_id, text, limit=limit)
    stays = _latest_stays(event_id)
    found = [(subject_of_assignment(each), each.volunteer.person.phone) for each in volunteers]
    found += [(subject_of_registration(each), each.phone) for each in attendees]
    return [_found(subject, phone, stays.get(subject.key)) for subject, phone in found]


def _found(subject: Subject, phone: str | None, latest: Attendance | None) -> Found:
    is_there = latest is not None and latest.out_at is None
    return Found(
        key=subject.key,
        name=subject.name,
        phone=phone,
        people=subject.people,
        post_title=subject.post_title,
        has_come=latest is not None,
        is_there=is_there,
        since=(latest.in_at if is_there else latest.out_at) if latest else None,
    )


def _volunteers(event_id: int, text: str, *, limit: int) -> list[Assignment]:
    statement = (
        select(Assignment)
        .join(Assignment.post)
        .join(Post.shift)
        .join(Assignment.volunteer)
        .join(Volunteer.person)
        .where(Shift.event_id == event_id, Assignment.state == State.ACCEPTED)
        .options(
            contains_eager(Assignment.post).contains_eager(Post.shift),
            contains_eager(Assignment.volunteer).contains_eager(Volunteer.person),
        )
        .order_by(Person.pinyin, Shift.starts_at, Assignment.id)
        .limit(limit)
    )
    key = search_key(text)
    if key:
        statement = statement.where(_person_matches(key))
    return list(db.session.scalars(statement))


def _person_matches(key: str) -> ColumnElement[bool]:
    tests = [
        func.lower(Person.name).contains(key, autoescape=True),
        Person.pinyin.startswith(key, autoescape=True),
        Person.initials.startswith(key, autoescape=True),
    ]
    if key.isascii() and key.isdigit():
        tests.append(Person.phone.endswith(key, autoescape=True))
    return or_(*tests)


def _latest_stays(event_id: int) -> dict[Key, Attendance]:
    statement = (
        select(Attendance)
        .where(Attendance.event_id == event_id)
        .order_by(Attendance.in_at, Attendance.id)
    )
    return {key_of_attendance(row): row for row in db.session.scalars(statement)}
