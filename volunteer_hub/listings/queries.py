"""What is to come, as the public looks for it: by the index, whatever was asked for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, Text, cast, func, literal, select
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import InstrumentedAttribute

from volunteer_hub.core.audit import AuditEntry
from volunteer_hub.core.database import db, run
from volunteer_hub.events.models import Event, Status
from volunteer_hub.events.queries import WITH_PLACE
from volunteer_hub.events.rules import MAX_EVENT
from volunteer_hub.listings import rules
from volunteer_hub.listings.models import EVENT_WORDS, EventSearch
from volunteer_hub.listings.rules import Wanted
from volunteer_hub.programmes.models import Campaign
from volunteer_hub.regions import queries as regions
from volunteer_hub.regions.models import Region, Venue
from volunteer_hub.registrations.queries import has_places_left

PER_PAGE: Final = 20
# How many are counted: a list of hundreds says "more than", and is narrowed down, not read.
COUNTED: Final = 200
IN_FEED: Final = 500
NEWS: Final = 50
_SOON: Final = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class ListedEvent:
    """As much of an event as a card shows; its campaign is known by its code."""

    id: int
    title: str
    starts_at: datetime
    ends_at: datetime
    status: Status
    campaign_code: str
    venue_name: str
    region_name: str


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of what was asked for.

    Attributes:
        events: The next one first.
        number: Which page.
        last: The last page.
        total: How many there are, as far as they are counted.
        is_more: There are more than were counted.
    """

    events: list[ListedEvent]
    number: int
    last: int
    total: int
    is_more: bool


def listing(wanted: Wanted, *, now: datetime, page: int = 1, per_page: int = PER_PAGE) -> Listing:
    """Return published events that have not ended, the next one first.

    Args:
        wanted: Which.
        now: The moment.
        page: Which page, from 1; beyond the last one, the last.
        per_page: How many on a page.
    """
    ids = event_ids(wanted, now=now, limit=COUNTED + 1)
    total = min(len(ids), COUNTED)
    last = max(1, -(-total // per_page))
    number = min(max(page, 1), last)
    shown = ids[(number - 1) * per_page : number * per_page][:COUNTED]
    return Listing(in_order(shown), number, last, total, is_more=len(ids) > COUNTED)


def in_order(event_ids: list[int]) -> list[ListedEvent]:
    """Return these events, in this order, with everything their cards show."""
    statement = (
        select(
            Event.id,
            Event.title,
            Event.starts_at,
            Event.ends_at,
            Event.status,
            Campaign.code,
            func.coalesce(Venue.name, ""),
            func.coalesce(Region.full_name, ""),
        )
        .join(Campaign, Campaign.id == Event.campaign_id)
        .outerjoin(Venue, Venue.id == Event.venue_id)
        .outerjoin(Region, Region.id == func.coalesce(Venue.region_id, Event.region_id))
        .where(Event.id.in_(event_ids))
    )
    found = {row[0]: ListedEvent(*row) for row in run(statement)}
    return [found[event_id] for event_id in event_ids if event_id in found]


def feed_events(wanted: Wanted, *, since: datetime) -> list[Event]:
    """Return what calendars are told of: also what was called off, until some time after it.

    Args:
        wanted: Of which region and campaign.
        since: Not those that ended before.
    """
    conditions = [
        Event.status != Status.DRAFT,
        Event.published_at.is_not(None),
        Event.ends_at > since,
        Event.starts_at > since - MAX_EVENT,
    ]
    if wanted.region_id is not None:
        conditions.append(Event.region_id.in_(regions.tree().ids_within(wanted.region_id)))
    if wanted.campaign_id is not None:
        conditions.append(Event.campaign_id == wanted.campaign_id)
    statement = (
        select(Event)
        .where(*conditions)
        .order_by(Event.starts_at, Event.id)
        .limit(IN_FEED)
        .options(*WITH_PLACE)
    )
    return list(db.session.scalars(statement))


def news(wanted: Wanted, *, now: datetime) -> list[Event]:
    """Return what is to come, what was published last first."""
    ids = event_ids(wanted, now=now, limit=IN_FEED)
    statement = (
        select(Event)
        .where(Event.id.in_(ids))
        .order_by(Event.published_at.desc(), Event.id.desc())
        .limit(NEWS)
        .options(*WITH_PLACE)
    )
    return list(db.session.scalars(statement))


def edited_at(event_ids: Collection[int]) -> dict[int, datetime]:
    """Return when each of these events was last changed by anybody, as the audit has it."""
    statement = (
        select(AuditEntry.subject_id, func.max(AuditEntry.at))
        .where(AuditEntry.subject_type == "event", AuditEntry.subject_id.in_(event_ids))
        .group_by(AuditEntry.subject_id)
    )
    return {row[0]: row[1] for row in run(statement)}


def event_ids(wanted: Wanted, *, now: datetime, limit: int) -> list[int]:
    """Return the ids of the first events that were asked for, by time."""
    if db.engine.dialect.name == "postgresql" and wanted.index_words:
        # What is common is found among the next days; what is rare is quickly found at all.
        soon = rules.order_key(max(now, wanted.from_at or now) + _SOON, 0)
        found = _ids(_matching(wanted, now).where(EventSearch.id < soon), wanted, limit)
        if len(found) >= limit:
            return found
    return _ids(_matching(wanted, now), wanted, limit)


def matching_statement(wanted: Wanted, *, now: datetime, limit: int) -> Select[Any]:
    """Return the statement that finds them, for whoever wants to see how it is done."""
    return _matching(wanted, now).order_by(_key(wanted)).limit(limit)


def _ids(statement: Select[Any], wanted: Wanted, limit: int) -> list[int]:
    return list(run(statement.order_by(_key(wanted)).limit(limit)).scalars())


def _matching(wanted: Wanted, now: datetime) -> Select[Any]:
    since = max(now, wanted.from_at or now)
    statement = select(EventSearch.event_id).where(
        # How long an event may last bounds how far back one that goes on may have begun.
        _key(wanted) >= rules.order_key(since - MAX_EVENT, 0),
        EventSearch.ends_at > since,
        *(EventSearch.haystack.contains(word, autoescape=True) for word in wanted.words),
    )
    if wanted.until_at is not None:
        statement = statement.where(_key(wanted) < rules.order_key(wanted.until_at, 0))
    if wanted.has_places:
        statement = statement.join(Event, Event.id == EventSearch.event_id).where(has_places_left())
    return _by_index(statement, wanted.index_words)


def _by_index(statement: Select[Any], words: list[str]) -> Select[Any]:
    if not words:
        return statement
    if db.engine.dialect.name == "postgresql":
        asked = cast(literal(" & ".join(words), Text), TSQUERY)
        return statement.where(EventSearch.words.op("@@")(asked))
    of_index = EVENT_WORDS.c.event_words.op("MATCH")(" AND ".join(words))
    return statement.join(EVENT_WORDS, EVENT_WORDS.c.rowid == EventSearch.id).where(of_index)


def _key(wanted: Wanted) -> ColumnElement[int] | InstrumentedAttribute[int]:
    """Return the place in the order: of the index, where it gives them in this order anyway."""
    if wanted.index_words and db.engine.dialect.name == "sqlite":
        return EVENT_WORDS.c.rowid
    return EventSearch.id
