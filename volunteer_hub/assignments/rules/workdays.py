"""When hours should have been confirmed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from volunteer_hub.workdays.rules import WorkCalendar

OVERDUE_AFTER: Final = 5
NINE: Final = 9


def hours_are_overdue(ended: datetime, now: datetime, calendar: WorkCalendar) -> bool:
    """Tell whether hours should have been confirmed: from nine on the fifth working day after.

    Args:
        ended: When the event ended, in the city's time zone.
        now: The moment, in the city's time zone.
        calendar: Which days are worked.
    """
    return (now.date(), now.hour) >= (hours_are_due_on(ended.date(), calendar), NINE)


def hours_are_due_on(ended_on: date, calendar: WorkCalendar) -> date:
    """Return the day on which hours should have been confirmed."""
    return calendar.later(ended_on, OVERDUE_AFTER)
