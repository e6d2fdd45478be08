"""Hours that somebody vouches for (补录): what may be asked, who may agree, how long it hangs out.

Pure.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from volunteer_hub.core.text import N_
from volunteer_hub.workdays.rules import WorkCalendar


class ClaimState(enum.StrEnum):
    """Where a claim stands."""

    WAITING = "waiting"
    HALF = "half"
    NOTICE = "notice"
    CREDITED = "credited"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"

    @property
    def label(self) -> str:
        """Return the words for it, a msgid."""
        return _STATE_LABELS[self]


_STATE_LABELS: Final = {
    ClaimState.WAITING: N_("待复核"),
    ClaimState.HALF: N_("待第二人复核"),
    ClaimState.NOTICE: N_("公示中"),
    ClaimState.CREDITED: N_("已记入"),
    ClaimState.REFUSED: N_("没有通过"),
    ClaimState.WITHDRAWN: N_("已撤回"),
    ClaimState.REVOKED: N_("已冲销"),
}
TO_AGREE: Final = frozenset({ClaimState.WAITING, ClaimState.HALF})
OPEN: Final = TO_AGREE | {ClaimState.NOTICE}


class ClaimObjection(enum.StrEnum):
    """Why hours cannot be asked for."""

    BACKWARDS = "backwards"
    OUTSIDE = "outside"
    TOO_LATE = "too_late"

    @property
    def label(self) -> str:
        """Return what to do about it, a msgid."""
        return _OBJECTION_LABELS[self]


_OBJECTION_LABELS: Final = {
    ClaimObjection.BACKWARDS: N_("结束时间要晚于开始时间"),
    ClaimObjection.OUTSIDE: N_("补录的时间不能超出活动的起止时间"),
    ClaimObjection.TOO_LATE: N_("这场活动结束太久，不能再补录"),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """The stretch of time that somebody asks to be credited."""

    starts_at: datetime
    ends_at: datetime

    @property
    def minutes(self) -> int:
        """Return how long it is."""
        return int((self.ends_at - self.starts_at).total_seconds() // 60)


def claim_objection(
    wanted: Wanted, *, event_starts_at: datetime, event_ends_at: datetime, now: datetime, days: int
) -> ClaimObjection | None:
    """Return why these hours cannot be asked for, or None when they can.

    Args:
        wanted: From when to when.
        event_starts_at: Start of the activity; what is claimed is never longer than it.
        event_ends_at: End of the activity.
        now: The moment.
        days: So long after the activity hours may be asked for.
    """
    if wanted.minutes < 1:
        return ClaimObjection.BACKWARDS
    if wanted.starts_at < event_starts_at or wanted.ends_at > event_ends_at:
        return ClaimObjection.OUTSIDE
    if now > event_ends_at + timedelta(days=days):
        return ClaimObjection.TOO_LATE
    return None


def may_agree(person_id: int, *, asked_by: int, volunteer: int, first_by: int | None) -> bool:
    """Tell whether somebody may agree: not to what they asked for, nor for themselves, nor twice.

    Args:
        person_id: Who.
        asked_by: Who asked for the hours.
        volunteer: The account of the volunteer who gets them.
        first_by: Who agreed already.
    """
    return person_id not in (asked_by, volunteer, first_by)


def next_state(state: ClaimState, minutes: int, *, two_above_hours: int) -> ClaimState:
    """Return where a claim stands once somebody agreed to it."""
    if state is ClaimState.WAITING and minutes > two_above_hours * 60:
        return ClaimState.HALF
    return ClaimState.NOTICE


def notice_ends_on(today: date, calendar: WorkCalendar, *, workdays: int, days: int) -> date:
    """Return the last day of a public notice: the later of so many working days and so many days.

    Args:
        today: The day it is put up, which is not counted.
        calendar: Which days are worked.
        workdays: How many working days at least.
        days: How many days at least.
    """
    return max(calendar.later(today, workdays), today + timedelta(days=days))
