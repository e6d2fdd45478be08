"""Who came and was never checked out, and what they say about it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from volunteer_hub.assignments.models import Assignment, State
from volunteer_hub.checkin.models import Attendance
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.events.models import Event, Post, Shift, Status
from volunteer_hub.recognition.models import Departure
from volunteer_hub.volunteers.models import Volunteer

AT_ONCE: Final = 500


def to_ask(*, ended_since: datetime, ended_by: datetime) -> list[tuple[int, int, str, datetime]]:
    """Return (assignment, person, event title, shift's end) of whom to ask when they left."""
    asked = select(Departure.id).where(Departure.assignment_id == Assignment.id)
    statement = (
        select(Assignment.id, Volunteer.person_id, Event.title, Shift.ends_at)
        .join(Attendance, Attendance.assignment_id == Assignment.id)
        .join(Post, Assignment.post_id == Post.id)
        .join(Shift, Post.shift_id == Shift.id)
        .join(Event, Shift.event_id == Event.id)
        .join(Volunteer, Assignment.volunteer_id == Volunteer.id)
        .where(
            Shift.ends_at > ended_since,
            Shift.ends_at <= ended_by,
            Event.status == Status.PUBLISHED,
            Assignment.state == State.ACCEPTED,
            Attendance.out_at.is_(None),
            ~asked.exists(),
        )
        .order_by(Assignment.id)
        .limit(AT_ONCE)
    )
    return [(row[0], row[1], row[2], row[3]) for row in db.session.execute(statement)]


def to_close(*, ended_by: datetime) -> list[Departure]:
    """Return what is still open of shifts that ended by then."""
    statement = (
        select(Departure)
        .join(Assignment, Departure.assignment_id == Assignment.id)
        .join(Post, Assignment.post_id == Post.id)
        .join(Shift, Post.shift_id == Shift.id)
        .where(Departure.closed_at.is_(None), Shift.ends_at <= ended_by)
        .order_by(Departure.id)
        .limit(AT_ONCE)
        .with_for_update(of=Departure)
    )
    return list(db.session.scalars(statement))


def departure_of(assignment_id: int, *, locked: bool = False) -> tuple[Departure, Assignment]:
    """Return what somebody was asked, and the place they had.

    Raises:
        NotFoundError: Nobody asked them.
    """
    statement = (
        select(Departure, Assignment)
        .join(Assignment, Departure.assignment_id == Assignment.id)
        .where(Assignment.id == assignment_id)
        .options(
            joinedload(Assignment.post).joinedload(Post.shift).joinedload(Shift.event),
        )
        .execution_options(populate_existing=True)
    )
    if locked:
        statement = statement.with_for_update(of=Departure)
    found = db.session.execute(statement).first()
    if found is None:
        raise NotFoundError
    return found[0], found[1]


def came_at(assignment_id: int) -> datetime | None:
    """Return when somebody came whom nobody checked out; None when somebody did meanwhile."""
    statement = select(Attendance.in_at).where(
        Attendance.assignment_id == assignment_id, Attendance.out_at.is_(None)
    )
    return db.session.scalar(statement)
