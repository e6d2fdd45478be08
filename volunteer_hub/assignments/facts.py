"""What the matcher has to know about volunteers, read in two queries however many there are."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Date,
    Row,
    Select,
    String,
    and_,
    case,
    cast,
    literal,
    null,
    or_,
    select,
    union_all,
)

from volunteer_hub.accounts.models import Person
from volunteer_hub.assignments.models import Assignment, State
from volunteer_hub.assignments.queries import LIVE, RECENT
from volunteer_hub.core.database import db
from volunteer_hub.events.models import Event, Post, Shift, Status
from volunteer_hub.regions.models import Venue
from volunteer_hub.volunteers.models import AvailabilityWindow, DayOff, Volunteer, VolunteerSkill

_PERSON, _SKILL, _WINDOW, _DAY_OFF = range(4)


class Settled(NamedTuple):
    """What became of one volunteer and one post, when and where that is."""

    volunteer_id: int
    post_id: int
    shift_id: int
    state: State
    starts_at: datetime
    ends_at: datetime
    venue_id: int | None
    lat: float | None
    lng: float | None
    region_id: int | None


class Window(NamedTuple):
    """A weekly stretch in which someone is free."""

    weekday: int
    starts_minute: int
    ends_minute: int


@dataclass(slots=True)
class About:
    """What one volunteer said about themselves."""

    id: int
    home_region_id: int
    radius_km: int
    max_hours_week: int
    is_proposable: bool
    skills: dict[str, int] = field(default_factory=dict)
    windows: list[Window] = field(default_factory=list)
    days_off: list[date] = field(default_factory=list)


def may_be_proposed() -> ColumnElement[bool]:
    """Return the condition that the matcher may think of a volunteer."""
    return and_(Volunteer.is_paused.is_(False), Volunteer.accepts_suggestions.is_(True))


def engaged_at(posts: Collection[Post]) -> ColumnElement[bool]:
    """Return the condition that a volunteer was asked for or agreed to one of these posts."""
    statement = select(Assignment.volunteer_id).where(
        Assignment.post_id.in_([post.id for post in posts]), Assignment.state.in_(LIVE)
    )
    return Volunteer.id.in_(statement)


def settled_of(
    whom: ColumnElement[bool], post_ids: Collection[int], *, now: datetime
) -> list[Settled]:
    """Return what these volunteers were asked or agreed to, and all there is about these posts.

    What lies more than a year back or was called off is left out, unless it is about these posts.
    """
    is_live = and_(
        Assignment.state.in_(LIVE), Shift.ends_at > now - RECENT, Event.status != Status.CANCELLED
    )
    statement = (
        select(
            Assignment.volunteer_id,
            Assignment.post_id,
            Post.shift_id,
            Assignment.state,
            Shift.starts_at,
            Shift.ends_at,
            Event.venue_id,
            Venue.lat,
            Venue.lng,
            case((Event.venue_id.is_(None), Event.region_id), else_=Venue.region_id),
        )
        .join(Post, Assignment.post_id == Post.id)
        .join(Shift, Post.shift_id == Shift.id)
        .join(Event, Shift.event_id == Event.id)
        .outerjoin(Venue, Event.venue_id == Venue.id)
        .where(
            Assignment.volunteer_id.in_(_ids(whom)),
            or_(is_live, Assignment.post_id.in_(post_ids)),
        )
        .order_by(Assignment.id)
    )
    return [Settled(*row) for row in db.session.execute(statement)]


def about_all(whom: ColumnElement[bool], *, since: date) -> list[About]:
    """Return what these volunteers said about themselves, by id, without erased accounts.

    Args:
        whom: Which volunteers.
        since: Days off before this date are of no interest.
    """
    people: dict[int, About] = {}
    more: list[Row[*tuple[Any, ...]]] = []
    for row in db.session.execute(_about(whom, since)):
        kind, who, _code, _day, *numbers = row
        if kind == _PERSON:
            home, radius_km, hours, is_proposable = numbers
            people[who] = About(who, home, radius_km, hours, bool(is_proposable))
        else:
            more.append(row)
    _add(people, more)
    return [people[who] for who in sorted(people)]


def _add(people: dict[int, About], rows: Iterable[Row[*tuple[Any, ...]]]) -> None:
    for kind, who, code, off_on, first, start, end, _ in rows:
        one = people.get(who)
        if one is None:
            continue
        if kind == _SKILL:
            one.skills[code] = first
        elif kind == _WINDOW:
            one.windows.append(Window(first, start, end))
        else:
            one.days_off.append(off_on)


def _about(whom: ColumnElement[bool], since: date) -> Any:  # noqa: ANN401 - a compound select
    """Return one statement over four tables: each row says of which kind it is."""
    ids = _ids(whom)
    code, day, zero = cast(null(), String), cast(null(), Date), literal(0)
    people = select(
        literal(_PERSON), Volunteer.id, code, day, Volunteer.home_region_id,
        Volunteer.travel_radius_km, Volunteer.max_hours_week, case((may_be_proposed(), 1), else_=0),
    ).join(Volunteer.person).where(whom, Person.erased_at.is_(None))  # fmt: skip
    skills = select(
        literal(_SKILL), VolunteerSkill.volunteer_id, VolunteerSkill.skill_code, day,
        VolunteerSkill.level, zero, zero, zero,
    ).where(VolunteerSkill.volunteer_id.in_(ids))  # fmt: skip
    windows = select(
        literal(_WINDOW), AvailabilityWindow.volunteer_id, code, day, AvailabilityWindow.weekday,
        AvailabilityWindow.starts_minute, AvailabilityWindow.ends_minute, zero,
    ).where(AvailabilityWindow.volunteer_id.in_(ids))  # fmt: skip
    days_off = select(
        literal(_DAY_OFF), DayOff.volunteer_id, code, DayOff.off_on, zero, zero, zero, zero,
    ).where(DayOff.volunteer_id.in_(ids), DayOff.off_on >= since)  # fmt: skip
    return union_all(people, skills, windows, days_off)


def _ids(whom: ColumnElement[bool]) -> Select[int]:
    return select(Volunteer.id).where(whom)
