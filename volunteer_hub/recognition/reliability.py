"""How somebody kept their word: each place counted by one visible formula. Pure.

Shown to the person and to those whose business they are; never a ranking, never sorted by.
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from volunteer_hub.core.text import N_

LATE: Final = timedelta(hours=24)  # whoever gives a place back later leaves a gap
COUNTED_FOR: Final = timedelta(days=2 * 365)
FEWEST: Final = 4  # counted places below which nothing can be said


class Outcome(enum.StrEnum):
    """What became of a place that somebody had agreed to take; the value is a msgid's key."""

    ATTENDED = "attended"
    EXCUSED = "excused"
    LATE_CANCEL = "late_cancel"
    NO_SHOW = "no_show"


LABELS: Final = {
    Outcome.ATTENDED: N_("到了"),
    Outcome.EXCUSED: N_("提前说了来不了"),
    Outcome.LATE_CANCEL: N_("不到 24 小时才退出"),
    Outcome.NO_SHOW: N_("没有来，也没有说"),
}
TONES: Final = {
    Outcome.ATTENDED: "good",
    Outcome.EXCUSED: "grey",
    Outcome.LATE_CANCEL: "warn",
    Outcome.NO_SHOW: "bad",
}
FORMULA: Final = N_(
    "到了的次数 ÷（到了 ＋ 不到 24 小时才退出 × ½ ＋ 没有来）。提前 24 小时退出的、找到人替的、"
    "活动取消的，不算。只看两年以内；不到 4 次的，看不出什么。"
)
APPEALABLE: Final = frozenset({Outcome.LATE_CANCEL, Outcome.NO_SHOW})


@dataclass(frozen=True, slots=True)
class Reliability:
    """How often what happened, and what share of their word somebody kept.

    Attributes:
        counts: By outcome.
        percent: Of the formula, whole; None when there is too little to say.
    """

    counts: dict[Outcome, int]
    percent: int | None


def outcome(
    *,
    came: bool | None,
    withdrew_at: datetime | None,
    starts_at: datetime,
    was_excused: bool,
) -> Outcome | None:
    """Return what became of one place, or None when nobody wrote it down yet.

    Args:
        came: Whether the confirmed record says that they came; None without one.
        withdrew_at: When they gave the place back, if they did.
        starts_at: When the shift began.
        was_excused: Somebody took the place over, or an appeal was found right.
    """
    if came:
        return Outcome.ATTENDED
    if was_excused and (came is False or withdrew_at is not None):
        return Outcome.EXCUSED
    if withdrew_at is not None:
        return Outcome.EXCUSED if starts_at - withdrew_at >= LATE else Outcome.LATE_CANCEL
    return Outcome.NO_SHOW if came is False else None


def reliability(outcomes: Iterable[Outcome]) -> Reliability:
    """Return what the formula makes of these outcomes."""
    counts = Counter(outcomes)
    attended = counts[Outcome.ATTENDED]
    counted = attended + counts[Outcome.LATE_CANCEL] + counts[Outcome.NO_SHOW]
    base = attended + counts[Outcome.LATE_CANCEL] / 2 + counts[Outcome.NO_SHOW]
    percent = round(100 * attended / base) if counted >= FEWEST else None
    return Reliability({each: counts[each] for each in Outcome}, percent)
