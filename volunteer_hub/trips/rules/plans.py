"""What makes the plan of a trip sound. Pure: values in, verdict out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from volunteer_hub.core.text import N_
from volunteer_hub.events.errors import FieldProblem
from volunteer_hub.trips.drafts import ReportDraft, TripDraft
from volunteer_hub.trips.rules.road import (
    LEAST_MINUTES,
    MAX_DAYS,
    MAX_MINUTES,
    MAX_STOPS,
    Arrival,
    Caravan,
    From,
    Halt,
    late_stops,
)

MAX_TITLE: Final = 80
_LOCAL: Final = ZoneInfo("Asia/Shanghai")
_TOO_EARLY: Final = {
    From.DEPOT: N_(
        "大篷车 %(off)s 从驻地出发，路上 %(minutes)s 分钟，布展以后最早 %(ready)s 才能开始"
    ),
    From.PREVIOUS: N_(
        "大篷车上一站收好是 %(off)s，路上 %(minutes)s 分钟，布展以后最早 %(ready)s 才能开始"
    ),
    From.HOME_OVERNIGHT: N_(
        "大篷车当天 %(off)s 从驻地出发，路上 %(minutes)s 分钟，布展以后最早 %(ready)s 才能开始"
    ),
    From.OUT_OVERNIGHT: N_(
        "大篷车当天 %(off)s 从过夜地出发，路上 %(minutes)s 分钟，布展以后最早 %(ready)s 才能开始"
    ),
}


def stop_field(number: int, name: str) -> str:
    """Return the name of a field of a stop, counted from 0."""
    return f"stops-{number}-{name}"


def plan_problems(
    draft: TripDraft, *, now: datetime, left_at: datetime | None = None
) -> list[FieldProblem]:
    """Return what is wrong with a trip, the road aside.

    Args:
        draft: The trip as somebody wants it.
        now: The moment of saving.
        left_at: When it leaves as saved so far; leaving that in the past is no problem.
    """
    if not draft.stops:
        return [FieldProblem("", N_("请至少安排一站"))]
    if len(draft.stops) > MAX_STOPS:
        return [
            FieldProblem(
                "", N_("一个行程最多 %(most)s 站，更多的请分成几个行程"), {"most": MAX_STOPS}
            )
        ]
    problems = []
    if draft.leaves_at < now and draft.leaves_at != left_at:
        problems.append(FieldProblem("leaves_at", N_("这个出发时间已经过去了，请选将来的时间")))
    for number, stop in enumerate(draft.stops):
        if not LEAST_MINUTES <= stop.minutes <= MAX_MINUTES:
            most = {"least": LEAST_MINUTES, "most": MAX_MINUTES}
            message = N_("请填写 %(least)s 到 %(most)s 之间的分钟数")
            problems.append(FieldProblem(stop_field(number, "minutes"), message, most))
    if draft.stops[-1].ends_at > draft.leaves_at + timedelta(days=MAX_DAYS):
        number = len(draft.stops) - 1
        message = N_("一个行程最长 %(days)s 天，请看看这一站的日期")
        problems.append(FieldProblem(stop_field(number, "starts_at"), message, {"days": MAX_DAYS}))
    return problems


def road_problems(caravan: Caravan, halts: Sequence[Halt]) -> list[FieldProblem]:
    """Return which stops the caravan cannot make, each with the earliest time."""
    return [
        too_early(stop_field(number, "starts_at"), arrival)
        for number, arrival in late_stops(caravan, halts)
    ]


def too_early(field: str, arrival: Arrival) -> FieldProblem:
    """Return that a stop begins before the caravan can be ready, and when it can."""
    return FieldProblem(field, _TOO_EARLY[arrival.origin], words_of(arrival))


def words_of(arrival: Arrival) -> dict[str, object]:
    """Return what an arrival says, as text of the city's time."""
    return {
        "off": _written(arrival.sets_off_at),
        "ready": _written(arrival.ready_at),
        "minutes": arrival.way.minutes,
    }


def _written(moment: datetime) -> str:
    return f"{moment.astimezone(_LOCAL):%m-%d %H:%M}"


def report_problems(
    start: int | None, reports: Sequence[ReportDraft], end: int | None
) -> list[FieldProblem]:
    """Return where an odometer would run backwards.

    Args:
        start: What it showed at the start.
        reports: What each stop came to, in the order they were visited.
        end: What it showed at the end.
    """
    readings = [("odometer_start_km", start)]
    readings += [(stop_field(n, "odometer_km"), it.odometer_km) for n, it in enumerate(reports)]
    readings.append(("odometer_end_km", end))
    problems, highest = [], 0
    for field, reading in readings:
        if reading is None:
            continue
        if reading < highest:
            message = N_("里程表不会倒走：前面已经填了 %(km)s")
            problems.append(FieldProblem(field, message, {"km": highest}))
        highest = max(highest, reading)
    return problems


def driven_km(start: int | None, end: int | None) -> int | None:
    """Return how far a trip was, or None while the odometer was not read twice."""
    return end - start if start is not None and end is not None else None
