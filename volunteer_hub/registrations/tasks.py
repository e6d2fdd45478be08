"""What the clock does: remind attendees, tell them what became of their event, move lines on."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from volunteer_hub.core.transaction import transaction
from volunteer_hub.registrations import actions, queries

LOOK_BACK: Final = timedelta(days=7)  # a worker that stood still for a week still catches up


def tell_registrants(now: datetime) -> None:
    """Tell everyone with a place at an event that changed or was cancelled, once a change."""
    for event_id in queries.events_to_tell_of(since=now - LOOK_BACK, now=now):
        with transaction():
            actions.tell_of_changes(event_id, now=now)


def settle_lines(now: datetime) -> None:
    """Hand on what nobody answered for, and offer what got free, event by event."""
    for event_id in queries.events_to_settle(now=now):
        with transaction():
            actions.settle_line(event_id, now=now)


def remind_registrants(now: datetime) -> None:
    """Remind whoever left a number of their event, a day before."""
    is_more = True
    while is_more:
        with transaction():
            is_more = actions.remind(now=now) == actions.AT_ONCE
