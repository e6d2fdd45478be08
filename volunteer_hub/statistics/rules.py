"""How a download is written so that a spreadsheet runs nothing, and the office's week. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

MONDAY: Final = 1
NINE: Final = 9
SEVEN_DAYS: Final = timedelta(days=7)

_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(value: object) -> str:
    """Return a cell's text; one that a spreadsheet would take for a formula is quoted."""
    text = "" if value is None else str(value)
    return "'" + text if text.startswith(_FORMULA_STARTS) else text


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return a CSV file, UTF-8 with the mark that makes Excel read Chinese."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return buffer.getvalue().encode("utf-8-sig")


@dataclass(frozen=True, slots=True)
class OfficeWeek:
    """The week at whose beginning the offices are written to.

    Attributes:
        name: Like 2026-W36.
        starts_at: Its Monday, at midnight in the city's time zone.
    """

    name: str
    starts_at: datetime

    @property
    def last_starts_at(self) -> datetime:
        """Return when the week before began."""
        return self.starts_at - SEVEN_DAYS

    @property
    def ends_at(self) -> datetime:
        """Return when it is over."""
        return self.starts_at + SEVEN_DAYS


def office_week(local: datetime) -> OfficeWeek | None:
    """Return the week whose digest the offices may get at this moment, or None.

    It goes out on Monday at nine; a worker that stood still catches up until the week ends.

    Args:
        local: The moment in the city's time zone.
    """
    year, week, weekday = local.isocalendar()
    if (weekday, local.hour) < (MONDAY, NINE):
        return None
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return OfficeWeek(f"{year}-W{week:02d}", midnight - timedelta(days=weekday - MONDAY))
