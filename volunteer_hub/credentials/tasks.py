"""What the clock does: remind holders of credentials that run out."""

from __future__ import annotations

from datetime import datetime

from volunteer_hub.core.transaction import transaction
from volunteer_hub.credentials import actions


def remind(now: datetime) -> None:
    """Remind holders of credentials that run out within 30 days, and again within 7."""
    is_more = True
    while is_more:
        with transaction():
            is_more = actions.remind_of_expiry(now=now) == actions.AT_ONCE
