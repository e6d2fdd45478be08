"""When the caravan can be where, and what in a plan it cannot do. Pure."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from volunteer_hub.regions.geography import Place
from volunteer_hub.regions.travel import STAYING, Way, way

MAX_STOPS: Final = 12
MAX_MINUTES: Final = 12 * 60
LEAST_MINUTES: Final = 15
MAX_LOADING: Final = 240
MAX_DAYS: Final = 14
NIGHT_REST: Final = timedelta(hours=8)
_STEP: Final = timedelta(minutes=5)
_LOCAL: Final = ZoneInfo("Asia/Shanghai")  # a day on the road is a day of the city


class From(enum.StrEnum):
    """Where the caravan comes from."""

    DEPOT = "depot"
    PREVIOUS = "previous"
    HOME_OVERNIGHT = "home_overnight"
    OUT_OVERNIGHT = "out_overnight"


@dataclass(frozen=True, slots=True)
class Point:
    """A venue and where it is; None for a venue nobody named, or whose place is not known."""

    venue_id: int | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Halt:
    """A stop as the road sees it."""

    point: Point
    starts_at: datetime
    ends_at: datetime

    def begun(self, at: datetime) -> Halt:
        """Return it beginning at another time, as long as before."""
        return replace(self, starts_at=at, ends_at=at + (self.ends_at - self.starts_at))


@dataclass(frozen=True, slots=True, kw_only=True)
class Caravan:
    """How the caravan goes about it; see the model of a trip."""

    depot: Point
    leaves_at: datetime
    set_up: timedelta
    pack_up: timedelta
    day_starts: timedelta
    goes_home: bool


@dataclass(frozen=True, slots=True)
class Arrival:
    """When the caravan can be ready at a stop.

    Attributes:
        origin: Where it comes from.
        way: The road.
        sets_off_at: When it leaves there at the earliest.
        ready_at: When the stop can begin at the earliest, on five minutes.
    """

    origin: From
    way: Way
    sets_off_at: datetime
    ready_at: datetime


def arrivals(caravan: Caravan, halts: Sequence[Halt]) -> list[Arrival]:
    """Return when the caravan can be ready at each stop, in the order they are planned."""
    found: list[Arrival] = []
    before: Halt | None = None
    for halt in halts:
        found.append(_arrival(caravan, before, halt))
        before = halt
    return found


def late_stops(caravan: Caravan, halts: Sequence[Halt]) -> list[tuple[int, Arrival]]:
    """Return which stops begin before the caravan can be ready there."""
    found = enumerate(arrivals(caravan, halts))
    return [(number, it) for number, it in found if halts[number].starts_at < it.ready_at]


def returns_at(caravan: Caravan, halts: Sequence[Halt]) -> datetime:
    """Return when the caravan is back at its depot; without stops, an hour after it left."""
    if not halts:
        return caravan.leaves_at + timedelta(hours=1)
    last = halts[-1]
    home = _way(last.point, caravan.depot)
    return last.ends_at + caravan.pack_up + timedelta(minutes=home.minutes)


def way_home(caravan: Caravan, halts: Sequence[Halt]) -> Way:
    """Return the road from the last stop to the depot."""
    return _way(halts[-1].point, caravan.depot) if halts else STAYING


def put_off(caravan: Caravan, halts: Sequence[Halt], number: int) -> list[Halt]:
    """Return the stops with this one begun as early as it can be, and later ones put off in turn.

    Only what has to move does; how long each stop is stays.
    """
    moved = list(halts)
    for place in range(number, len(moved)):
        before = moved[place - 1] if place else None
        # Put off past midnight it comes after a night, and so is put off once more.
        while moved[place].starts_at < (at := _arrival(caravan, before, moved[place]).ready_at):
            moved[place] = moved[place].begun(at)
    return moved


def leave_in_time(caravan: Caravan, halts: Sequence[Halt]) -> datetime:
    """Return when the caravan has to leave so that its first stop can begin as planned."""
    first = halts[0]
    road = timedelta(minutes=_way(caravan.depot, first.point).minutes)
    latest = first.starts_at - caravan.set_up - road
    return _rounded_up(latest - _STEP + timedelta(microseconds=1))


def to_next_day(caravan: Caravan, halts: Sequence[Halt], number: int) -> list[Halt]:
    """Return the stops with this one as the first of the day after the stop before it."""
    before = halts[number - 1].starts_at if number else caravan.leaves_at
    day = _day(before) + timedelta(days=1)
    moved = list(halts)
    moved[number] = moved[number].begun(_at(day, caravan.day_starts))
    return put_off(caravan, moved, number)


def _arrival(caravan: Caravan, before: Halt | None, halt: Halt) -> Arrival:
    if before is None:
        origin, road = From.DEPOT, _way(caravan.depot, halt.point)
        off = caravan.leaves_at
    elif _day(halt.starts_at) <= _day(before.ends_at):
        origin, road = From.PREVIOUS, _way(before.point, halt.point)
        off = before.ends_at + caravan.pack_up
    else:
        origin, road, off = _overnight(caravan, before, halt)
    ready = off + timedelta(minutes=road.minutes) + caravan.set_up
    return Arrival(origin, road, off, _rounded_up(ready))


def _overnight(caravan: Caravan, before: Halt, halt: Halt) -> tuple[From, Way, datetime]:
    """Return from where, by which road and when it sets off on a further day, after a night."""
    rests_from = before.ends_at + caravan.pack_up
    if caravan.goes_home:
        rests_from += timedelta(minutes=_way(before.point, caravan.depot).minutes)
    morning = _at(_day(halt.starts_at), caravan.day_starts)
    off = max(morning, rests_from + NIGHT_REST)
    if caravan.goes_home:
        return From.HOME_OVERNIGHT, _way(caravan.depot, halt.point), off
    return From.OUT_OVERNIGHT, _way(before.point, halt.point), off


def _way(origin: Point, target: Point) -> Way:
    if origin.venue_id is not None and origin.venue_id == target.venue_id:
        return STAYING
    return way(origin.place, target.place)


def _day(moment: datetime) -> date:
    return moment.astimezone(_LOCAL).date()


def _at(day: date, since_midnight: timedelta) -> datetime:
    return datetime.combine(day, time.min, _LOCAL) + since_midnight


def _rounded_up(moment: datetime) -> datetime:
    local = moment.astimezone(_LOCAL)
    over = timedelta(minutes=local.minute % 5, seconds=local.second, microseconds=local.microsecond)
    return local + (_STEP - over if over else timedelta(0))
