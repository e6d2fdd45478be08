"""When volunteers are reminded and asked to confirm, and when nobody knows whether they come."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final


class Step(enum.StrEnum):
    """A reminder before a shift; the values are part of the messages' keys."""

    THREE_DAYS = "3d"
    ONE_DAY = "24h"
    TWO_HOURS = "2h"


# How long before the shift each reminder is sent, the first one first.
LEADS: Final[Mapping[Step, timedelta]] = {
    Step.THREE_DAYS: timedelta(days=3),
    Step.ONE_DAY: timedelta(hours=24),
    Step.TWO_HOURS: timedelta(hours=2),
}
ASKING: Final = frozenset({Step.THREE_DAYS, Step.ONE_DAY})
ASK_FROM: Final = LEADS[Step.THREE_DAYS]
TIME_TO_ANSWER: Final = timedelta(hours=3)
NO_MORE_WAITING: Final = timedelta(hours=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What a volunteer who agreed to a post knows and said about it.

    Attributes:
        starts_at: When the shift begins, as it is planned now.
        agreed_at: When they agreed.
        changed_at: When time or place last changed; None when they never did.
        confirmed_at: When they last said again that they come.
    """

    starts_at: datetime
    agreed_at: datetime
    changed_at: datetime | None = None
    confirmed_at: datetime | None = None

    @property
    def must_agree_anew(self) -> bool:
        """Whether time or place changed after they agreed."""
        return self.changed_at is not None and self.agreed_at < self.changed_at

    @property
    def known_at(self) -> datetime:
        """When they last heard of the shift: they agreed, or were told of a change."""
        if self.changed_at is not None and self.must_agree_anew:
            return self.changed_at
        return self.agreed_at

    @property
    def is_confirmed(self) -> bool:
        """Whether they said again that they come, to the time and place as they are now."""
        if self.confirmed_at is None:
            return False
        return self.changed_at is None or self.confirmed_at >= self.changed_at


def due_step(promise: Promise, *, now: datetime) -> Step | None:
    """Return the reminder whose time it is, or None.

    That is the last one whose moment has come: after a standstill nobody gets two at once. A
    moment at or before which they just heard of the shift is passed over, and so is everything
    once the shift begins.
    """
    if now >= promise.starts_at:
        return None
    come = [step for step, lead in LEADS.items() if now >= promise.starts_at - lead]
    if not come or promise.known_at >= promise.starts_at - LEADS[come[-1]]:
        return None
    return come[-1]


def asks(step: Step) -> bool:
    """Tell whether a reminder asks to confirm, unless they did."""
    return step in ASKING


def next_moment(step: Step, starts_at: datetime) -> datetime:
    """Return from when a reminder is no use any more: the next one's moment, or the start."""
    later = [lead for lead in LEADS.values() if lead < LEADS[step]]
    return starts_at - max(later, default=timedelta(0))


def is_asked(promise: Promise, *, now: datetime) -> bool:
    """Tell whether an answer is awaited: by a reminder that asks, or since a change."""
    if promise.is_confirmed or now >= promise.starts_at:
        return False
    if promise.must_agree_anew:
        return True
    moments = [promise.starts_at - LEADS[step] for step in ASKING]
    return any(promise.known_at < moment <= now for moment in moments)


def is_at_risk(promise: Promise, *, can_be_told: bool, now: datetime) -> bool:
    """Tell whether somebody should ring: soon the shift begins, and they may not come.

    Whoever was asked the day before, or by a later change, has three hours to answer; nobody waits
    any longer from two hours before the shift. Whom no message reaches is to be rung as soon as
    the first reminder would have been sent. Whoever agreed in the last day has just said so.

    Args:
        promise: What they know and said.
        can_be_told: Whether some message reaches them.
        now: The moment.
    """
    if promise.is_confirmed or not promise.starts_at - ASK_FROM <= now < promise.starts_at:
        return False
    asked_at = _asked_in_earnest_at(promise)
    if asked_at is None or not can_be_told:
        return asked_at is not None
    return now >= min(asked_at + TIME_TO_ANSWER, promise.starts_at - NO_MORE_WAITING)


def _asked_in_earnest_at(promise: Promise) -> datetime | None:
    """Return when the last question is or was put to them, or None when there is none."""
    day_before = promise.starts_at - LEADS[Step.ONE_DAY]
    if promise.known_at < day_before:
        return day_before
    return promise.known_at if promise.must_agree_anew else None
