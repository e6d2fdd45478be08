"""What an organiser has to do today, sorted from the events around today. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from volunteer_hub.events.rules import Phase
from volunteer_hub.pages.cards import EventCard

LOOK_BACK: Final = timedelta(days=60)
LOOK_AHEAD: Final = timedelta(days=45)
WEEK: Final = timedelta(days=7)


@dataclass(slots=True)
class Desk:
    """Events by what they need; an event stands in one list, and in ``this_week`` besides."""

    running: list[EventCard] = field(default_factory=list)
    to_confirm: list[EventCard] = field(default_factory=list)
    short: list[EventCard] = field(default_factory=list)
    drafts: list[EventCard] = field(default_factory=list)
    ready: list[EventCard] = field(default_factory=list)
    this_week: list[EventCard] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing needs doing and nothing is planned."""
        return not (self.running or self.to_confirm or self.short or self.drafts or self.ready)


def desk_of(found: Iterable[EventCard], *, now: datetime) -> Desk:
    """Return the events sorted by what they need."""
    desk = Desk()
    for card in found:
        _place(desk, card)
        if card.phase in (Phase.OPEN, Phase.RUNNING) and card.starts_at < now + WEEK:
            desk.this_week.append(card)
    return desk


def _place(desk: Desk, card: EventCard) -> None:
    lists = {
        Phase.RUNNING: desk.running,
        Phase.ENDED: desk.to_confirm,
        Phase.DRAFT: desk.drafts,
        Phase.OPEN: desk.short if card.missing else desk.ready,
    }
    if card.phase in lists:
        lists[card.phase].append(card)
