"""Whose turn it is, and how long an offer stands. Pure: values in, verdict out.

Places go to parties in the order they came, all of a party's or none. A party that is too many for
what is free lets smaller ones behind it pass, but only `MOST_PASSED` times: from then on places are
saved up until there are enough for it. In the last `SAVED_UNTIL` before the start nothing is saved
any more, for a place that stays empty serves nobody.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from volunteer_hub.notifications.rules import awake_at

MOST_PASSED: Final = 3
SAVED_UNTIL: Final = timedelta(hours=24)
LONGEST_OFFER: Final = timedelta(hours=24)
SHORTEST_OFFER: Final = timedelta(minutes=30)
SHARE_OF_TIME_LEFT: Final = 4  # an offer stands for a quarter of the time that is left
AFTER_WAKING: Final = timedelta(hours=1)


class EntryState(enum.StrEnum):
    """Where somebody who waits stands."""

    WAITING = "waiting"
    OFFERED = "offered"
    TAKEN = "taken"
    LEFT = "left"
    LAPSED = "lapsed"
    CLOSED = "closed"


LIVE: Final = (EntryState.WAITING, EntryState.OFFERED)


class OfferState(enum.StrEnum):
    """What became of an offer."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    TAKEN_BACK = "taken_back"


class Refusal(enum.StrEnum):
    """Why an offer cannot be accepted."""

    EXPIRED = "expired"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Party:
    """Who waits, as far as whose turn it is depends on them."""

    entry_id: int
    people: int
    passed: int = 0


@dataclass(frozen=True, slots=True)
class Turn:
    """What to do with free places: whom to offer them, and how often each was passed by that."""

    offered: tuple[int, ...] = ()
    passed: tuple[tuple[int, int], ...] = ()


def next_turn(queue: Sequence[Party], *, free: int, saves: bool) -> Turn:
    """Return who is offered places now.

    Args:
        queue: Who waits, the first first.
        free: Places that nobody has and that are kept for nobody.
        saves: Whether places may be kept empty for a party that was passed often enough.
    """
    offered: list[int] = []
    too_many: dict[int, int] = {}
    for party in queue:
        if free < 1:
            break
        if party.people <= free:
            offered.append(party.entry_id)
            free -= party.people
            too_many = {entry_id: times + 1 for entry_id, times in too_many.items()}
        else:
            too_many[party.entry_id] = party.passed
        if saves and any(times >= MOST_PASSED for times in too_many.values()):
            break
    before = {party.entry_id: party.passed for party in queue}
    passed = tuple((each, times) for each, times in too_many.items() if times > before[each])
    return Turn(tuple(offered), passed)


def saves_places(*, starts_at: datetime, now: datetime) -> bool:
    """Tell whether places may still be kept empty until a large party fits."""
    return now < starts_at - SAVED_UNTIL


def heard_at(now: datetime, *, starts_at: datetime) -> datetime:
    """Return when an offer made now is told: not at night, unless the morning is too late.

    Args:
        now: In the city's own time.
        starts_at: When what they wait for begins.
    """
    awake = awake_at(now)
    return awake if awake + SHORTEST_OFFER < starts_at else now


def stands_until(now: datetime, *, starts_at: datetime) -> datetime:
    """Return until when an offer made now is kept.

    A quarter of the time that is left when it is heard of, half an hour at least, a day at most;
    never over a night without an hour in the morning, never beyond the start.

    Args:
        now: In the city's own time, before the start.
        starts_at: When what they wait for begins.
    """
    heard = heard_at(now, starts_at=starts_at)
    lasts = (starts_at - heard) / SHARE_OF_TIME_LEFT
    until = heard + min(max(lasts, SHORTEST_OFFER), LONGEST_OFFER)
    # Whoever slept from the evening on has an hour in the morning.
    rested = awake_at(until.astimezone(now.tzinfo) - AFTER_WAKING) + AFTER_WAKING
    return min(rested, starts_at)


def refusal(state: OfferState, *, expires_at: datetime, now: datetime) -> Refusal | None:
    """Return why this offer cannot be accepted, or None; at ``expires_at`` itself it is over."""
    if state is OfferState.OPEN:
        return Refusal.EXPIRED if now >= expires_at else None
    return Refusal.EXPIRED if state is OfferState.EXPIRED else Refusal.GONE
