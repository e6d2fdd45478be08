from __future__ import annotations

from datetime import datetime

from volunteer_hub.complaints import actions
from volunteer_hub.core.transaction import transaction


def remind(now: datetime) -> None:
    """Remind of complaints whose last day is near."""
    with transaction():
        actions.remind(now=now)
