"""What planned events lack, and what two of them cannot both have. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from volunteer_hub.core.formats import local
from volunteer_hub.core.text import N_
from volunteer_hub.events.rules import Phase
from volunteer_hub.pages.cards import EventCard
from volunteer_hub.resources.rules import State
from volunteer_hub.workdays.rules import WorkCalendar

SCHOOLS: Final = frozenset({"school", "rural_school_museum", "kindergarten"})
DRAFT_DAYS: Final = 14


@dataclass(frozen=True, slots=True)
class Gap:
    """Something one event lacks: in words, with the values they name."""

    kind: str
    card: EventCard
    words: str
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Seen:
    """An event as conflicts are looked for.

    Attributes:
        card: What is shown of it.
        venue_id: Where it is.
        venue_type: What kind of place that is.
        contact: Whose number stands on its page; empty for nobody's.
    """

    card: EventCard
    venue_id: int | None = None
    venue_type: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Conflict:
    """What cannot be, or hardly, of one event or of two."""

    words: str
    card: EventCard
    other: EventCard | None = None
    values: Mapping[str, object] | None = None


def gaps_of(
    cards: Iterable[EventCard],
    unmet: Mapping[int, Sequence[State]],
    overdue: Mapping[int, date],
    *,
    today: date,
) -> dict[str, list[Gap]]:
    """Return what events lack, by kind, in the events' order.

    Args:
        cards: The events.
        unmet: What each lacks of the things it needs.
        overdue: By when its figures should have been confirmed, of those where that is past.
        today: Which day it is.
    """
    found: dict[str, list[Gap]] = {"posts": [], "resources": [], "figures": [], "drafts": []}
    for card in cards:
        for gap in _gaps(card, unmet.get(card.event_id, ()), overdue.get(card.event_id), today):
            found[gap.kind].append(gap)
    return found


def _gaps(
    card: EventCard, unmet: Sequence[State], due_on: date | None, today: date
) -> Iterable[Gap]:
    if card.missing and card.phase is Phase.OPEN:
        yield Gap("posts", card, N_("至少还缺 %(count)s 人"), {"count": card.missing})
    if unmet:
        is_taken = State.CONFLICT in unmet
        words = (
            N_("%(count)s 样没有落实，有的已被别人订走") if is_taken else N_("%(count)s 样没有落实")
        )
        yield Gap("resources", card, words, {"count": len(unmet)})
    if due_on is not None:
        yield Gap("figures", card, N_("%(days)s 天前就该确认时长"), {"days": (today - due_on).days})
    days = (local(card.starts_at).date() - today).days
    if card.phase is Phase.DRAFT and days <= DRAFT_DAYS:
        words = N_("还是草稿，%(days)s 天后就要办") if days >= 0 else N_("还是草稿，日子已经过了")
        yield Gap("drafts", card, words, {"days": days})


def conflicts_of(
    seen: Sequence[Seen], unmet: Mapping[int, Sequence[State]], calendar: WorkCalendar
) -> list[Conflict]:
    """Return what cannot be, or hardly, by time.

    Args:
        seen: The events, by time.
        unmet: What each lacks of the things it needs.
        calendar: Which days are worked.
    """
    found = [
        *_doubled(seen, lambda each: each.venue_id, N_("同一个地点、同一段时间")),
        *_doubled(seen, lambda each: each.contact, N_("同一位联系人、同一段时间")),
        *(
            Conflict(N_("要用的车辆或器材已经订给别人"), each.card)
            for each in seen
            if State.CONFLICT in unmet.get(each.card.event_id, ())
        ),
        *(
            Conflict(N_("学校这天不上课"), each.card)
            for each in seen
            if each.venue_type in SCHOOLS
            and not calendar.is_workday(local(each.card.starts_at).date())
        ),
    ]
    return sorted(found, key=lambda each: (each.card.starts_at, each.card.event_id, each.words))


def _doubled(
    seen: Sequence[Seen], key: Callable[[Seen], int | str | None], words: str
) -> Iterable[Conflict]:
    """Yield the pairs that have the same key and overlap; events come by their start."""
    groups: dict[Hashable, list[EventCard]] = defaultdict(list)
    for each in seen:
        value = key(each)
        if value:
            groups[value].append(each.card)
    for cards in groups.values():
        going_on: list[EventCard] = []
        for card in cards:
            going_on = [other for other in going_on if other.ends_at > card.starts_at]
            for other in going_on:
                yield Conflict(words, other, card)
            going_on.append(card)
