"""From rows to the matcher's terms: volunteers, shifts and posts as values, minutes as numbers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement

from volunteer_hub import matching
from volunteer_hub.assignments import facts
from volunteer_hub.assignments.facts import About, Settled
from volunteer_hub.assignments.models import State
from volunteer_hub.assignments.queries import LIVE, PostCount
from volunteer_hub.core.clock import LOCAL
from volunteer_hub.events.drafts import Risk
from volunteer_hub.events.models import Event, Post, Shift
from volunteer_hub.matching.engagements import Engagements
from volunteer_hub.matching.lookup import Lookup
from volunteer_hub.matching.ranking import Candidate, judge
from volunteer_hub.matching.weights import Priority
from volunteer_hub.regions.geography import Place
from volunteer_hub.regions.queries import place_of
from volunteer_hub.regions.remoteness import is_remote
from volunteer_hub.volunteers.rules import adult_from as adult_from_day
from volunteer_hub.volunteers.rules import merged_hours

LATELY: Final = timedelta(days=90)
# How reliably people come is not known here, so nobody is put before anyone for it.
RELIABILITY: Final = 0.8
_MINUTE: Final = timedelta(minutes=1)
_WEEK: Final = timedelta(days=7)
_FAR_OFF: Final = 10 * 366 * matching.DAY_MINUTES  # beyond any shift that can be planned


@dataclass(frozen=True, slots=True)
class Horizon:
    """Time as the matcher counts it: whole minutes since a local Monday at 00:00."""

    monday: date

    @classmethod
    def around(cls, moment: datetime) -> Horizon:
        """Return the horizon that begins with the week of this moment."""
        on = moment.astimezone(LOCAL).date()
        return cls(on - timedelta(days=on.weekday()))

    @property
    def start(self) -> datetime:
        """The first moment, aware."""
        return datetime.combine(self.monday, time(), tzinfo=LOCAL)

    def minute(self, moment: datetime) -> int:
        """Return a moment in minutes; negative before the horizon."""
        return (moment - self.start) // _MINUTE

    def first_minute(self, on: date) -> int:
        """Return the first minute of a date."""
        return self.day(on) * matching.DAY_MINUTES

    def day(self, on: date) -> int:
        """Return a date as the matcher's number of the day."""
        return (on - self.monday).days


@dataclass(frozen=True, slots=True)
class Question:
    """Who should take some posts, in the matcher's terms, with the rows it was made from."""

    problem: matching.Problem
    settled: Sequence[Settled]
    people: Sequence[About]

    def counts(self) -> dict[int, PostCount]:
        """Return how many of the volunteers asked about agreed or were asked, by post."""
        heads: dict[int, list[int]] = {}
        for row in self.settled:
            if row.state in LIVE:
                heads.setdefault(row.post_id, [0, 0])[row.state is State.INVITED] += 1
        return {post_id: PostCount(*both) for post_id, both in heads.items()}


def question_of(
    posts: Sequence[Post], whom: ColumnElement[bool], *, proposing: bool, now: datetime
) -> Question:
    """Return the question who should take these posts, in two queries.

    Args:
        posts: Each with its skills, shift and event loaded, and the event's venue; at least one.
        whom: Which volunteers to consider.
        proposing: Whether to look for people to ask. Then whoever was asked for something counts
            as taken, and nobody who is not to be proposed goes anywhere new. Otherwise someone
            looks for a post for themselves, and only what they agreed to counts.
        now: The moment, from which service is past.
    """
    horizon = Horizon.around(min(post.shift.starts_at for post in posts))
    own = {post.id: post.shift_id for post in posts}
    shifts = {post.shift_id: post.shift for post in posts}
    asking: dict[int, list[Post]] = {}
    for post in posts:
        asking.setdefault(post.shift_id, []).append(post)
    settled = facts.settled_of(whom, own, now=now)
    people = facts.about_all(whom, since=horizon.monday)
    there = {one.id for one in people}
    engaged = [row for row in settled if row.state in (LIVE if proposing else (State.ACCEPTED,))]
    problem = matching.Problem(
        volunteers=tuple(_volunteers(people, settled, horizon, proposing=proposing, now=now)),
        shifts=tuple(_as_shift(asking[each], shifts[each], horizon) for each in shifts),
        posts=tuple(_as_post(post) for post in posts),
        taken=tuple(_taken(engaged, own, shifts, horizon)),
        pins=tuple(
            matching.Pin(row.volunteer_id, row.post_id)
            for row in engaged
            if row.post_id in own and row.volunteer_id in there
        ),
        declined=tuple(_declined(settled, own)) if proposing else (),
        fill_to="max",
    )
    return Question(problem, settled, people)


