from __future__ import annotations

from datetime import datetime

from volunteer_hub.accounts import actions
from volunteer_hub.core.transaction import transaction


def tidy(now: datetime) -> None:
    """Forget tries, codes and ended sessions that no longer count."""
    with transaction():
        actions.forget_what_is_over(now=now)
