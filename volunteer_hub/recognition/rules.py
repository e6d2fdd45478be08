"""How long did a volunteer serve? Pure: when they came and left, and the shift, give the minutes.

Service time is the time actually given, in hours (民政部令67, art. 7 and 11). What lies far outside
the shift does not count, and the sum is rounded down to a tenth of an hour.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from volunteer_hub.core.text import N_

# The regulation on volunteer service: recorded within ten working days after the event.
RECORDED_WITHIN: Final = 10


@dataclass(frozen=True, slots=True)
class Policy:
    """What counts; in minutes."""

    early_grace: int = 30
    late_grace: int = 30
    step: int = 6
    day_cap: int = 8 * 60


POLICY: Final = Policy()


@dataclass(frozen=True, slots=True)
class Stay:
    """From check-in to check-out; ``left_at`` is None while nobody checked them out."""

    came_at: datetime
    left_at: datetime | None


class Presence(enum.StrEnum):
    """What the door knows of one volunteer in one post."""

    TIMED = "timed"
    MISSING_OUT = "missing_out"
    ABSENT = "absent"

    @property
    def label(self) -> str:
        """Return the words for it, a msgid."""
        return _PRESENCE_LABELS[self]


_PRESENCE_LABELS: Final = {
    Presence.TIMED: N_("已签到签退"),
    Presence.MISSING_OUT: N_("没有签退"),
    Presence.ABSENT: N_("没有签到"),
}


@dataclass(frozen=True, slots=True)
class Working:
    """The minutes and how they came about, in minutes and moments, to be shown as one line."""

    presence: Presence
    planned: int
    came_at: datetime | None
    left_at: datetime | None
    counted: int
    minutes: int


def presence_of(stays: Sequence[Stay]) -> Presence:
    """Return what the door knows, given every stay of one volunteer in one post."""
    if not stays:
        return Presence.ABSENT
    if any(stay.left_at is None for stay in stays):
        return Presence.MISSING_OUT
    return Presence.TIMED


def worked(
    stays: Sequence[Stay],
    *,
    starts_at: datetime,
    ends_at: datetime,
    minutes_that_day: int = 0,
    policy: Policy = POLICY,
) -> Working:
    """Return the minutes to credit for these stays in one shift.

    A stay without check-out counts as ending with the shift; whether that is accepted is for a
    person to say (``presence`` tells).

    Args:
        stays: When the volunteer came and left; breaks make several stays.
        starts_at: Start of the shift.
        ends_at: End of the shift, itself excluded.
        minutes_that_day: Minutes already credited to the volunteer on the same local day.
        policy: Graces, rounding and cap.
    """
    first = starts_at - timedelta(minutes=policy.early_grace)
    last = ends_at + timedelta(minutes=policy.late_grace)
    counted = sum(_overlap_minutes(stay, first, last, if_open=ends_at) for stay in stays)
    allowed = max(0, policy.day_cap - minutes_that_day)
    rounded = min(counted, allowed) // policy.step * policy.step
    closed = [stay.left_at for stay in stays if stay.left_at is not None]
    return Working(
        presence=presence_of(stays),
        planned=_minutes(ends_at - starts_at),
        came_at=min((stay.came_at for stay in stays), default=None),
        left_at=max(closed, default=None),
        counted=counted,
        minutes=rounded,
    )


def _overlap_minutes(stay: Stay, first: datetime, last: datetime, *, if_open: datetime) -> int:
    left_at = stay.left_at or max(stay.came_at, if_open)
    return max(0, _minutes(min(left_at, last) - max(stay.came_at, first)))


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds() // 60)


class Answer(enum.StrEnum):
    """What the organiser says about one volunteer after the event."""

    AS_TIMED = "as_timed"
    AS_SHIFT = "as_shift"
    ADDED = "added"
    NO_SHOW = "no_show"

    @property
    def label(self) -> str:
        """Return the words on the choice, a msgid."""
        return _ANSWER_LABELS[self]


_ANSWER_LABELS: Final = {
    Answer.AS_TIMED: N_("按签到签退时间"),
    Answer.AS_SHIFT: N_("待到班次结束（补录）"),
    Answer.ADDED: N_("另填时长（补录）"),
    Answer.NO_SHOW: N_("未到"),
}
_CHOICES: Final = {
    Presence.TIMED: (Answer.AS_TIMED, Answer.ADDED, Answer.NO_SHOW),
    Presence.MISSING_OUT: (Answer.AS_SHIFT, Answer.ADDED, Answer.NO_SHOW),
    Presence.ABSENT: (Answer.NO_SHOW, Answer.ADDED),
}


def choices(presence: Presence) -> tuple[Answer, ...]:
    """Return what the organiser may say, the usual answer first."""
    return _CHOICES[presence]


class Objection(enum.StrEnum):
    """Why an answer cannot stand."""

    NOT_POSSIBLE = "not_possible"
    NO_HOURS = "no_hours"
    TOO_LONG = "too_long"
    NO_REASON = "no_reason"

    @property
    def label(self) -> str:
        """Return what to do about it, a msgid."""
        return _OBJECTION_LABELS[self]


_OBJECTION_LABELS: Final = {
    Objection.NOT_POSSIBLE: N_("这个选项和签到记录对不上，请重新选择"),
    Objection.NO_HOURS: N_("请填写补录的小时数，例如 2 或 1.5"),
    Objection.TOO_LONG: N_("补录不能超过班次的计划时长"),
    Objection.NO_REASON: N_("补录需要写明原因，例如：手机没电，由队长证明"),
}


def objection(
    answer: Answer,
    *,
    presence: Presence,
    planned: int,
    added_minutes: int | None,
    reason: str,
) -> Objection | None:
    """Return why the organiser's answer cannot stand, or None when it can.

    Args:
        answer: What the organiser chose.
        presence: What the door knows.
        planned: Minutes of the shift.
        added_minutes: Minutes typed in, for ``ADDED``.
        reason: Why hours are added by hand.
    """
    if answer not in choices(presence):
        return Objection.NOT_POSSIBLE
    if answer is not Answer.ADDED:
        return None
    if not added_minutes or added_minutes < 1:
        return Objection.NO_HOURS
    if added_minutes > planned:
        return Objection.TOO_LONG
    return None if reason else Objection.NO_REASON
