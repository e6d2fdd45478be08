"""What the organiser says about each volunteer after the event. Pure."""

from __future__ import annotations

import enum
from typing import Final

from volunteer_hub.core.text import N_
from volunteer_hub.recognition.rules.hours import Presence


class Answer(enum.StrEnum):
    """What the organiser says about one volunteer after the event."""

    AS_TIMED = "as_timed"
    AS_PROPOSED = "as_proposed"
    AS_SHIFT = "as_shift"
    ADDED = "added"
    PENDING = "pending"
    NO_SHOW = "no_show"

    @property
    def label(self) -> str:
        """Return the words on the choice, a msgid."""
        return _ANSWER_LABELS[self]


_ANSWER_LABELS: Final = {
    Answer.AS_TIMED: N_("按签到签退时间"),
    Answer.AS_PROPOSED: N_("按本人说的离开时间（补录）"),
    Answer.AS_SHIFT: N_("待到班次结束（补录）"),
    Answer.ADDED: N_("另填时长（补录，要另一人复核）"),
    Answer.PENDING: N_("先不记，待查清"),
    Answer.NO_SHOW: N_("未到"),
}
_CHOICES: Final = {
    Presence.TIMED: (Answer.AS_TIMED, Answer.ADDED, Answer.NO_SHOW),
    Presence.MISSING_OUT: (Answer.PENDING, Answer.AS_SHIFT, Answer.ADDED, Answer.NO_SHOW),
    Presence.ABSENT: (Answer.NO_SHOW, Answer.ADDED),
}


def choices(presence: Presence, *, has_proposal: bool = False) -> tuple[Answer, ...]:
    """Return what the organiser may say, the usual answer first.

    Without check-out nothing is credited unless somebody says when the volunteer left.
    """
    usual = (Answer.AS_PROPOSED,) if has_proposal and presence is Presence.MISSING_OUT else ()
    return (*usual, *_CHOICES[presence])


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
    possible: tuple[Answer, ...],
    planned: int,
    added_minutes: int | None,
    reason: str,
) -> Objection | None:
    """Return why the organiser's answer cannot stand, or None when it can.

    Args:
        answer: What the organiser chose.
        possible: What may be said at all; see ``choices``.
        planned: Minutes of the shift.
        added_minutes: Minutes typed in, for ``ADDED``.
        reason: Why hours are added by hand.
    """
    if answer not in possible:
        return Objection.NOT_POSSIBLE
    if answer is not Answer.ADDED:
        return None
    if not added_minutes or added_minutes < 1:
        return Objection.NO_HOURS
    if added_minutes > planned:
        return Objection.TOO_LONG
    return None if reason else Objection.NO_REASON
