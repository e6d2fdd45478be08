from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, case, distinct, func, literal, select, union_all
from sqlalchemy.orm import aliased, joinedload

from volunteer_hub.assignments.models import Assignment, State
from volunteer_hub.checkin.models import Attendance, Direction, Outcome, Reason, Scan
from volunteer_hub.checkin.queries import people_reached
from volunteer_hub.core.database import db
from volunteer_hub.events.models import Event, Post, Shift, Status
from volunteer_hub.events.queries import in_scope
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.recognition.models import HoursEntry, ServiceRecord
from volunteer_hub.recognition.queries import confirmed_minutes, minutes_of_record
from volunteer_hub.regions.models import Level, Region
from volunteer_hub.registrations.models import Registration, RegistrationState
from volunteer_hub.volunteers.models import Volunteer

HELD = (Status.PUBLISHED, Status.CONFIRMED)


@dataclass(frozen=True, slots=True)
class EventFigures:
    """What an event reached; people count companions, minutes are confirmed ones."""

    registered: int
    reached: int
    volunteers_agreed: int
    volunteers_came: int
    minutes: int


def figures_of(event_ids: Collection[int]) -> dict[int, EventFigures]:
    """Return the figures of each event, read in one statement."""
    found: dict[int, dict[str, int]] = {event_id: {} for event_id in event_ids}
    for event_id, name, value in db.session.execute(union_all(*_parts(event_ids))):
        found[event_id][name] = int(value or 0)
    return {
        event_id: EventFigures(
            registered=parts.get("registered", 0),
            reached=parts.get("attended", 0) + parts.get("counted", 0),
            volunteers_agreed=parts.get("agreed", 0),
            volunteers_came=parts.get("came", 0),
            minutes=parts.get("minutes", 0),
        )
        for event_id, parts in found.items()
    }


def _parts(event_ids: Collection[int]) -> list[Select[Any]]:
    def part(name: str, event_id: Any, value: Any) -> Select[Any]:  # noqa: ANN401 - SQL
        return (
            select(event_id, literal(name), value).where(event_id.in_(event_ids)).group_by(event_id)
        )

    of_registration = 1 + Registration.companions
    counted = case((Scan.reason == Reason.UNDONE, -Scan.people), else_=Scan.people)
    return [
        part("registered", Registration.event_id, func.sum(of_registration)).where(
            Registration.state == RegistrationState.CONFIRMED
        ),
        part("attended", Attendance.event_id, func.sum(Attendance.people)).where(
            Attendance.registration_id.is_not(None)
        ),
        part("counted", Scan.event_id, func.sum(counted)).where(
            Scan.direction == Direction.COUNT, Scan.outcome == Outcome.ACCEPTED
        ),
        part("agreed", Shift.event_id, func.count(distinct(Assignment.volunteer_id)))
        .join(Post, Post.shift_id == Shift.id)
        .join(Assignment, Assignment.post_id == Post.id)
        .where(Assignment.state == State.ACCEPTED),
        part("came", Attendance.event_id, func.count(distinct(Assignment.volunteer_id))).join(
            Assignment, Attendance.assignment_id == Assignment.id
        ),
        part("minutes", HoursEntry.event_id, func.sum(HoursEntry.minutes)),
    ]


def attendance_rows(event_id: int) -> list[Row[Any]]:
    """Return registrations of an event with their attendance: (Registration, in_at, people)."""
    statement = (
        select(Registration, Attendance.in_at, Attendance.people)
        .outerjoin(Attendance, Attendance.registration_id == Registration.id)
        .where(Registration.event_id == event_id)
        .order_by(Registration.id)
    )
    return list(db.session.execute(statement))


