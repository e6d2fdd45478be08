"""The weekly message to the offices: what was, what comes and what waits in their own region.

It adds up a region as a whole. It names no people and compares neither them nor districts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import func, select

from volunteer_hub.accounts.models import Person
from volunteer_hub.assignments.models import Assignment, State
from volunteer_hub.checkin.queries import people_reached
from volunteer_hub.core import outbox
from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.database import db
from volunteer_hub.core.outbox import Draft
from volunteer_hub.events.models import Event, Post, Shift, Status
from volunteer_hub.events.queries import in_scope
from volunteer_hub.notifications import queries as messages
from volunteer_hub.notifications.queries import Shelf
from volunteer_hub.organisations.models import Appointment
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.recognition.models import HoursEntry
from volunteer_hub.recognition.rules import RECORDED_WITHIN
from volunteer_hub.regions.models import Level, Region
from volunteer_hub.statistics.queries import HELD
from volunteer_hub.statistics.rules import OfficeWeek
from volunteer_hub.workdays.queries import work_calendar

# Soon enough to be asked about, and late enough to be filled still.
SHORT_WITHIN: Final = timedelta(days=14)
NAMED: Final = 5


class Lacking(NamedTuple):
    """A post that lacks people, by its event."""

    event_id: int
    title: str
    starts_at: datetime
    missing: int


@dataclass(frozen=True, slots=True)
class Summary:
    """One region's week in numbers.

    Attributes:
        held: Events of last week.
        reached: Who came to them, companions and those only counted included.
        minutes: Service time confirmed last week.
        coming: Events of this week.
        short: Posts of the next two weeks that lack people.
        short_events: When, which event, and how many people it lacks: the earliest few.
        due: Events whose records are due this week.
        overdue: Events whose records should have been there by now.
        failed: Messages that did not arrive, for those who can send them again.
    """

    held: int
    reached: int
    minutes: int
    coming: int
    short: int
    short_events: list[str]
    due: int
    overdue: int
    failed: int

    @property
    def says_nothing(self) -> bool:
        """Tell whether there is nothing to write about."""
        return not any(asdict(self).values())


def digests_of(week: OfficeWeek, *, now: datetime) -> Iterator[Draft]:
    """Yield the digests of a week that were not queued before.

    Offices of the same region share one reading, however many people work there.
    """
    offices = _offices()
    told = outbox.queued_keys({digest_key(each, week) for each in offices})
    waiting = {each: s for each, s in offices.items() if digest_key(each, week) not in told}
    read: dict[frozenset[int] | None, Summary] = {}
    for person_id, scope in waiting.items():
        region = None if scope.is_city_wide else scope.county_ids
        if region not in read:
            read[region] = summary_of(scope, week, now=now)
        if not read[region].says_nothing:
            yield Draft(
                kind="office_digest",
                to=outbox.to_person(person_id),
                dedupe_key=digest_key(person_id, week),
                params=asdict(read[region]) | {"path": "/organise"},
            )


def digest_key(person_id: int, week: OfficeWeek) -> str:
    """Return what makes a digest the only one of its week."""
    return f"office_digest:p{person_id}:{week.name}"


def _offices() -> Mapping[int, Scope]:
    """Return what everybody who works in an office sees by that office alone, by person."""
    statement = (
        select(Person.id, Region.level, Region.id)
        .join(Appointment, Appointment.person_id == Person.id)
        .join(Region, Appointment.region_id == Region.id)
        .where(Person.erased_at.is_(None), Region.level.in_([Level.CITY, Level.COUNTY]))
        .order_by(Person.id)
    )
    ties: dict[int, list[tuple[Level, int]]] = {}
    for person_id, level, region_id in db.session.execute(statement):
        ties.setdefault(person_id, []).append((level, region_id))
    return {
        person_id: Scope(
            person_id=person_id,
            is_city_wide=any(level is Level.CITY for level, _ in own),
            county_ids=frozenset(where for level, where in own if level is Level.COUNTY),
            organisation_ids=frozenset(),
            team_ids=frozenset(),
        )
        for person_id, own in ties.items()
    }


def summary_of(scope: Scope, week: OfficeWeek, *, now: datetime) -> Summary:
    """Return the week of what somebody may see as staff."""
    held = _events_between(scope, week.last_starts_at, week.starts_at)
    short = _short_posts(scope, now=now)
    due, overdue = _records_to_come(scope, week, now=now)
    return Summary(
        held=len(held),
        reached=sum(people_reached(held).values()) if held else 0,
        minutes=_minutes_confirmed(scope, week),
        coming=len(_events_between(scope, week.starts_at, week.ends_at)),
        short=len(short),
        short_events=_named(short),
        due=due,
        overdue=overdue,
        failed=messages.counts_by_shelf()[Shelf.FAILED] if scope.is_city_wide else 0,
    )


def _events_between(scope: Scope, since: datetime, until: datetime) -> list[int]:
    statement = select(Event.id).where(
        in_scope(scope),
        Event.status.in_(HELD),
        Event.starts_at >= since,
        Event.starts_at < until,
    )
    return list(db.session.scalars(statement))


def _short_posts(scope: Scope, *, now: datetime) -> list[Lacking]:
    """Return the posts that lack people, the earliest first."""
    agreed = (
        select(func.count())
        .where(Assignment.post_id == Post.id, Assignment.state == State.ACCEPTED)
        .scalar_subquery()
    )
    statement = (
        select(Event.id, Event.title, Event.starts_at, Post.min_people - agreed)
        .join(Shift, Shift.event_id == Event.id)
        .join(Post, Post.shift_id == Shift.id)
        .where(
            in_scope(scope),
            Event.status == Status.PUBLISHED,
            Shift.starts_at > now,
            Shift.starts_at < now + SHORT_WITHIN,
            Post.min_people > agreed,
        )
        .order_by(Event.starts_at, Event.id)
    )
    return [Lacking(*row) for row in db.session.execute(statement)]


def _named(short: Sequence[Lacking]) -> list[str]:
    """Return the first events that lack people, to be put into words when they are read."""
    missing = Counter[int]()
    for each in short:
        missing[each.event_id] += each.missing
    events = {each.event_id: each for each in short}
    return [
        "\t".join(
            (each.starts_at.isoformat(), " ".join(each.title.split()), str(missing[event_id]))
        )
        for event_id, each in list(events.items())[:NAMED]
    ]


def _records_to_come(scope: Scope, week: OfficeWeek, *, now: datetime) -> tuple[int, int]:
    """Return how many events' records are due by the end of the week, and how many are overdue."""
    statement = select(Event.ends_at).where(
        in_scope(scope), Event.status == Status.PUBLISHED, Event.ends_at <= now
    )
    calendar, today = work_calendar(), now.astimezone(LOCAL).date()
    due_on = [
        calendar.later(ended_at.astimezone(LOCAL).date(), RECORDED_WITHIN)
        for ended_at in db.session.scalars(statement)
    ]
    next_monday = week.ends_at.astimezone(LOCAL).date()
    return (
        sum(today <= each < next_monday for each in due_on),
        sum(each < today for each in due_on),
    )


def _minutes_confirmed(scope: Scope, week: OfficeWeek) -> int:
    statement = (
        select(func.coalesce(func.sum(HoursEntry.minutes), 0))
        .join(Event, HoursEntry.event_id == Event.id)
        .where(
            in_scope(scope),
            HoursEntry.at >= week.last_starts_at,
            HoursEntry.at < week.starts_at,
        )
    )
    return int(db.session.scalar(statement) or 0)
