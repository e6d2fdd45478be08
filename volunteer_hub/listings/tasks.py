"""What the clock does: keep the index to what is to come."""

from __future__ import annotations

from datetime import datetime

from volunteer_hub.core.transaction import transaction
from volunteer_hub.listings import actions


def sweep(now: datetime) -> None:
    """Drop events that ended, and add any that are missing, as after an upgrade."""
    with transaction():
        actions.sweep(now=now)
