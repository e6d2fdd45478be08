"""Counting working days, and reading files of holidays. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from volunteer_hub.core.loading import Row, RowProblem, numbered
from volunteer_hub.core.text import N_

SATURDAY: Final = 5
REST, WORK = "rest", "work"
_KINDS: Final = {REST: REST, WORK: WORK, "休": REST, "放假": REST, "班": WORK, "上班": WORK}
_NOT_PUBLISHED: Final = frozenset({"0", "no", "否"})
_LONGEST_NAME: Final = 60
_LONGEST_SOURCE: Final = 200


@dataclass(frozen=True, slots=True)
class Day:
    """A day that is not what its weekday says."""

    on: date
    is_workday: bool
    name: str = ""


@dataclass(frozen=True, slots=True)
class Year:
    """The special days of one year.

    Attributes:
        number: Like 2026.
        is_published: The days are official, not what somebody expects.
        source: The notice they are from.
        days: In their order.
    """

    number: int
    is_published: bool
    source: str
    days: tuple[Day, ...]


@dataclass(frozen=True)
class WorkCalendar:
    """Which days are worked, as far as it is known."""

    years: Mapping[int, Year] = field(default_factory=dict)

    def is_workday(self, day: date) -> bool:
        """Tell whether a day is worked; in a year nobody entered, Monday to Friday are."""
        special = self.special(day)
        return special.is_workday if special else day.weekday() < SATURDAY

    def special(self, day: date) -> Day | None:
        """Return the holiday, or the worked weekend, that a day is; None for an ordinary day."""
        year = self.years.get(day.year)
        return next((each for each in year.days if each.on == day), None) if year else None

    def later(self, day: date, count: int) -> date:
        """Return the ``count``-th working day after a day, which is itself not counted."""
        while count > 0:
            day += timedelta(days=1)
            count -= self.is_workday(day)
        return day

    def between(self, first: date, last: date) -> int:
        """Return how many working days come after the first day, up to and with the last."""
        days = (first + timedelta(days=step + 1) for step in range((last - first).days))
        return sum(map(self.is_workday, days))

    def is_certain(self, *days: date) -> bool:
        """Tell whether the years of all these days were published."""
        years = (self.years.get(day.year) for day in days)
        return all(year is not None and year.is_published for year in years)


def read_years(rows: Iterable[Row]) -> tuple[list[Year], list[RowProblem]]:
    """Return the years in a file, whole, and what is wrong in it.

    A year of which any row is wrong is left out: half a year would count wrongly and look right.

    Args:
        rows: Cells by column: ``day`` (2026-01-01), ``kind`` (rest or work, 休 or 班), ``name``,
            ``published`` (0 while the days are only expected; otherwise they are official) and
            ``source``.
    """
    read = [(line, cells, _read(cells)) for line, cells in numbered(rows)]
    days = [(cells, found) for _line, cells, found in read if isinstance(found, Day)]
    problems = [
        RowProblem(line, cells.get("day", ""), found)
        for line, cells, found in read
        if isinstance(found, str)
    ]
    problems += _doubled((line, found) for line, _cells, found in read if isinstance(found, Day))
    numbers = {str(day.on.year) for _cells, day in days}
    spoiled = {problem.code[:4] for problem in problems}
    if not spoiled <= numbers:  # a row that could be of any year
        return [], problems
    return [_year(int(each), days) for each in sorted(numbers - spoiled)], problems


def _read(cells: Mapping[str, str]) -> Day | str:
    """Return the day of a row, or what is wrong with it."""
    kind = _KINDS.get(cells.get("kind", "").lower())
    if kind is None:
        return N_("种类要写 rest（休）或 work（班）")
    if len(cells.get("name", "")) > _LONGEST_NAME or len(cells.get("source", "")) > _LONGEST_SOURCE:
        return N_("名称或来源太长")
    try:
        return Day(date.fromisoformat(cells.get("day", "")), kind == WORK, cells.get("name", ""))
    except ValueError:
        return N_("日期要写成 2026-01-01 这样")


def _doubled(days: Iterable[tuple[int, Day]]) -> Iterator[RowProblem]:
    seen: set[date] = set()
    for line, day in days:
        if day.on in seen:
            yield RowProblem(line, day.on.isoformat(), N_("这一天前面已经有了"))
        seen.add(day.on)


def _year(number: int, rows: Iterable[tuple[Mapping[str, str], Day]]) -> Year:
    mine = [(cells, day) for cells, day in rows if day.on.year == number]
    sources = [cells["source"] for cells, _day in mine if cells.get("source")]
    is_draft = any(cells.get("published", "").lower() in _NOT_PUBLISHED for cells, _day in mine)
    days = tuple(sorted((day for _cells, day in mine), key=lambda day: day.on))
    return Year(number, not is_draft, sources[0] if sources else "", days)
