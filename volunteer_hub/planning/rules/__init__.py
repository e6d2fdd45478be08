"""How plans stand, what counts how much in them, and how two of them differ. Pure."""

from __future__ import annotations

from volunteer_hub.planning.rules.comparing import Change, Comparison, Row, Second, Why, compare
from volunteer_hub.planning.rules.fairness import Share, Spread, gini, spread_of
from volunteer_hub.planning.rules.states import (
    LIVE,
    MOST_ATTEMPTS,
    OVER,
    Effort,
    PlanState,
    Reach,
    RowState,
    limits_of,
)

__all__ = [
    "LIVE",
    "MOST_ATTEMPTS",
    "OVER",
    "Change",
    "Comparison",
    "Effort",
    "PlanState",
    "Reach",
    "Row",
    "RowState",
    "Second",
    "Share",
    "Spread",
    "Why",
    "compare",
    "gini",
    "limits_of",
    "spread_of",
]
