from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from volunteer_hub.assignments.models import Assignment, State
from volunteer_hub.checkin.models import Attendance
from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.database import db
from volunteer_hub.events.models import Post, Shift
from volunteer_hub.recognition.models import HoursKind, ServiceRecord
from volunteer_hub.recognition.rules import Stay, Working, worked
from volunteer_hub.volunteers.models import Volunteer


@dataclass(frozen=True, slots=True)
class Served:
    """One volunteer in one post of an event, with what the door knows of them."""

    assignment_id: int
    volunteer_id: int
    person_id: int
    name: str
    post_title: str
    shift_title: str
    starts_at: datetime
    ends_at: datetime
    working: Working


def served_at(event_id: int) -> list[Served]:
    """Return every volunteer who had agreed to come, by shift and name, with their minutes."""
    statement = (
        select(Assignment)
        .join(Post, Assignment.post_id == Post.id)
        .join(Shift, Post.shift_id == Shift.id)
        .where(Shift.event_id == event_id, Assignment.state == State.ACCEPTED)
        .options(
            joinedload(Assignment.post).joinedload(Post.shift),
            joinedload(Assignment.volunteer).joinedload(Volunteer.person),
        )
        .order_by(Shift.starts_at, Assignment.id)
    )
    rows = list(db.session.scalars(statement))
    stays = stays_of([row.id for row in rows])
    days = _minutes_by_day({row.volunteer_id for row in rows}, except_event=event_id)
    return [_served(row, stays.get(row.id, []), days) for row in rows]


def _served(row: Assignment, stays: list[Stay], days: dict[tuple[int, date], int]) -> Served:
    shift = row.post.shift
    on = shift.starts_at.astimezone(LOCAL).date()
    return Served(
        assignment_id=row.id,
        volunteer_id=row.volunteer_id,
        person_id=row.volunteer.person_id,
        name=row.volunteer.person.name,
        post_title=row.post.title,
        shift_title=shift.title,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        working=worked(
            stays,
            starts_at=shift.starts_at,
            ends_at=shift.ends_at,
            minutes_that_day=days.get((row.volunteer_id, on), 0),
        ),
    )


def stays_of(assignment_ids: Collection[int]) -> dict[int, list[Stay]]:
    """Return when volunteers came and left, by assignment, earliest first."""
    statement = (
        select(Attendance.assignment_id, Attendance.in_at, Attendance.out_at)
        .where(Attendance.assignment_id.in_(assignment_ids))
        .order_by(Attendance.in_at, Attendance.id)
    )
    found: dict[int, list[Stay]] = {}
    for assignment_id, in_at, out_at in db.session.execute(statement):
        if assignment_id is not None:
            found.setdefault(assignment_id, []).append(Stay(in_at, out_at))
    return found


def _minutes_by_day(
    volunteer_ids: Collection[int], *, except_event: int
) -> dict[tuple[int, date], int]:
    """Return minutes already credited, by volunteer and local day."""
    statement = select(
        ServiceRecord.volunteer_id, ServiceRecord.served_at, ServiceRecord.minutes
    ).where(ServiceRecord.volunteer_id.in_(volunteer_ids), ServiceRecord.event_id != except_event)
    found: dict[tuple[int, date], int] = {}
    for volunteer_id, at, minutes in db.session.execute(statement):
        key = (volunteer_id, at.astimezone(LOCAL).date())
        found[key] = found.get(key, 0) + minutes
    return found


def records_of_event(event_id: int) -> dict[int, ServiceRecord]:
    """Return what was confirmed for an event, by assignment."""
    statement = select(ServiceRecord).where(ServiceRecord.event_id == event_id)
    return {row.assignment_id: row for row in db.session.scalars(statement)}


def records_of_volunteer(
    volunteer_id: int, *, page: int = 1, per_page: int = 20
) -> list[ServiceRecord]:
    """Return one page of a volunteer's record, latest first; no-shows are not part of it."""
    statement = (
        select(ServiceRecord)
        .where(ServiceRecord.volunteer_id == volunteer_id, ServiceRecord.kind != HoursKind.NO_SHOW)
        .order_by(ServiceRecord.served_at.desc(), ServiceRecord.id.desc())
        .limit(per_page)
        .offset((page - 1) * per_page)
    )
    return list(db.session.scalars(statement))


@dataclass(frozen=True, slots=True)
class Totals:
    """What a volunteer gave in all; in minutes."""

    times: int
    timed: int
    added: int

    @property
    def minutes(self) -> int:
        """Return all minutes, however they were recorded."""
        return self.timed + self.added


def totals_of(volunteer_id: int, *, since: datetime | None = None) -> Totals:
    """Return how often and how long a volunteer served, timed and added hours apart."""
    statement = (
        select(ServiceRecord.kind, func.count(), func.coalesce(func.sum(ServiceRecord.minutes), 0))
        .where(ServiceRecord.volunteer_id == volunteer_id, ServiceRecord.kind != HoursKind.NO_SHOW)
        .group_by(ServiceRecord.kind)
    )
    if since is not None:
        statement = statement.where(ServiceRecord.served_at >= since)
    found = {kind: (times, minutes) for kind, times, minutes in db.session.execute(statement)}
    timed = found.get(HoursKind.TIMED, (0, 0))
    added = found.get(HoursKind.ADDED, (0, 0))
    return Totals(times=timed[0] + added[0], timed=int(timed[1]), added=int(added[1]))


def confirmed_minutes(event_ids: Collection[int]) -> dict[int, int]:
    """Return confirmed minutes by event; events without any are missing."""
    statement = (
        select(ServiceRecord.event_id, func.sum(ServiceRecord.minutes))
        .where(ServiceRecord.event_id.in_(event_ids))
        .group_by(ServiceRecord.event_id)
    )
    return {event_id: int(minutes) for event_id, minutes in db.session.execute(statement)}


def last_year(now: datetime) -> datetime:
    """Return the moment a year before, for "in the last twelve months"."""
    return now - timedelta(days=365)
