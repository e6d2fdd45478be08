"""What the clock does: write to the offices once a week."""

from __future__ import annotations

from datetime import datetime

from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.transaction import transaction
from volunteer_hub.statistics import actions, weekly
from volunteer_hub.statistics.rules import office_week


def write_office_digests(now: datetime) -> None:
    """Write to everybody who works in an office, once a week, if there is anything to say."""
    week = office_week(now.astimezone(LOCAL))
    if week is None:
        return
    digests = list(weekly.digests_of(week, now=now))
    if digests:
        with transaction():
            actions.send_digests(digests, now=now)
