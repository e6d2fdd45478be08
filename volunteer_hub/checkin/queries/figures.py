"""How many came, who they were, and how long volunteers stayed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import Integer, Select, bindparam, case, func, select

from volunteer_hub.accounts.models import Person
from volunteer_hub.assignments.models import Assignment, State
from volunteer_hub.checkin.models import Attendance, Scan
from volunteer_hub.checkin.queries.people import Key, key_of_attendance
from volunteer_hub.checkin.rules import Direction, Outcome, Reason
from volunteer_hub.core.database import db, run
from volunteer_hub.events.models import Post, Shift
from volunteer_hub.registrations import queries as registrations
from volunteer_hub.registrations.models import Registration
from volunteer_hub.volunteers.models import Volunteer

_COUNTED: Final = case((Scan.reason == Reason.UNDONE, -Scan.people), else_=Scan.people)
_IS_COUNT: Final = (Scan.direction == Direction.COUNT, Scan.outcome == Outcome.ACCEPTED)


@dataclass(frozen=True, slots=True)
class Counts:
    """How full the place is: people who came, left and hold a place; volunteers apart."""

    came: int
    left: int
    expected: int
    counted: int
    volunteers_there: int
    volunteers_expected: int


def counts_of(event_id: int) -> Counts:
    """Return the figures that the door shows."""
    row = run(_counts(), {"event_id": event_id}).one()
    came, left, there, counted, expected, agreed = (number or 0 for number in row)
    return Counts(
        came=came + counted,
        left=left,
        expected=expected,
        counted=counted,
        volunteers_there=there,
        volunteers_expected=agreed,
    )


@cache
def _counts() -> Select[*tuple[Any, ...]]:
    """Return the statement for the figures of one event; built once, for every scan asks it."""
    event_id = bindparam("event_id", type_=Integer)
    is_attendee, is_out = Attendance.registration_id.is_not(None), Attendance.out_at.is_not(None)
    counted = select(func.sum(_COUNTED)).where(Scan.event_id == event_id, *_IS_COUNT)
    agreed = (
        select(func.count(Assignment.id))
        .join(Post, Assignment.post_id == Post.id)
        .join(Shift, Post.shift_id == Shift.id)
        .where(Shift.event_id == event_id, Assignment.state == State.ACCEPTED)
    )
    return select(
        func.sum(case((is_attendee, Attendance.people), else_=0)),
        func.sum(case((is_attendee & is_out, Attendance.people), else_=0)),
        func.sum(case((~is_attendee & ~is_out, 1), else_=0)),
        counted.scalar_subquery(),
        registrations.people_at(event_id),
        agreed.scalar_subquery(),
    ).where(Attendance.event_id == event_id)


def people_reached(event_ids: Collection[int]) -> dict[int, int]:
    """Return how many people came to each event: attendees, companions and those only counted."""
    attendees, counted = _attendees(event_ids), _counted(event_ids)
    return {
        event_id: attendees.get(event_id, (0, 0))[0] + counted.get(event_id, 0)
        for event_id in event_ids
    }


def counted_at(event_id: int) -> int:
    """Return how many people were only counted at the door, without a name."""
    return _counted([event_id]).get(event_id, 0)


def _attendees(event_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    left = case((Attendance.out_at.is_not(None), Attendance.people), else_=0)
    statement = (
        select(Attendance.event_id, func.sum(Attendance.people), func.sum(left))
        .where(Attendance.event_id.in_(event_ids), Attendance.registration_id.is_not(None))
        .group_by(Attendance.event_id)
    )
    return {event_id: (came, gone) for event_id, came, gone in db.session.execute(statement)}


def _counted(event_ids: Collection[int]) -> dict[int, int]:
    statement = (
        select(Scan.event_id, func.sum(_COUNTED))
        .where(Scan.event_id.in_(event_ids), *_IS_COUNT)
        .group_by(Scan.event_id)
    )
    return dict(db.session.execute(statement).all())


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody's stay at an event, for lists and statistics."""

    key: Key
    name: str
    channel: str
    age_band: str | None
    people: int
    in_at: datetime
    out_at: datetime | None


def attendance_of(event_id: int) -> list[Present]:
    """Return everyone who was at the event, attendees and volunteers, as they came."""
    statement = (
        select(Attendance, Registration.name, Registration.channel, Registration.age_band)
        .add_columns(Person.name)
        .outerjoin(Registration, Attendance.registration_id == Registration.id)
        .outerjoin(Assignment, Attendance.assignment_id == Assignment.id)
        .outerjoin(Volunteer, Assignment.volunteer_id == Volunteer.id)
        .outerjoin(Person, Volunteer.person_id == Person.id)
        .where(Attendance.event_id == event_id)
        .order_by(Attendance.in_at, Attendance.id)
    )
    return [
        Present(
            key=key_of_attendance(row),
            name=attendee or volunteer or "",
            channel=str(channel) if channel else "",
            age_band=age_band,
            people=row.people,
            in_at=row.in_at,
            out_at=row.out_at,
        )
        for row, attendee, channel, age_band, volunteer in db.session.execute(statement)
    ]


def intervals_of(event_id: int) -> dict[int, list[tuple[datetime, datetime | None]]]:
    """Return when volunteers were there, by assignment, the earliest first; None: still there."""
    statement = (
        select(Attendance.assignment_id, Attendance.in_at, Attendance.out_at)
        .where(Attendance.event_id == event_id, Attendance.assignment_id.is_not(None))
        .order_by(Attendance.in_at, Attendance.id)
    )
    found: dict[int, list[tuple[datetime, datetime | None]]] = {}
    for assignment_id, in_at, out_at in db.session.execute(statement):
        found.setdefault(assignment_id or 0, []).append((in_at, out_at))
    return found
