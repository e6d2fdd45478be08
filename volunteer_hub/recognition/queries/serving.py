"""What the door knows of the volunteers of an event, and the minutes that it gives."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from volunteer_hub.assignments.models import Assignment, State
from volunteer_hub.checkin.models import Attendance
from volunteer_hub.core.database import db
from volunteer_hub.events.models import Event, Post, Shift
from volunteer_hub.recognition.models import (
    Departure,
    EntryKind,
    HoursEntry,
    HoursPolicy,
    ServiceRecord,
)
from volunteer_hub.recognition.rules import (
    NOTHING,
    POLICY,
    Before,
    Policy,
    Presence,
    Span,
    Stay,
    Working,
    worked,
)
from volunteer_hub.volunteers.models import Volunteer

# A shift that began longer ago shares no minute and no local day with this one.
NEAR: Final = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Served:
    """One volunteer in one post of an event, with what the door knows of them.

    Attributes:
        said_left_at: When they say they left, where nobody checked them out.
    """

    assignment_id: int
    volunteer_id: int
    person_id: int
    name: str
    post_title: str
    shift_title: str
    starts_at: datetime
    ends_at: datetime
    working: Working
    said_left_at: datetime | None = None


def policy_for(event: Event) -> Policy:
    """Return what counts at an event: the newest policy of those that fit it best."""
    statement = (
        select(HoursPolicy)
        .where(
            HoursPolicy.organisation_id.is_(None)
            | (HoursPolicy.organisation_id == event.organisation_id),
            HoursPolicy.form_code.is_(None) | (HoursPolicy.form_code == event.form_code),
        )
        .order_by(HoursPolicy.id.desc())
    )
    rows = list(db.session.scalars(statement))
    best = max(
        rows,
        key=lambda row: (row.organisation_id is not None, row.form_code is not None, row.id),
        default=None,
    )
    return policy_of(best) if best else POLICY


def policy_of(row: HoursPolicy) -> Policy:
    """Return a kept policy, under the name that the ledger knows it by."""
    return Policy(
        early_grace=row.early_grace,
        late_grace=row.late_grace,
        step=row.step,
        minimum=row.minimum,
        day_cap=row.day_cap,
        version=f"policy-{row.id}",
    )


def volunteers_at(event_id: int) -> list[int]:
    """Return who had agreed to come to an event."""
    statement = (
        select(Assignment.volunteer_id)
        .join(Post, Assignment.post_id == Post.id)
        .join(Shift, Post.shift_id == Shift.id)
        .where(Shift.event_id == event_id, Assignment.state == State.ACCEPTED)
    )
    return list(db.session.scalars(statement))


def served_at(event: Event, *, skipped: Collection[int] = ()) -> list[Served]:
    """Return every volunteer who had agreed to come, by shift and name, with their minutes.

    Args:
        event: Which event.
        skipped: Assignments whose minutes are not credited, and so may count in another shift.
    """
    statement = (
        select(Assignment)
        .join(Post, Assignment.post_id == Post.id)
        .join(Shift, Post.shift_id == Shift.id)
        .where(Shift.event_id == event.id, Assignment.state == State.ACCEPTED)
        .options(
            joinedload(Assignment.post).joinedload(Post.shift),
            joinedload(Assignment.volunteer).joinedload(Volunteer.person),
        )
        .order_by(Shift.starts_at, Assignment.id)
    )
    rows = list(db.session.scalars(statement))
    ids = [row.id for row in rows]
    stays, said = _door_of(ids)
    before = credited_before({row.volunteer_id for row in rows}, about=event.starts_at)
    policy = policy_for(event)
    found = []
    for row in rows:
        mine = before.get(row.volunteer_id, NOTHING)
        served = _served(row, stays.get(row.id, []), mine, policy)
        if served.working.presence is Presence.MISSING_OUT:
            served = replace(served, said_left_at=said.get(row.id))
        if row.id not in skipped and served.working.presence is Presence.TIMED:
            before[row.volunteer_id] = mine.with_more(served.working)
        found.append(served)
    return found


def _served(row: Assignment, stays: list[Stay], before: Before, policy: Policy) -> Served:
    shift = row.post.shift
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
            before=before,
            policy=policy,
        ),
    )


def stays_of(assignment_ids: Collection[int]) -> dict[int, list[Stay]]:
    """Return when volunteers came and left, by assignment, earliest first."""
    return _door_of(assignment_ids)[0]


def _door_of(
    assignment_ids: Collection[int],
) -> tuple[dict[int, list[Stay]], dict[int, datetime]]:
    """Return their stays, and when they say they left, by assignment."""
    statement = (
        select(Attendance.assignment_id, Attendance.in_at, Attendance.out_at, Departure.left_at)
        .outerjoin(Departure, Departure.assignment_id == Attendance.assignment_id)
        .where(Attendance.assignment_id.in_(assignment_ids))
        .order_by(Attendance.in_at, Attendance.id)
    )
    stays: dict[int, list[Stay]] = {}
    said: dict[int, datetime] = {}
    for assignment_id, in_at, out_at, left_at in db.session.execute(statement):
        if assignment_id is not None:
            stays.setdefault(assignment_id, []).append(Stay(in_at, out_at))
            if left_at is not None:
                said[assignment_id] = left_at
    return stays, said


def credited_before(volunteer_ids: Collection[int], *, about: datetime) -> dict[int, Before]:
    """Return what volunteers were credited around a moment, by volunteer.

    Rows that were taken back do not count, and hours of before there was a ledger are known by
    their day alone.
    """
    taken_back = select(HoursEntry.reverses_id).where(HoursEntry.reverses_id.is_not(None))
    statement = (
        select(ServiceRecord.volunteer_id, HoursEntry.working)
        .join(HoursEntry, HoursEntry.record_id == ServiceRecord.id)
        .where(
            ServiceRecord.volunteer_id.in_(volunteer_ids),
            ServiceRecord.served_at > about - NEAR,
            ServiceRecord.served_at < about + NEAR,
            HoursEntry.kind != EntryKind.REVERSE,
            HoursEntry.id.not_in(taken_back),
        )
    )
    found: dict[int, Before] = {}
    for volunteer_id, working in db.session.execute(statement):
        found[volunteer_id] = _with(found.get(volunteer_id, NOTHING), working)
    return found


def _with(before: Before, working: dict[str, Any]) -> Before:
    days = dict(before.days)
    for day, number in working.get("days", {}).items():
        on = date.fromisoformat(day)
        days[on] = days.get(on, 0) + int(number)
    spans: list[Span] = [
        (datetime.fromisoformat(start), datetime.fromisoformat(end))
        for start, end in working.get("spans", [])
    ]
    return Before((*before.spans, *spans), days)
