"""Counting working days, Monday to Friday.

Public holidays and the Saturdays worked instead are not known here, so around them a reminder may
come a few days early, never late by more than such a Saturday.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

SATURDAY: Final = 5
OVERDUE_AFTER: Final = 5
NINE: Final = 9


def workdays_later(on: date, count: int) -> date:
    """Return the ``count``-th working day after a day, which is itself not counted."""
    day = on
    while count > 0:
        day += timedelta(days=1)
        if day.weekday() < SATURDAY:
            count -= 1
    return day


def hours_are_overdue(ended: datetime, now: datetime) -> bool:
    """Tell whether hours should have been confirmed: from nine on the fifth working day after.

    Args:
        ended: When the event ended, in the city's time zone.
        now: The moment, in the city's time zone.
    """
    due_on = workdays_later(ended.date(), OVERDUE_AFTER)
    return (now.date(), now.hour) >= (due_on, NINE)