def judged(
    problem: matching.Problem, pairs: Iterable[tuple[int, int]]
) -> dict[tuple[int, int], Candidate]:
    """Return what speaks for and against each pair of volunteer and post of a problem.

    Pairs with someone or something that is not in the problem are left out.
    """
    lookup = Lookup.of(problem)
    engagements = Engagements(lookup, lookup.pins)
    return {
        (who, what): judge(engagements, lookup.volunteers[who], lookup.posts[what])
        for who, what in pairs
        if who in lookup.volunteers and what in lookup.posts
    }


def as_stored(candidate: Candidate) -> tuple[dict[str, Any], ...]:
    """Return a candidate's reasons as plain values, as an assignment keeps them."""
    return tuple({"code": str(each.code), **each.values} for each in candidate.reasons)


def place_of_event(event: Event) -> Place | None:
    """Return where an event is, as far as anybody knows."""
    venue = event.venue
    if venue is None:
        return _place(None, None, event.region_id)
    return _place(venue.lat, venue.lng, venue.region_id)


def region_of_event(event: Event) -> int | None:
    """Return the region an event lies in, as far as anybody knows."""
    return event.region_id if event.venue is None else event.venue.region_id


def _place(lat: float | None, lng: float | None, region_id: int | None) -> Place | None:
    if lat is not None and lng is not None:
        return Place(lat, lng, is_approximate=False)
    return place_of(region_id) if region_id is not None else None


def priority_of(risks: Collection[Risk], *, is_remote: bool) -> Priority:
    """Return how urgent a shift is: a call of the reserve first, then a remote township.

    Args:
        risks: Those of its posts.
        is_remote: Whether it is in a remote township.
    """
    if Risk.EMERGENCY in risks:
        return Priority.EMERGENCY
    return Priority.RURAL if is_remote else Priority.GENERAL


def _as_shift(posts: Sequence[Post], shift: Shift, horizon: Horizon) -> matching.Shift:
    event = shift.event
    place = place_of_event(event)
    return matching.Shift(
        id=shift.id,
        event_id=event.id,
        start=horizon.minute(shift.starts_at),
        end=horizon.minute(shift.ends_at),
        lat=place.lat if place else None,
        lng=place.lng if place else None,
        venue_id=event.venue_id,
        audience=event.audience_codes[0] if event.audience_codes else "",
        also_for=frozenset(event.audience_codes[1:]),
        campaign=event.campaign.code,
        priority=priority_of(
            {post.risk for post in posts}, is_remote=is_remote(region_of_event(event), place)
        ),
        experienced_people=sum(post.min_experienced for post in posts),
    )


def _as_post(post: Post) -> matching.Post:
    return matching.Post(
        id=post.id,
        shift_id=post.shift_id,
        name=post.title,
        min_people=post.min_people,
        max_people=post.max_people,
        skills={skill.skill_code: skill.level for skill in post.skills},
        is_for_adults=post.risk is not Risk.NONE,
        is_for_reserve=post.risk is Risk.EMERGENCY,
        needs_transport=post.needs_car,
        credential=post.credential_code or None,
    )


def _volunteers(
    people: Iterable[About],
    settled: Iterable[Settled],
    horizon: Horizon,
    *,
    proposing: bool,
    now: datetime,
) -> Iterable[matching.Volunteer]:
    minutes, lately = _served(settled, now)
    for one in people:
        place = _place(None, None, one.home_region_id)
        yield matching.Volunteer(
            id=one.id,
            lat=place.lat if place else None,
            lng=place.lng if place else None,
            radius_km=one.radius_km,
            skills=one.skills,
            windows=_windows(one),
            blackout_days=frozenset(horizon.day(each) for each in one.days_off),
            max_minutes_week=one.max_hours_week * 60,
            total_minutes=minutes.get(one.id, 0),
            minutes_90d=lately.get(one.id, 0),
            reliability=RELIABILITY,
            is_location_approximate=True,
            wishes=frozenset(one.audiences),
            wished_campaigns=frozenset(one.campaigns),
            wants_only_wishes=one.wants_only_wishes and proposing,
            wants_suggestions=one.wants_suggestions or not proposing,
            extra_hours=_extra_hours(one, horizon),
            rests_until=_rests_until(one, horizon),
            credentials=_credentials(one, horizon),
            **_standing(one, horizon),
        )


