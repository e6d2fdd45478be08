"""When a message that failed is tried again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

MOST_ATTEMPTS: Final = 8
FIRST_PAUSE: Final = timedelta(seconds=30)
LONGEST_PAUSE: Final = timedelta(hours=1)


def next_attempt_at(attempts: int, *, now: datetime) -> datetime | None:
    """Return when to try again, or None when it was tried often enough.

    Args:
        attempts: How often it was tried, the attempt that just failed included; 1 or more.
        now: When it failed.
    """
    if attempts >= MOST_ATTEMPTS:
        return None
    pause: timedelta = FIRST_PAUSE * 2 ** (attempts - 1)
    return now + min(pause, LONGEST_PAUSE)
