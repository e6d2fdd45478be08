from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Final

from volunteer_hub.matching import Limits, Method


class Reach(enum.StrEnum):
    """What a plan is about."""

    EVENT = "event"
    CAMPAIGN = "campaign"
    WEEK = "week"
    ALL = "all"


class PlanState(enum.StrEnum):
    """How far a plan has come."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


LIVE: Final = (PlanState.WAITING, PlanState.RUNNING)
OVER: Final = (PlanState.DONE, PlanState.CANCELLED, PlanState.FAILED)
MOST_ATTEMPTS: Final = 3


class RowState(enum.StrEnum):
    """What became of a proposal."""

    PROPOSED = "proposed"
    INVITED = "invited"
    CONFLICT = "conflict"


class Effort(enum.StrEnum):
    """How far the work may go; in counts, never in time, so that it can be repeated."""

    USUAL = "usual"
    FAST = "fast"
    GREEDY = "greedy"


_LIMITS: Final[Mapping[Effort, Limits]] = {
    Effort.USUAL: Limits(),
    Effort.FAST: Limits(rounds=3, polishes=False),
    Effort.GREEDY: Limits(method=Method.GREEDY),
}


def limits_of(effort: str) -> Limits:
    """Return how far the work goes; as usual for what nobody knows."""
    return _LIMITS[Effort(effort)] if effort in set(Effort) else _LIMITS[Effort.USUAL]
