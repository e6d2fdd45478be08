"""How evenly people are asked and serve: figures about many, never about one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

FEWEST: Final = 5  # of fewer people nothing is said but that there are few
TENTH: Final = 10


@dataclass(frozen=True, slots=True)
class Share:
    """One volunteer, counted.

    Attributes:
        group: The district or the age band they count for.
    """

    group: str
    asked: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Spread:
    """How asking and serving spread over some people.

    Attributes:
        people: How many there are; the figures are None of fewer than ``FEWEST``.
        never_asked: How many were not asked once.
        asked: How often people were asked, all together.
        asking_gini: From 0, everybody as often, to 1, always the same one.
        hours_gini: The same of the time they gave.
        busiest_tenth: How much of all the time the tenth gave that gave most, in percent.
    """

    people: int
    never_asked: int | None = None
    asked: int | None = None
    minutes: int | None = None
    asking_gini: float | None = None
    hours_gini: float | None = None
    busiest_tenth: int | None = None


def gini(values: Sequence[int]) -> float:
    """Return the Gini coefficient: 0 when all have the same, towards 1 when one has all."""
    total, count = sum(values), len(values)
    if not total or not count:
        return 0.0
    weighted = sum(place * value for place, value in enumerate(sorted(values), start=1))
    return 2 * weighted / (count * total) - (count + 1) / count


def spread_of(shares: Iterable[Share]) -> Spread:
    """Return how asking and serving spread over some people."""
    found = list(shares)
    if len(found) < FEWEST:
        return Spread(len(found))
    asked, minutes = [each.asked for each in found], [each.minutes for each in found]
    most = sorted(minutes, reverse=True)[: max(1, len(found) // TENTH)]
    return Spread(
        people=len(found),
        never_asked=sum(not each for each in asked),
        asked=sum(asked),
        minutes=sum(minutes),
        asking_gini=round(gini(asked), 2),
        hours_gini=round(gini(minutes), 2),
        busiest_tenth=round(100 * sum(most) / sum(minutes)) if sum(minutes) else 0,
    )
