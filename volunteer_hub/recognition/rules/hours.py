"""How long did a volunteer serve? Pure: when they came and left, and the shift, give the minutes.

Service time is the time actually given, in hours (民政部令67, art. 7 and 11). What lies far outside
the shift does not count, a minute counts once however many shifts it lies in, and the sum is
rounded down.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from volunteer_hub.core.text import N_

# The regulation on volunteer service: recorded within ten working days after the event.
RECORDED_WITHIN: Final = 10
_LOCAL: Final = ZoneInfo("Asia/Shanghai")  # whose midnight a day ends at
Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Policy:
    """What counts; in minutes.

    A stay without check-out is never in it: somebody has to say when it ended.

    Attributes:
        early_grace: So much before the shift counts too.
        late_grace: So much after it.
        step: The sum is rounded down to a multiple of it.
        minimum: Less than this in a shift is nothing.
        day_cap: No local day gives more.
        version: Names the policy in the ledger, for ever.
    """

    early_grace: int = 30
    late_grace: int = 30
    step: int = 6
    minimum: int = 0
    day_cap: int = 8 * 60
    version: str = "usual-1"


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
class Before:
    """What a volunteer was credited already, around the same days.

    Attributes:
        spans: The stretches of time that were counted.
        days: Minutes by local day.
    """

    spans: tuple[Span, ...] = ()
    days: Mapping[date, int] = field(default_factory=dict)

    def with_more(self, working: Working) -> Before:
        """Return it with what was credited now besides."""
        days = dict(self.days)
        for day, minutes in working.days.items():
            days[day] = days.get(day, 0) + minutes
        return Before((*self.spans, *working.spans), days)


NOTHING: Final = Before()


@dataclass(frozen=True, slots=True)
class Working:
    """The minutes and how they came about, in minutes and moments, to be shown as one line.

    Attributes:
        counted: Minutes inside the shift and its graces that no other record has.
        doubled: Minutes left out because another record has them.
        spans: The stretches that were counted.
        days: The credited minutes by local day; they add up to ``minutes``.
    """

    presence: Presence
    planned: int
    came_at: datetime | None
    left_at: datetime | None
    counted: int
    doubled: int
    minutes: int
    spans: tuple[Span, ...]
    days: Mapping[date, int]
    policy: Policy


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
    before: Before = NOTHING,
    policy: Policy = POLICY,
    if_open: datetime | None = None,
) -> Working:
    """Return the minutes to credit for these stays in one shift.

    A stay without check-out counts as ending with the shift, or at ``if_open``; whether that is
    accepted is for a person to say (``presence`` tells).

    Args:
        stays: When the volunteer came and left; breaks make several stays.
        starts_at: Start of the shift.
        ends_at: End of the shift, itself excluded.
        before: What the volunteer was credited already, in other shifts.
        policy: Graces, rounding, minimum and cap.
        if_open: When an open stay ended, where somebody said so.
    """
    first = starts_at - timedelta(minutes=policy.early_grace)
    last = ends_at + timedelta(minutes=policy.late_grace)
    inside = _joined(_clipped(stay, first, last, if_open or ends_at) for stay in stays)
    spans = _without(inside, before.spans)
    by_day = _by_day(spans)
    capped = {day: min(number, policy.day_cap - before.days.get(day, 0))
              for day, number in by_day.items()}  # fmt: skip
    days = _rounded({day: max(0, number) for day, number in capped.items()}, policy)
    closed = [stay.left_at for stay in stays if stay.left_at is not None]
    counted = sum(by_day.values())
    return Working(
        presence=presence_of(stays),
        planned=_minutes(ends_at - starts_at),
        came_at=min((stay.came_at for stay in stays), default=None),
        left_at=max(closed, default=None),
        counted=counted,
        doubled=sum(_by_day(inside).values()) - counted,
        minutes=sum(days.values()),
        spans=spans,
        days=days,
        policy=policy,
    )


def added(minutes: int, *, since: datetime, before: Before, like: Working) -> Working:
    """Return what is credited when somebody vouches for minutes that the door knows nothing of.

    They are taken to be the first of the shift: time that another record has, or beyond the cap of
    the day, is not added either.

    Args:
        minutes: How many.
        since: From when on.
        before: What the volunteer was credited already.
        like: What the door knows, and by which policy.
    """
    until = since + timedelta(minutes=minutes)
    bare = replace(like.policy, early_grace=0, late_grace=0, step=1, minimum=0)
    found = worked([Stay(since, until)], starts_at=since, ends_at=until, before=before, policy=bare)
    return replace(
        found, presence=like.presence, planned=like.planned, came_at=like.came_at,
        left_at=like.left_at, policy=like.policy,
    )  # fmt: skip


def _clipped(stay: Stay, first: datetime, last: datetime, if_open: datetime) -> Span:
    left_at = stay.left_at or max(stay.came_at, if_open)
    return max(stay.came_at, first), min(left_at, last)


def _joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return the same time in stretches that neither touch nor overlap, in their order."""
    found: list[Span] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return tuple(found)


def _without(spans: tuple[Span, ...], taken: Iterable[Span]) -> tuple[Span, ...]:
    """Return the time of the first that is in none of the second."""
    left = list(spans)
    for start, end in taken:
        pieces = [[(a, min(b, start)), (max(a, end), b)] for a, b in left]
        left = [(a, b) for pair in pieces for a, b in pair if a < b]
    return tuple(left)


def _by_day(spans: Iterable[Span]) -> dict[date, int]:
    """Return whole minutes by local day; a stretch over midnight is of both days."""
    found: dict[date, timedelta] = {}
    for start, end in spans:
        while start < end:
            day = start.astimezone(_LOCAL).date()
            midnight = datetime.combine(day + timedelta(days=1), time(), _LOCAL)
            until = min(end, midnight)
            found[day] = found.get(day, timedelta()) + (until - start)
            start = until
    return {day: _minutes(span) for day, span in found.items()}


def _rounded(days: dict[date, int], policy: Policy) -> dict[date, int]:
    """Return the days with what rounding leaves: what goes is taken from the last of them."""
    total = sum(days.values())
    kept = total // policy.step * policy.step if total >= policy.minimum else 0
    found: dict[date, int] = {}
    for day in sorted(days):
        found[day] = min(days[day], kept - sum(found.values()))
    return {day: minutes for day, minutes in found.items() if minutes}


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds() // 60)
