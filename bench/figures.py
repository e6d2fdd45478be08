"""What the figures of several rounds come to, and how they are written down. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

LIST, PAGE, CHECK_IN = "event list", "event page", "check-in"


@dataclass(frozen=True, slots=True)
class Sample:
    """One cell in one round; only right answers count."""

    latencies_ms: Sequence[float]
    seconds: float
    cpu_s: float
    wrong: int = 0
    first_wrong: str = ""

    @property
    def rate(self) -> float:
        """Right answers in a second."""
        return len(self.latencies_ms) / self.seconds

    @property
    def cpu_ms(self) -> float:
        """CPU time of one answer, over all processes that worked on it."""
        return self.cpu_s * 1000 / max(1, len(self.latencies_ms))


@dataclass(frozen=True, slots=True)
class Spread:
    """A figure over the rounds."""

    middle: float
    lowest: float
    highest: float


def spread(values: Iterable[float]) -> Spread:
    """Return the median of the rounds with the lowest and the highest."""
    kept = sorted(values)
    return Spread(median(kept), kept[0], kept[-1])


def ratios(figures: Iterable[float], limits: Iterable[float]) -> Spread:
    """Return how each round's figure relates to the limit measured in that round."""
    return spread(
        figure / limit if limit else 0.0 for figure, limit in zip(figures, limits, strict=True)
    )


def percentile(values: Iterable[float], share: float) -> float:
    """Return the value that this share of the values does not exceed (nearest rank)."""
    kept = sorted(values)
    return kept[max(0, math.ceil(share * len(kept)) - 1)] if kept else math.nan


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: a page of the site on one database under one server."""

    page: str
    server: str
    database: str
    samples: Sequence[Sample]
    of_empty: Spread
    of_insert: Spread
    cpu_of_empty: Spread


ROW_HEAD: Final = (
    "page", "server", "database", "requests/s (lowest)", "p50 ms", "p99 ms", "CPU ms",
    "of empty view (lowest)", "CPU, empty views", "of insert+commit (lowest)",
)  # fmt: skip


def row_cells(row: Row) -> tuple[str, ...]:
    """Return a row as the table shows it: medians of the rounds, the lowest in brackets."""
    rate = spread(sample.rate for sample in row.samples)
    return (
        row.page,
        row.server,
        row.database,
        f"{rate.middle:.0f} ({rate.lowest:.0f})",
        *(
            f"{median(percentile(sample.latencies_ms, share) for sample in row.samples):.1f}"
            for share in (0.5, 0.99)
        ),
        f"{median(sample.cpu_ms for sample in row.samples):.2f}",
        shares(row.of_empty),
        f"{row.cpu_of_empty.middle:.1f}x",
        shares(row.of_insert),
    )


def shares(ratio: Spread) -> str:
    """Return a ratio in per cent, the lowest round in brackets."""
    return f"{ratio.middle:.1%} ({ratio.lowest:.1%})"


@dataclass(frozen=True, slots=True)
class Goal:
    """What a figure must be and what it should be; small ones are wanted, or large ones."""

    name: str
    must: float
    better: float
    unit: str = ""

    @property
    def wants_small(self) -> bool:
        """Whether less is better."""
        return self.better <= self.must

    def verdict(self, figure: float) -> str:
        """Say which of the two is met."""
        sign = -1 if self.wants_small else 1
        if sign * figure >= sign * self.better:
            return "good"
        return "met" if sign * figure >= sign * self.must else "MISSED"

    def cells(self, figure: Spread) -> tuple[str, ...]:
        """Return the goal, the median and the worst round, and the verdict on the median."""
        worst = figure.highest if self.wants_small else figure.lowest
        limit = "<=" if self.wants_small else ">="
        return (
            self.name,
            f"{limit} {self.must:g}{self.unit}",
            f"{limit} {self.better:g}{self.unit}",
            f"{figure.middle:.1f}{self.unit} ({worst:.1f})",
            self.verdict(figure.middle),
        )


GOAL_HEAD: Final = ("goal", "must", "better", "measured (worst round)", "verdict")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
