"""Whom the door may let in: holders of tickets and passes, found by code, by name, by hand."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Final

from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from volunteer_hub.accounts.models import Person
from volunteer_hub.assignments.models import Assignment, State
from volunteer_hub.catalogue.rules import search_key
from volunteer_hub.checkin.models import Attendance
from volunteer_hub.checkin.rules import Standing, Who
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.tokens import code_hash
from volunteer_hub.events.models import Post, Shift
from volunteer_hub.registrations import queries as registrations
from volunteer_hub.registrations.models import Registration, RegistrationState
from volunteer_hub.volunteers.models import Volunteer

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
        kind, digits = (text or "")[:1], (text or "")[1:]
        if kind not in ("r", "v") or not (digits.isascii() and digits.isdigit()):
            raise NotFoundError
        if len(digits) > 9:
            raise NotFoundError
        return cls(Who.ATTENDEE if kind == "r" else Who.VOLUNTEER, int(digits))


@dataclass(frozen=True, slots=True)
class Subject:
    """The holder of a ticket: an attendee's place or a volunteer's post."""

    key: Key
    event_id: int
    name: str
    people: int
    is_cancelled: bool
    post_title: str = ""


def subject_of_registration(registration: Registration) -> Subject:
    """Return an attendee as the door sees them."""
    return Subject(
        key=Key(Who.ATTENDEE, registration.id),
        event_id=registration.event_id,
        name=registration.name or "",
        people=1 + registration.companions,
        is_cancelled=registration.state is not RegistrationState.CONFIRMED,
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
    )


def lock_subject_by_code(code: str) -> Subject | None:
    """Return whose ticket this is, held against other writers; None when nobody's.

    Args:
        code: A code in its one spelling, its kind in front.
    """
    if code[0] == "R":
        found = db.session.scalar(_registration_by_code(), {"hash": code_hash(code)})
        return subject_of_registration(found) if found else None
    return _lock_assignment(Assignment.pass_hash == code_hash(code))


@cache
def _registration_by_code() -> Select[Registration]:
    statement = select(Registration).where(Registration.ticket_hash == bindparam("hash"))
    return statement.with_for_update(of=Registration).execution_options(populate_existing=True)


def lock_subject(key: Key) -> Subject:
    """Return the attendee or volunteer, held against other writers.

    Raises:
        NotFoundError: There is none.
    """
    if key.who is Who.ATTENDEE:
        found = _lock_registration(Registration.id == key.id)
    else:
        found = _lock_assignment(Assignment.id == key.id)
    if found is None:
        raise NotFoundError
    return found


def _lock_registration(condition: ColumnElement[bool]) -> Subject | None:
    statement = select(Registration).where(condition).with_for_update(of=Registration)
    found = db.session.scalar(statement.execution_options(populate_existing=True))
    return subject_of_registration(found) if found else None


def _lock_assignment(condition: ColumnElement[bool]) -> Subject | None:
    statement = select(Assignment).where(condition).with_for_update(of=Assignment)
    statement = statement.options(*WITH_POST).execution_options(populate_existing=True)
    found = db.session.scalar(statement)
    return subject_of_assignment(found) if found else None


def _is_of(key: Key) -> ColumnElement[bool]:
    if key.who is Who.ATTENDEE:
        return Attendance.registration_id == key.id
    return Attendance.assignment_id == key.id


def attendances_of(key: Key) -> list[Attendance]:
    """Return each time this attendee or volunteer was there, the earliest first."""
    return list(db.session.scalars(_stays_of(key.who), {"id": key.id}))


@cache
def _stays_of(who: Who) -> Select[Attendance]:
    column = Attendance.registration_id if who is Who.ATTENDEE else Attendance.assignment_id
    statement = select(Attendance).where(column == bindparam("id"))
    return statement.order_by(Attendance.in_at, Attendance.id)


def standing_of(subject: Subject, stays: Collection[Attendance]) -> Standing:
    """Return how things stand with somebody, for the rules to judge."""
    return Standing(
        who=subject.key.who,
        event_id=subject.event_id,
        is_cancelled=subject.is_cancelled,
        has_come=bool(stays),
        is_there=any(stay.out_at is None for stay in stays),
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
