"""Lists of events, a page at a time, with everything their cards show."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from volunteer_hub.catalogue.rules import search_key
from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.database import db
from volunteer_hub.events.models import Event, Status
from volunteer_hub.events.queries.finding import WITH_PLACE, in_scope
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.programmes.models import Campaign
from volunteer_hub.regions import queries as regions
from volunteer_hub.regions.models import Venue

PER_PAGE: Final = 20


@dataclass(frozen=True, slots=True)
class EventPage:
    """One page of a list of events; organisation, campaign, venue and region are loaded."""

    events: list[Event]
    number: int
    last: int
    total: int


def events_of_campaign(code: str, *, now: datetime, past: bool = False, page: int = 1) -> EventPage:
    """Return a campaign's published events: those to come, or those that ended, latest first."""
    of_campaign = Event.campaign.has(Campaign.code == code)
    if past:
        over = and_(Event.status.in_([Status.PUBLISHED, Status.CONFIRMED]), Event.ends_at <= now)
        return _page([of_campaign, over], [Event.starts_at.desc(), Event.id.desc()], page)
    coming = and_(Event.status == Status.PUBLISHED, Event.ends_at > now)
    return _page([of_campaign, coming], [Event.starts_at, Event.id], page)


class Shelf(enum.StrEnum):
    """The lists of an organiser's events."""

    TODAY = "today"
    UPCOMING = "upcoming"
    UNCONFIRMED = "unconfirmed"
    DRAFT = "draft"
    PAST = "past"


def events_in_scope(
    scope: Scope, shelf: Shelf | None = None, *, now: datetime, text: str = "", page: int = 1
) -> EventPage:
    """Return the events a member of staff manages.

    Args:
        scope: What this person may see.
        shelf: Which list: today's, those to come, those whose hours wait for confirmation,
            drafts, or what is over (cancelled ones too); None for all.
        now: The moment of asking.
        text: Title, topic, speaker, venue or region: hanzi, pinyin or initials.
        page: Which page, from 1; beyond the last one, the last.
    """
    conditions = [in_scope(scope), *_has_words(text)]
    if shelf is not None:
        conditions.append(_on(shelf, now))
    is_looking_back = shelf in (Shelf.PAST, Shelf.UNCONFIRMED, None)
    by_time = Event.starts_at.desc() if is_looking_back else Event.starts_at.asc()
    return _page(conditions, [by_time, Event.id], page)


def counts_in_scope(scope: Scope, *, now: datetime) -> dict[Shelf, int]:
    """Return how many events stand on each of a member of staff's lists."""
    sums = [func.sum(case((_on(shelf, now), 1), else_=0)) for shelf in Shelf]
    row = db.session.execute(select(*sums).select_from(Event).where(in_scope(scope))).one()
    return {shelf: int(count or 0) for shelf, count in zip(Shelf, row, strict=True)}


def _on(shelf: Shelf, now: datetime) -> ColumnElement[bool]:
    held = Event.status.in_([Status.PUBLISHED, Status.CONFIRMED])
    match shelf:
        case Shelf.TODAY:
            midnight = datetime.combine(now.astimezone(LOCAL), time.min, LOCAL)
            tomorrow = midnight + timedelta(days=1)
            return and_(held, Event.starts_at < tomorrow, Event.ends_at > midnight)
        case Shelf.UPCOMING:
            return and_(Event.status == Status.PUBLISHED, Event.ends_at > now)
        case Shelf.UNCONFIRMED:
            return and_(Event.status == Status.PUBLISHED, Event.ends_at <= now)
        case Shelf.DRAFT:
            return Event.status == Status.DRAFT
        case Shelf.PAST:
            return or_(and_(held, Event.ends_at <= now), Event.status == Status.CANCELLED)


def _has_words(text: str) -> list[ColumnElement[bool]]:
    """Return one condition for each word that was typed."""
    conditions: list[ColumnElement[bool]] = []
    for word in text.split()[:5]:
        key = search_key(word)
        found = regions.search_regions(word, limit=10)
        region_ids = {inner for node in found for inner in regions.tree().ids_within(node.id)}
        at_venue = Event.venue.has(
            or_(
                func.lower(Venue.name).contains(key, autoescape=True),
                Venue.pinyin.contains(key, autoescape=True),
                Venue.initials.startswith(key, autoescape=True),
            )
        )
        texts = (Event.title, Event.topic, Event.speaker_name)
        conditions.append(
            or_(
                *(func.lower(column).contains(key, autoescape=True) for column in texts),
                at_venue,
                Event.region_id.in_(region_ids),
            )
        )
    return conditions


def _page(conditions: list[ColumnElement[bool]], order: list[Any], number: int) -> EventPage:
    total = db.session.scalar(select(func.count(Event.id)).where(*conditions)) or 0
    last = max(1, -(-total // PER_PAGE))
    number = min(max(number, 1), last)
    statement = (
        select(Event)
        .where(*conditions)
        .options(*WITH_PLACE)
        .order_by(*order)
        .offset((number - 1) * PER_PAGE)
        .limit(PER_PAGE)
    )
    return EventPage(list(db.session.scalars(statement)), number, last, total)
