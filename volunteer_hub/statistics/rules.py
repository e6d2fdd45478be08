"""The office's week. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

MONDAY: Final = 1
NINE: Final = 9
SEVEN_DAYS: Final = timedelta(days=7)


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
