"""What a list shows of one event: plain values, so that a template never asks the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import url_for
from flask_babel import gettext as _

from volunteer_hub.core.formats import span_of
from volunteer_hub.core.i18n import language
from volunteer_hub.events import rules
from volunteer_hub.events.models import Event
from volunteer_hub.events.rules import PHASE_WORDS, Phase
from volunteer_hub.listings.queries import ListedEvent
from volunteer_hub.pages.queries import Staffed
from volunteer_hub.programmes import queries as programmes

_ANY: Final = 987654321  # an event id that stands in an address for any other
CITY_PREFIX: Final = "辽宁省丹东市"
TONES: Final = {
    Phase.DRAFT: "grey",
    Phase.OPEN: "good",
    Phase.RUNNING: "warn",
    Phase.ENDED: "warn",
    Phase.CONFIRMED: "strong",
    Phase.CANCELLED: "bad",
}


@dataclass(frozen=True, slots=True)
class EventCard:
    """One event in a list."""

    event_id: int
    title: str
    starts_at: datetime
    ends_at: datetime
    href: str
    when_text: str
    place_text: str
    campaign_code: str
    campaign_name: str
    tags: tuple[tuple[str, str], ...]
    staffing: tuple[int, int, int, bool] | None
    phase: Phase
    missing: int


def place_of(event: Event) -> str:
    """Return venue and region path: 通远堡镇中心小学 · 凤城市通远堡镇."""
    seen = _seen(event)
    return _place(seen.venue_name, seen.region_name)


def _place(venue: str, region: str) -> str:
    return " · ".join(filter(None, (venue, region.removeprefix(CITY_PREFIX))))


def cards(
    events: Iterable[Event],
    staffing: Mapping[int, Staffed],
    *,
    now: datetime,
    endpoint: str = "pages.show_event",
) -> list[EventCard]:
    """Return the events as cards; ``staffing`` may leave events out, then none is shown."""
    pattern = _pattern_of(endpoint)
    return [
        _card(_seen(event), staffing.get(event.id), now, pattern.format(event.id))
        for event in events
    ]


def cards_of_rows(
    rows: Iterable[ListedEvent], staffing: Mapping[int, Staffed], *, now: datetime
) -> list[EventCard]:
    """Return the rows of a public list as cards."""
    pattern = _pattern_of("pages.show_event")
    return [_card(row, staffing.get(row.id), now, pattern.format(row.id)) for row in rows]


def _pattern_of(endpoint: str) -> str:
    """Return the address of any event's page, with brackets for its id: building fifty is slow."""
    return url_for(endpoint, event_id=_ANY).replace(str(_ANY), "{}")


def _seen(event: Event) -> ListedEvent:
    region = event.venue.region if event.venue else event.region
    return ListedEvent(
        event.id,
        event.title,
        event.starts_at,
        event.ends_at,
        event.status,
        event.campaign.code,
        event.venue.name if event.venue else "",
        region.full_name if region else "",
    )


def _card(event: ListedEvent, staffed: Staffed | None, now: datetime, href: str) -> EventCard:
    phase = rules.phase(event.status, event.starts_at, event.ends_at, now)
    missing = staffed.missing if staffed else 0
    is_planned = phase in (Phase.OPEN, Phase.DRAFT)
    staffing = None
    campaign = programmes.find_campaign(event.campaign_code)
    if staffed and staffed.wanted and phase is not Phase.CANCELLED:
        staffing = (staffed.accepted, staffed.wanted, missing if is_planned else 0, is_planned)
    return EventCard(
        event_id=event.id,
        title=event.title,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        href=href,
        when_text=span_of(event.starts_at, event.ends_at),
        place_text=_place(event.venue_name, event.region_name),
        campaign_code=campaign.icon if campaign else "",
        campaign_name=campaign.name(language()) if campaign else "",
        tags=((_(PHASE_WORDS[phase]), TONES[phase]),),
        staffing=staffing,
        phase=phase,
        missing=missing if is_planned else 0,
    )
