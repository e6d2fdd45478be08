"""What the clock does: make plans that were asked for, forget those of long ago."""

from __future__ import annotations

from datetime import datetime

from volunteer_hub.core.transaction import transaction
from volunteer_hub.planning import actions, working


def plan(now: datetime) -> float | None:
    """Make the plan that waits longest; several workers make several at once."""
    return working.work_on_next(now)


def forget(now: datetime) -> None:
    """Delete plans that were kept long enough, some at a time."""
    is_more = True
    while is_more:
        with transaction():
            is_more = actions.forget_old(now=now) > 0
