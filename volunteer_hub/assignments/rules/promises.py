"""When volunteers are reminded and asked to confirm, and when nobody knows whether they come."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
MOST_STEPS: Final = 5
LONGEST_LEAD: Final = 30 * DAY
SHORTEST_LEAD: Final = timedelta(minutes=30)
TIME_TO_ANSWER: Final = 3 * HOUR
NO_MORE_WAITING: Final = 2 * HOUR
# A reminder so short before the shift says that it begins, and goes before others.
SOON: Final = 6 * HOUR


@dataclass(frozen=True, slots=True, order=True)
class Step:
    """A reminder before a shift.

    Attributes:
        lead: How long before the shift it is sent.
        asks: Whether it asks to confirm, unless they did.
    """

    lead: timedelta
    asks: bool

    @property
    def name(self) -> str:
        """What tells it from the other reminders of a shift: 3d, 24h, 90m; part of keys."""
        if self.lead >= 2 * DAY and not self.lead % DAY:
            return f"{self.lead // DAY}d"
        if not self.lead % HOUR:
            return f"{self.lead // HOUR}h"
        return f"{self.lead // timedelta(minutes=1)}m"

    @property
    def is_soon(self) -> bool:
        """Whether it says that the shift begins."""
        return self.lead <= SOON and not self.asks


Steps = tuple[Step, ...]
# What holds for events nobody made other steps for, the first one first.
USUAL_STEPS: Final[Steps] = (Step(3 * DAY, True), Step(DAY, True), Step(2 * HOUR, False))


def in_order(steps: Iterable[Step]) -> Steps:
    """Return steps with the first one first, and one for each moment: one that asks, if any does.

    Args:
        steps: As somebody wrote them down.
    """
    by_lead: dict[timedelta, Step] = {}
    for step in sorted(steps):
        by_lead[step.lead] = step
    return tuple(sorted(by_lead.values(), reverse=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What a volunteer who agreed to a post knows and said about it.

    Attributes:
        starts_at: When the shift begins, as it is planned now.
        agreed_at: When they agreed.
        changed_at: When time or place last changed; None when they never did.
        confirmed_at: When they last said again that they come.
        steps: The reminders of such an event, the first one first.
    """

    starts_at: datetime
    agreed_at: datetime
    changed_at: datetime | None = None
    confirmed_at: datetime | None = None
    steps: Steps = USUAL_STEPS

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

    @property
    def asking(self) -> Steps:
        """The reminders that ask."""
        return tuple(step for step in self.steps if step.asks)


def due_step(promise: Promise, *, now: datetime) -> Step | None:
    """Return the reminder whose time it is, or None.

    That is the last one whose moment has come: after a standstill nobody gets two at once. A
    moment at or before which they just heard of the shift is passed over, and so is everything
    once the shift begins.
    """
    if now >= promise.starts_at:
        return None
    come = [step for step in promise.steps if now >= promise.starts_at - step.lead]
    if not come or promise.known_at >= promise.starts_at - come[-1].lead:
        return None
    return come[-1]


def next_moment(step: Step, promise: Promise) -> datetime:
    """Return from when a reminder is no use any more: the next one's moment, or the start."""
    later = [each.lead for each in promise.steps if each.lead < step.lead]
    return promise.starts_at - max(later, default=timedelta(0))


def is_asked(promise: Promise, *, now: datetime) -> bool:
    """Tell whether an answer is awaited: by a reminder that asks, or since a change."""
    if promise.is_confirmed or now >= promise.starts_at:
        return False
    return promise.must_agree_anew or last_asking(promise, now=now) is not None


def last_asking(promise: Promise, *, now: datetime) -> Step | None:
    """Return the last reminder that asked them, or None when none did since they knew."""
    asked = [
        step for step in promise.asking if promise.known_at < promise.starts_at - step.lead <= now
    ]
    return asked[-1] if asked else None


def is_at_risk(promise: Promise, *, can_be_told: bool, now: datetime) -> bool:
    """Tell whether somebody should ring: soon the shift begins, and they may not come.

    Whoever was asked by the last reminder that asks, or by a later change, has three hours to
    answer; nobody waits any longer from two hours before the shift. Whom no message reaches is to
    be rung as soon as the first reminder would have been sent. Whoever agreed after the last
    question's moment has just said so.

    Args:
        promise: What they know and said.
        can_be_told: Whether some message reaches them.
        now: The moment.
    """
    ask_from = max((step.lead for step in promise.asking), default=DAY)
    if promise.is_confirmed or not promise.starts_at - ask_from <= now < promise.starts_at:
        return False
    asked_at = _asked_in_earnest_at(promise)
    if asked_at is None or not can_be_told:
        return asked_at is not None
    return now >= min(asked_at + TIME_TO_ANSWER, promise.starts_at - NO_MORE_WAITING)


def _asked_in_earnest_at(promise: Promise) -> datetime | None:
    """Return when the last question is or was put to them, or None when there is none."""
    if promise.asking:
        last = promise.starts_at - promise.asking[-1].lead
        if promise.known_at < last:
            return last
    return promise.known_at if promise.must_agree_anew else None
