"""When those who follow something are written to. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Final

WEDNESDAY: Final = 3
EVENING: Final = 18


def digest_week(local: datetime) -> str | None:
    """Return the week whose digest may be sent at this moment, like 2026-W36, or None.

    Digests go out on Wednesday evening, before the weekend is planned; a worker that stood still
    catches up until the week ends.

    Args:
        local: The moment in the city's time zone.
    """
    year, week, weekday = local.isocalendar()
    if (weekday, local.hour) < (WEDNESDAY, EVENING):
        return None
    return f"{year}-W{week:02d}"