def hours_rows(event_id: int) -> list[Row[Any]]:
    """Return the roster of an event: (Assignment, record or None, its minutes, in_at, out_at)."""
    statement = (
        select(
            Assignment,
            ServiceRecord,
            minutes_of_record(),
            func.min(Attendance.in_at),
            func.max(Attendance.out_at),
        )
        .join(Post, Assignment.post_id == Post.id)
        .join(Shift, Post.shift_id == Shift.id)
        .outerjoin(ServiceRecord, ServiceRecord.assignment_id == Assignment.id)
        .outerjoin(Attendance, Attendance.assignment_id == Assignment.id)
        .where(Shift.event_id == event_id, Assignment.state == State.ACCEPTED)
        .group_by(Assignment.id, ServiceRecord.id, Shift.starts_at)
        .order_by(Shift.starts_at, Assignment.id)
        .options(
            joinedload(Assignment.post).joinedload(Post.shift),
            joinedload(Assignment.volunteer).joinedload(Volunteer.person),
        )
    )
    return list(db.session.execute(statement))


@dataclass(frozen=True, slots=True)
class CountyFigures:
    """What happened in one county over a stretch of time."""

    name: str
    code: str
    events: int
    reached: int
    minutes: int
    townships: int
    townships_reached: int


def county_figures(scope: Scope, *, since: datetime, until: datetime) -> list[CountyFigures]:
    """Return each county's figures in the order of their codes: coverage, never a ranking."""
    counties = _counties(scope)
    rows = db.session.execute(
        select(Event.id, Region.county_id, Region.township_id, Region.id, Region.level)
        .join(Region, Event.region_id == Region.id)
        .where(
            Event.status.in_(HELD),
            Event.starts_at >= since,
            Event.starts_at < until,
            in_scope(scope),
        )
    ).all()
    reached = people_reached([row[0] for row in rows])
    minutes = confirmed_minutes([row[0] for row in rows])
    return [_county(county, rows, reached, minutes) for county in counties]


def _counties(scope: Scope) -> list[Any]:
    township = aliased(Region)
    statement = (
        select(Region.id, Region.code, Region.short_name, func.count(township.id))
        .outerjoin(township, (township.parent_id == Region.id) & (township.level == Level.TOWNSHIP))
        .where(Region.level == Level.COUNTY)
        .group_by(Region.id)
        .order_by(Region.code)
    )
    if not scope.is_city_wide:
        statement = statement.where(Region.id.in_(scope.county_ids))
    return list(db.session.execute(statement))


def _county(
    county: Any,  # noqa: ANN401 - a row
    rows: Collection[Any],
    reached: dict[int, int],
    minutes: dict[int, int],
) -> CountyFigures:
    county_id, code, name, townships = county
    own = [row for row in rows if county_id in (row[1], row[3])]
    touched = {row[2] or row[3] for row in own if row[4] in (Level.TOWNSHIP, Level.VILLAGE)}
    return CountyFigures(
        name=name,
        code=code,
        events=len(own),
        reached=sum(reached.get(row[0], 0) for row in own),
        minutes=sum(minutes.get(row[0], 0) for row in own),
        townships=townships,
        townships_reached=len(touched),
    )


def townships_without_events(scope: Scope, *, since: datetime, until: datetime) -> list[Region]:
    """Return the townships where nothing was held or is planned, so that the next can go there."""
    held = (
        select(func.coalesce(Region.township_id, Region.id))
        .join(Event, Event.region_id == Region.id)
        .where(Event.status.in_(HELD), Event.starts_at >= since, Event.starts_at < until)
    )
    statement = (
        select(Region)
        .where(Region.level == Level.TOWNSHIP, Region.id.not_in(held))
        .order_by(Region.code)
    )
    if not scope.is_city_wide:
        statement = statement.where(Region.county_id.in_(scope.county_ids))
    return list(db.session.scalars(statement))


def form_counts(scope: Scope, *, since: datetime, until: datetime) -> Counter[str]:
    """Return how many events of each form were held, by form code."""
    statement = (
        select(Event.form_code, func.count())
        .where(
            Event.status.in_(HELD),
            Event.starts_at >= since,
            Event.starts_at < until,
            in_scope(scope),
        )
        .group_by(Event.form_code)
    )
    return Counter({code or "": number for code, number in db.session.execute(statement)})
