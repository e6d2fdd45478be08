"""What an organiser has to do today, sorted from the events around today. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from volunteer_hub.core.formats import local
from volunteer_hub.events.rules import Phase
from volunteer_hub.pages.cards import EventCard
from volunteer_hub.recognition.rules import RECORDED_WITHIN
from volunteer_hub.workdays.rules import WorkCalendar

LOOK_BACK: Final = timedelta(days=60)
LOOK_AHEAD: Final = timedelta(days=45)
WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class ToConfirm:
    """An event whose hours are to be confirmed, and by when."""

    card: EventCard
    due_on: date
    is_overdue: bool


@dataclass(slots=True)
class Desk:
    """Events by what they need; an event stands in one list, and in ``this_week`` besides."""

    running: list[EventCard] = field(default_factory=list)
    to_confirm: list[ToConfirm] = field(default_factory=list)
    short: list[EventCard] = field(default_factory=list)
    drafts: list[EventCard] = field(default_factory=list)
    ready: list[EventCard] = field(default_factory=list)
    this_week: list[EventCard] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing needs doing and nothing is planned."""
        return not (self.running or self.to_confirm or self.short or self.drafts or self.ready)

    @property
    def overdue(self) -> int:
        """Return of how many events the hours should have been confirmed by now."""
        return sum(each.is_overdue for each in self.to_confirm)


def desk_of(found: Iterable[EventCard], calendar: WorkCalendar, *, now: datetime) -> Desk:
    """Return the events sorted by what they need.

    Args:
        found: The events as cards, by time.
        calendar: Which days are worked.
        now: The moment.
    """
    desk = Desk()
    for card in found:
        if card.phase is Phase.ENDED:
            due_on = calendar.later(local(card.ends_at).date(), RECORDED_WITHIN)
            desk.to_confirm.append(ToConfirm(card, due_on, local(now).date() > due_on))
        else:
            _place(desk, card)
        if card.phase in (Phase.OPEN, Phase.RUNNING) and card.starts_at < now + WEEK:
            desk.this_week.append(card)
    return desk


def _place(desk: Desk, card: EventCard) -> None:
    lists = {
        Phase.RUNNING: desk.running,
        Phase.DRAFT: desk.drafts,
        Phase.OPEN: desk.short if card.missing else desk.ready,
    }
    if card.phase in lists:
        lists[card.phase].append(card)
