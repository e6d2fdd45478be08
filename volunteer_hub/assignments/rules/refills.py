"""Whom to ask when somebody withdrew, and how many at once. Pure: values in, verdict out.

The best candidates first, a few at a time, and among about equally good ones whoever was asked
least recently: asking everybody fills places a little sooner, and wears people out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

MOST_WAVES: Final = 6
POOL: Final = 3  # so many times as many as are asked count as about equally good
ASKED_WITHIN: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Asked:
    """How often somebody was bothered lately.

    Attributes:
        last_at: When they were last asked for anything; None when never.
        unanswered: Invitations of the last week that they have not answered.
    """

    last_at: datetime | None = None
    unanswered: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """What an operator sets.

    Attributes:
        at_once: How many are asked for one place in the first wave.
        a_week: The most unanswered invitations somebody may have from the last week.
    """

    at_once: int = 2
    a_week: int = 3


@dataclass(frozen=True, slots=True)
class Need:
    """How things stand at a post.

    Attributes:
        missing: How many people are wanted and not there, places kept for others counted as there.
        asked: How many were invited and have yet to answer.
        wave: How many waves went out before.
    """

    missing: int
    asked: int
    wave: int


def wave_size(need: Need, limits: Limits) -> int:
    """Return how many people to ask now: each wave is larger by one for each place."""
    if need.missing < 1 or need.wave >= MOST_WAVES:
        return 0
    return max(0, need.missing * (limits.at_once + need.wave) - need.asked)


def choose(
    ranked: Sequence[int], asked: dict[int, Asked], count: int, *, limits: Limits
) -> list[int]:
    """Return whom to ask.

    Args:
        ranked: Who may be asked, the best first.
        asked: How often each was bothered; whoever is not in it never was.
        count: How many to ask.
        limits: What an operator set.
    """
    known = [(each, asked.get(each, Asked())) for each in ranked]
    willing = [(each, its) for each, its in known if its.unanswered < limits.a_week]
    pool = willing[: POOL * count]
    order = {each: place for place, (each, _its) in enumerate(pool)}

    def weight(pair: tuple[int, Asked]) -> tuple[bool, float, int]:
        last_at = pair[1].last_at
        moment = last_at.timestamp() if last_at is not None else 0.0
        return last_at is not None, moment, order[pair[0]]

    return [each for each, _its in sorted(pool, key=weight)[:count]]