def _extra_hours(one: About, horizon: Horizon) -> dict[int, tuple[tuple[int, int], ...]]:
    """Return stretches of single days by the matcher's number of the day."""
    found: dict[int, tuple[tuple[int, int], ...]] = {}
    for hours in merged_hours(one.extra_hours):
        day = horizon.day(hours.day)
        found[day] = (*found.get(day, ()), (hours.starts_minute, hours.ends_minute))
    return found


def _credentials(one: About, horizon: Horizon) -> dict[str, int]:
    """Return the minute at which each credential expires: when its last day is over."""
    return {
        kind: _FAR_OFF if until == date.max else horizon.first_minute(until + timedelta(days=1))
        for kind, until in one.bearing.credentials.items()
    }


def _rests_until(one: About, horizon: Horizon) -> int | None:
    bearing = one.bearing
    if not bearing.is_paused:
        return None
    until = bearing.paused_until
    return _FAR_OFF if until is None else horizon.first_minute(until + timedelta(days=1))


def _standing(one: About, horizon: Horizon) -> dict[str, Any]:
    """Return what the law asks about a volunteer, in the matcher's terms."""
    bearing = one.bearing
    adult_from = adult_from_day(bearing.birth_year, bearing.birth_month)
    return {
        "adult_from": horizon.first_minute(adult_from) if adult_from else None,
        "needs_consent": bearing.consent_until is None,
        "is_in_reserve": bearing.is_in_reserve,
        "has_transport": bearing.has_car,
    }


def _windows(one: About) -> tuple[matching.Window, ...] | None:
    """Return when someone is free, stretches that touch made one; None when they did not say."""
    joined: list[matching.Window] = []
    for weekday, start, end in sorted(one.windows):
        last = joined[-1] if joined else None
        if last is not None and last.weekday == weekday and start <= last.to_minute:
            joined[-1] = last._replace(to_minute=max(end, last.to_minute))
        else:
            joined.append(matching.Window(weekday, start, end))
    return tuple(joined) or None


def _served(settled: Iterable[Settled], now: datetime) -> tuple[dict[int, int], dict[int, int]]:
    """Return minutes of past service by volunteer: in the last year or so, and lately."""
    minutes: dict[int, int] = {}
    lately: dict[int, int] = {}
    for row in settled:
        if row.state is State.ACCEPTED and row.ends_at <= now:
            spent, who = (row.ends_at - row.starts_at) // _MINUTE, row.volunteer_id
            minutes[who] = minutes.get(who, 0) + spent
            if row.ends_at > now - LATELY:
                lately[who] = lately.get(who, 0) + spent
    return minutes, lately


def _taken(
    engaged: Iterable[Settled],
    own: Mapping[int, int],
    shifts: Mapping[int, Shift],
    horizon: Horizon,
) -> Iterable[matching.Taken]:
    """Return what people do elsewhere in the weeks that are asked about."""
    since = horizon.start - timedelta(days=1)
    until = max(shift.ends_at for shift in shifts.values()) + _WEEK
    for row in engaged:
        if row.post_id in own or row.ends_at < since or row.starts_at > until:
            continue
        place = _place(row.lat, row.lng, row.region_id)
        yield matching.Taken(
            volunteer_id=row.volunteer_id,
            start=horizon.minute(row.starts_at),
            end=horizon.minute(row.ends_at),
            lat=place.lat if place else None,
            lng=place.lng if place else None,
            venue_id=row.venue_id,
        )


def _declined(settled: Iterable[Settled], own: Mapping[int, int]) -> Collection[matching.Declined]:
    """Return who said no, to which shift."""
    return sorted(
        {
            matching.Declined(row.volunteer_id, own[row.post_id])
            for row in settled
            if row.post_id in own and row.state not in LIVE
        }
    )
