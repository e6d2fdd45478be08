"""What the clock does: tell attendees that their event changed or was cancelled."""

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
