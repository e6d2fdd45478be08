"""How an event stands at a moment. Pure."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from volunteer_hub.core.text import N_


class Phase(enum.StrEnum):
    """How an event stands at a moment; the values are also the codes of the tags on pages."""

    DRAFT = "draft"
    OPEN = "open"
    RUNNING = "running"
    ENDED = "finished"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


PHASE_WORDS: Final[Mapping[Phase, str]] = {
    Phase.DRAFT: N_("草稿"),
    Phase.OPEN: N_("报名中"),
    Phase.RUNNING: N_("进行中"),
    Phase.ENDED: N_("已结束待确认"),
    Phase.CONFIRMED: N_("已确认"),
    Phase.CANCELLED: N_("已取消"),
}


def phase(status: str, starts_at: datetime, ends_at: datetime, now: datetime) -> Phase:
    """Return how an event stands. It runs from its first moment; at its last it has ended.

    Args:
        status: draft, published, cancelled or confirmed.
        starts_at: When the event begins.
        ends_at: When it ends.
        now: The moment asked about.
    """
    if status != "published":
        return Phase(status)
    if now < starts_at:
        return Phase.OPEN
    return Phase.RUNNING if now < ends_at else Phase.ENDED
