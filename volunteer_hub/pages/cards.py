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
from volunteer_hub.pages.queries import Staffed

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
    if event.venue is None:
        return event.region.full_name.removeprefix(CITY_PREFIX) if event.region else ""
    return f"{event.venue.name} · {event.venue.region.full_name.removeprefix(CITY_PREFIX)}"


def cards(
    events: Iterable[Event],
    staffing: Mapping[int, Staffed],
    *,
    now: datetime,
    endpoint: str = "pages.show_event",
) -> list[EventCard]:
    """Return the events as cards; ``staffing`` may leave events out, then none is shown."""
    return [_card(event, staffing.get(event.id), now, endpoint) for event in events]


def _card(event: Event, staffed: Staffed | None, now: datetime, endpoint: str) -> EventCard:
    phase = rules.phase(event.status, event.starts_at, event.ends_at, now)
    missing = staffed.missing if staffed else 0
    is_planned = phase in (Phase.OPEN, Phase.DRAFT)
    staffing = None
    if staffed and staffed.wanted and phase is not Phase.CANCELLED:
        staffing = (staffed.accepted, staffed.wanted, missing if is_planned else 0, is_planned)
    return EventCard(
        event_id=event.id,
        title=event.title,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        href=url_for(endpoint, event_id=event.id),
        when_text=span_of(event.starts_at, event.ends_at),
        place_text=place_of(event),
        campaign_code=event.campaign.icon,
        campaign_name=event.campaign.en if language() == "en" else event.campaign.zh,
        tags=((_(PHASE_WORDS[phase]), TONES[phase]),),
        staffing=staffing,
        phase=phase,
        missing=missing if is_planned else 0,
    )
