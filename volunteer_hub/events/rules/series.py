"""When the events of a series are, by a rule as RFC 5545 writes it. Pure."""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Final
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from volunteer_hub.core.text import N_
from volunteer_hub.events.errors import FieldProblem

MAX_EVENTS: Final = 200
MAX_EVERY: Final = 52
WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FREQUENCIES: Final = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
_LOCAL: Final = ZoneInfo("Asia/Shanghai")  # the same time of day, wherever the server stands
_FURTHEST: Final = timedelta(days=2 * 366)


class Reach(enum.StrEnum):
    """Which events of a series a change is for."""

    ONE = "one"
    FOLLOWING = "following"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class SeriesDates:
    """When a series is held, and on which days it is not although the rule says so."""

    starts: tuple[datetime, ...]
    left_out: tuple[date, ...]


def weekly(every: int, weekdays: Sequence[int], until: date) -> str:
    """Return the rule "every so many weeks on these weekdays, until a day, itself included"."""
    days = ",".join(WEEKDAYS[number] for number in sorted(set(weekdays)))
    return f"FREQ=WEEKLY;INTERVAL={every};BYDAY={days};UNTIL={_end_of(until)}"


def monthly(first: datetime, every: int, until: date) -> str:
    """Return the rule "on the same weekday of the month", as the second Tuesday, until a day."""
    on = first.astimezone(_LOCAL).date()
    number = (on.day - 1) // 7 + 1
    nth = -1 if number == 5 else number  # a fifth one is the last: not every month has five
    weekday = WEEKDAYS[on.weekday()]
    return f"FREQ=MONTHLY;INTERVAL={every};BYDAY={nth}{weekday};UNTIL={_end_of(until)}"


def _end_of(day: date) -> str:
    midnight = datetime.combine(day + timedelta(days=1), datetime.min.time(), _LOCAL)
    last = (midnight - timedelta(seconds=1)).astimezone(ZoneInfo("UTC"))
    return f"{last:%Y%m%dT%H%M%S}Z"


def series_dates(
    rule: str, first: datetime, *, now: datetime, is_holiday: Callable[[date], bool] | None
) -> SeriesDates | FieldProblem:
    """Return when the events after the first one are held, or what is wrong with the rule.

    Args:
        rule: As RFC 5545 writes it, as ``FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;COUNT=8``.
        first: When the event begins that the series is made from; it is not among them.
        now: The moment of asking; none lies more than two years ahead.
        is_holiday: Tells which days are left out; None to leave out none.
    """
    parts = dict(part.split("=", 1) for part in rule.upper().split(";") if "=" in part)
    if not {"COUNT", "UNTIL"} & parts.keys():
        return FieldProblem("until", N_("请写明到哪天为止，不能没有尽头"))
    starts = _starts(rule, first) if parts.get("FREQ") in FREQUENCIES else None
    if starts is None:
        return FieldProblem("", N_("这个重复规则看不懂"))
    if len(starts) > MAX_EVENTS:
        return FieldProblem("until", N_("一个系列最多 %(most)s 场"), {"most": MAX_EVENTS})
    if starts and starts[-1] > now + _FURTHEST:
        return FieldProblem("until", N_("请选两年以内的日期"))
    left_out = tuple(it.date() for it in starts if is_holiday is not None and is_holiday(it.date()))
    kept = tuple(it for it in starts if it.date() not in left_out)
    if not kept:
        return FieldProblem("until", N_("按这个规则一场也排不出来，请把日期往后放"))
    return SeriesDates(kept, left_out)


def _starts(rule: str, first: datetime) -> list[datetime] | None:
    """Return the moments after the first, one too many at most; None for no rule at all."""
    local_first = first.astimezone(_LOCAL)
    try:
        found = rrulestr(rule, dtstart=local_first)
        return [it for it in islice(found, MAX_EVENTS + 2) if it > local_first][: MAX_EVENTS + 1]
    except (ValueError, TypeError, OverflowError):
        return None
