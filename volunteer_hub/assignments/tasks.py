"""What the clock does: close overdue invitations, and tell people what became of their events."""

from __future__ import annotations

from datetime import datetime

from volunteer_hub.assignments import actions
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
