"""Places that change hands: swapped with somebody by name, or taken over by a stand-in. Pure."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from volunteer_hub.assignments.rules.places import (
    Applicant,
    Opening,
    Refusal,
    sign_up_refusal,
)


class ExchangeState(enum.StrEnum):
    """How far it has come."""

    OPEN = "open"
    WAITING = "waiting"
    DONE = "done"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"


PENDING = (ExchangeState.OPEN, ExchangeState.WAITING)


def swap_refusal(
    opening: Opening, applicant: Applicant, giving_up: Iterable[int], *, now: datetime
) -> Refusal | None:
    """Return why somebody cannot take a place in exchange for theirs, or None when they can.

    Args:
        opening: The post, the place that is given up in it counted as free.
        applicant: Who would take it.
        giving_up: The shifts whose places change hands: what they do there is not in the way.
        now: The moment.
    """
    gone = set(giving_up)
    kept = tuple(each for each in applicant.commitments if each.shift_id not in gone)
    return sign_up_refusal(opening, replace(applicant, commitments=kept), now=now)
