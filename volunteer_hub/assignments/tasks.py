"""What the clock does: follow events, remind people, write to those who follow something."""

from __future__ import annotations

from datetime import datetime

from volunteer_hub.assignments import actions, digests
from volunteer_hub.assignments.rules import digest_week
from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.transaction import transaction


def follow_events(now: datetime) -> None:
    """Bring assignments up to date with the clock and with their events."""
    for follow in (
        actions.expire_invitations,
        actions.follow_cancelled_events,
        actions.follow_changed_events,
    ):
        with transaction():
            follow(now=now)


def remind(now: datetime) -> None:
    """Send the reminders before shifts whose time it is."""
    is_more = True
    while is_more:
        with transaction():
            is_more = actions.send_reminders(now=now) == actions.AT_ONCE


def remind_of_hours(now: datetime) -> None:
    """Remind organisers of hours that should have been confirmed."""
    with transaction():
        actions.remind_of_overdue_hours(now=now)


def write_digests(now: datetime) -> None:
    """Write to whoever follows something, once a week, if something fits."""
    week = digest_week(now.astimezone(LOCAL))
    if week is None:
        return
    for some in digests.digests_of(week, now=now):
        with transaction():
            actions.send_digests(some, now=now)
