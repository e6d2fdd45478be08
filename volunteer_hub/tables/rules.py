"""Tables of venues, resources and events: what their columns are, and what a line says. Pure."""

from __future__ import annotations

import enum
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from volunteer_hub.core.text import N_

MOST_LINES: Final = 500
HEADING_ROWS: Final = 6
MOST_DIGITS: Final = 9
YES: Final = frozenset({"是", "有", "对", "yes", "y", "1", "true", "√"})
NO: Final = frozenset({"否", "无", "没有", "不", "no", "n", "0", "false", "×"})
_DAY: Final = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_MOMENT: Final = re.compile(_DAY.pattern + r"[ T]*(\d{1,2})\s*[:：点时]\s*(\d{1,2})?(?::\d\d)?分?")
YEARS: Final = range(1990, 2100)


class CellProblem(Exception):  # noqa: N818 - caught where lines are judged, never shown as an error
    """A cell that says nothing anybody understands; ``message`` is a msgid with its values."""

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message)
        self.message, self.values = message, values


class Verdict(enum.StrEnum):
    """What taking a line would do."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the key of its cells, its heading, and what else people call it."""

    key: str
    heading: str
    is_needed: bool = False
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table that says something; cells by the keys of its columns."""

    number: int
    cells: Mapping[str, str]
    is_merged: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    """A line as it is shown before it is taken.

    Attributes:
        number: Which line.
        name: What it is about.
        verdict: What taking it would do.
        message: Why it cannot be taken, as a msgid.
        values: What the message names.
        changes: Headings of what it would change.
    """

    number: int
    name: str
    verdict: Verdict
    message: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    changes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """The lines of a table, or the headings it lacks."""

    lines: list[Line]
    missing: list[str]
    is_cut: bool = False


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).lower().split()).strip("*：:")


def read_lines(
    rows: Iterable[Sequence[str]], columns: Sequence[Column], merged: Collection[int]
) -> Found:
    """Return what a table says, below the first row that has every heading that is needed.

    Args:
        rows: As texts.
        columns: Which there may be; others are left alone.
        merged: The rows that have a part in merged cells.
    """
    names = {
        _plain(name): column.key for column in columns for name in (column.heading, *column.others)
    }
    needed = {column.key: column.heading for column in columns if column.is_needed}
    places: dict[int, str] = {}
    best: set[str] = set()
    lines: list[Line] = []
    for number, row in enumerate(rows, start=1):
        if not places:
            found = {
                at: names[_plain(cell)] for at, cell in enumerate(row) if _plain(cell) in names
            }
            best = max(best, set(found.values()) & set(needed), key=len)
            if set(needed) <= set(found.values()):
                places = found
            elif number >= HEADING_ROWS:
                break
            continue
        cells = {key: row[at].strip() for at, key in places.items() if at < len(row)}
        if any(cells.values()):
            lines.append(Line(number, cells, number in merged))
        if len(lines) > MOST_LINES:
            return Found(lines[:MOST_LINES], [], is_cut=True)
    missing = [] if places else [heading for key, heading in needed.items() if key not in best]
    return Found(lines, missing)


def text(
    cells: Mapping[str, str], key: str, heading: str, *, most: int, needed: bool = False
) -> str:
    """Return a cell's text.

    Raises:
        CellProblem: It is too long, or empty where something must be.
    """
    value = cells.get(key, "")
    if needed and not value:
        raise CellProblem(N_("请填写“%(heading)s”"), heading=heading)
    if len(value) > most:
        raise CellProblem(N_("“%(heading)s”最多 %(most)s 个字"), heading=heading, most=most)
    return value


def number(cells: Mapping[str, str], key: str, heading: str, *, most: int) -> int | None:
    """Return a whole number from 1, or None for an empty cell.

    Raises:
        CellProblem: It is something else.
    """
    value = unicodedata.normalize("NFKC", cells.get(key, ""))
    if not value:
        return None
    if not (value.isascii() and value.isdigit()) or len(value) > MOST_DIGITS or int(value) > most:
        raise CellProblem(
            N_("“%(heading)s”要填 0 到 %(most)s 之间的整数"), heading=heading, most=most
        )
    return int(value)


def yes(cells: Mapping[str, str], key: str, heading: str, *, usual: bool) -> bool:
    """Return whether a cell says yes; an empty one says what is usual.

    Raises:
        CellProblem: It says neither.
    """
    value = _plain(cells.get(key, ""))
    if not value:
        return usual
    if value in YES or value in NO:
        return value in YES
    raise CellProblem(N_("“%(heading)s”要填“是”或“否”"), heading=heading)


def day(cells: Mapping[str, str], key: str, heading: str) -> date | None:
    """Return a day, or None for an empty cell.

    Raises:
        CellProblem: It is something else.
    """
    value = unicodedata.normalize("NFKC", cells.get(key, ""))
    if not value:
        return None
    match = _DAY.match(value)
    try:
        found = date(*map(int, match.groups())) if match else None
    except ValueError:
        found = None
    if found is None or found.year not in YEARS:
        raise CellProblem(N_("“%(heading)s”要写成 2026-12-05 这样"), heading=heading)
    return found


def moment(cells: Mapping[str, str], key: str, heading: str, zone: Any) -> datetime:  # noqa: ANN401
    """Return a moment in a time zone.

    Raises:
        CellProblem: It is none.
    """
    match = _MOMENT.match(unicodedata.normalize("NFKC", cells.get(key, "")))
    found = None
    if match:
        year, month, on, hour, minute = (int(part or 0) for part in match.groups())
        with suppress(ValueError):
            found = datetime(year, month, on, hour, minute, tzinfo=zone)
    if found is None or found.year not in YEARS:
        raise CellProblem(N_("“%(heading)s”要写成 2026-12-05 09:00 这样"), heading=heading)
    return found
