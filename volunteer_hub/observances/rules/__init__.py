"""When the science days of a year are, from their rules. Pure."""

from __future__ import annotations

from volunteer_hub.observances.rules.calendar import (
    LONGEST,
    Announced,
    Observance,
    Occurrence,
    announcement_problem,
    of_year,
    within,
)
from volunteer_hub.observances.rules.dates import Span
from volunteer_hub.observances.rules.reading import UnknownRuleError, read_observances, read_rule

__all__ = [
    "LONGEST",
    "Announced",
    "Observance",
    "Occurrence",
    "Span",
    "UnknownRuleError",
    "announcement_problem",
    "of_year",
    "read_observances",
    "read_rule",
    "within",
]
