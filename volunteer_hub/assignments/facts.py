"""What the matcher has to know about volunteers, read in two queries however many there are."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final, NamedTuple

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
    not_,
    null,
    or_,
    select,
    union_all,
)

from volunteer_hub.accounts.models import Person
from volunteer_hub.assignments.models import Assignment, State
from volunteer_hub.assignments.queries import LIVE, RECENT
from volunteer_hub.core.database import db
from volunteer_hub.credentials.models import Credential
from volunteer_hub.credentials.rules import State as CredentialState
from volunteer_hub.events.models import Event, Post, Shift, Status
from volunteer_hub.guardians.models import GuardianConsent
from volunteer_hub.guardians.queries import HOLDS as CONSENT_HOLDS
from volunteer_hub.regions.models import Venue
from volunteer_hub.volunteers.models import (
    AvailabilityWindow,
    DayOff,
    ExtraHours,
    Volunteer,
    VolunteerSkill,
    VolunteerWish,
)
from volunteer_hub.volunteers.rules import Bearing, Hours, WishKind

(
    _PERSON,
    _STANDING,
    _SKILL,
    _WINDOW,
    _DAY_OFF,
    _EXTRA,
    _AUDIENCE,
    _CAMPAIGN,
    _CREDENTIAL,
    _CONSENT,
) = range(10)


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
    wants_suggestions: bool
    skills: dict[str, int] = field(default_factory=dict)
    windows: list[Window] = field(default_factory=list)
    days_off: list[date] = field(default_factory=list)
    extra_hours: list[Hours] = field(default_factory=list)
    audiences: set[str] = field(default_factory=set)
    campaigns: set[str] = field(default_factory=set)
    wants_only_wishes: bool = False
    bearing: Bearing = field(default_factory=Bearing)


def may_be_proposed() -> ColumnElement[bool]:
    """Return the condition that the matcher may think of a volunteer, if not for any day."""
    rests_for_good = and_(Volunteer.is_paused.is_(True), Volunteer.paused_until.is_(None))
    return and_(not_(rests_for_good), Volunteer.accepts_suggestions.is_(True))


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
        since: Single days before this date are of no interest.
    """
    people: dict[int, About] = {}
    more: list[Row[*tuple[Any, ...]]] = []
    for row in db.session.execute(_about(whom, since)):
        kind, who, _code, _day, *numbers = row
        if kind == _PERSON:
            home, radius_km, hours, wants_suggestions = numbers
            people[who] = About(who, home, radius_km, hours, bool(wants_suggestions))
        else:
            more.append(row)
    for row in more:
        one = people.get(row[1])
        if one is not None:
            _ADDING[row[0]](one, row)
    return [people[who] for who in sorted(people)]


def _standing(one: About, row: Row[*tuple[Any, ...]]) -> None:
    _, _, _, until, year, month, flags, _ = row
    one.wants_only_wishes = bool(flags & _ONLY_WISHES)
    one.bearing = Bearing(
        birth_year=year,
        birth_month=month,
        is_paused=bool(flags & _PAUSED),
        paused_until=until,
        is_in_reserve=bool(flags & _RESERVE),
        has_car=bool(flags & _CAR),
    )


def _skill(one: About, row: Row[*tuple[Any, ...]]) -> None:
    one.skills[row[2]] = row[4]


def _window(one: About, row: Row[*tuple[Any, ...]]) -> None:
    one.windows.append(Window(*row[4:7]))


def _day_off(one: About, row: Row[*tuple[Any, ...]]) -> None:
    one.days_off.append(row[3])


def _extra(one: About, row: Row[*tuple[Any, ...]]) -> None:
    one.extra_hours.append(Hours(row[3], row[4], row[5]))


def _audience(one: About, row: Row[*tuple[Any, ...]]) -> None:
    one.audiences.add(row[2])


def _campaign(one: About, row: Row[*tuple[Any, ...]]) -> None:
    one.campaigns.add(row[2])


def _credential(one: About, row: Row[*tuple[Any, ...]]) -> None:
    until, held = row[3] or date.max, one.bearing.credentials
    known = {**held, row[2]: max(until, held.get(row[2], until))}
    one.bearing = replace(one.bearing, credentials=known)


def _consent(one: About, _row: Row[*tuple[Any, ...]]) -> None:
    one.bearing = replace(one.bearing, consent_until=date.max)


_PAUSED, _RESERVE, _CAR, _ONLY_WISHES = 1, 2, 4, 8
_ADDING: Final[dict[int, Callable[[About, Row[*tuple[Any, ...]]], None]]] = {
    _STANDING: _standing,
    _SKILL: _skill,
    _WINDOW: _window,
    _DAY_OFF: _day_off,
    _EXTRA: _extra,
    _AUDIENCE: _audience,
    _CAMPAIGN: _campaign,
    _CREDENTIAL: _credential,
    _CONSENT: _consent,
}


def _about(whom: ColumnElement[bool], since: date) -> Any:  # noqa: ANN401 - a compound select
    """Return one statement over several tables: each row says of which kind it is."""
    ids = _ids(whom)
    code, day, zero = cast(null(), String), cast(null(), Date), literal(0)
    people = select(
        literal(_PERSON), Volunteer.id, code, day, Volunteer.home_region_id,
        Volunteer.travel_radius_km, Volunteer.max_hours_week,
        case((Volunteer.accepts_suggestions, 1), else_=0),
    ).join(Volunteer.person).where(whom, Person.erased_at.is_(None))  # fmt: skip
    standing = select(
        literal(_STANDING), Volunteer.id, code, Volunteer.paused_until, Volunteer.birth_year,
        Volunteer.birth_month, _flags(), zero,
    ).where(whom)  # fmt: skip
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
    extra = select(
        literal(_EXTRA), ExtraHours.volunteer_id, code, ExtraHours.free_on,
        ExtraHours.starts_minute, ExtraHours.ends_minute, zero, zero,
    ).where(ExtraHours.volunteer_id.in_(ids), ExtraHours.free_on >= since)  # fmt: skip
    wishes = select(
        case((VolunteerWish.kind == WishKind.AUDIENCE, _AUDIENCE), else_=_CAMPAIGN),
        VolunteerWish.volunteer_id, VolunteerWish.code, day, zero, zero, zero, zero,
    ).where(VolunteerWish.volunteer_id.in_(ids))  # fmt: skip
    credentials = select(
        literal(_CREDENTIAL), Credential.volunteer_id, Credential.kind_code, Credential.expires_on,
        zero, zero, zero, zero,
    ).where(
        Credential.volunteer_id.in_(ids), Credential.state == CredentialState.VERIFIED
    )  # fmt: skip
    consents = select(
        literal(_CONSENT), GuardianConsent.volunteer_id, code, day, zero, zero, zero, zero,
    ).where(
        GuardianConsent.volunteer_id.in_(ids), *CONSENT_HOLDS
    )  # fmt: skip
    return union_all(
        people, standing, skills, windows, days_off, extra, wishes, credentials, consents
    )


def _flags() -> ColumnElement[int]:
    """Return what is true of a volunteer as one number."""
    return (
        case((Volunteer.is_paused, _PAUSED), else_=0)
        + case((Volunteer.is_in_reserve, _RESERVE), else_=0)
        + case((Volunteer.has_car, _CAR), else_=0)
        + case((Volunteer.wants_only_wishes, _ONLY_WISHES), else_=0)
    )


def _ids(whom: ColumnElement[bool]) -> Select[int]:
    return select(Volunteer.id).where(whom)
