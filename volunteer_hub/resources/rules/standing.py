"""Whether one resource can be had at some time. Pure."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from volunteer_hub.core.text import N_

MAX_SEATS: Final = 5000
MAX_BUFFER_MINUTES: Final = 24 * 60
LONGEST: Final = timedelta(days=92)
_LOCAL: Final = ZoneInfo("Asia/Shanghai")  # inspections and licences end with a day of the city


class Kind(enum.StrEnum):
    """What sort of thing, place or person is booked."""

    VEHICLE = "vehicle"
    DRIVER = "driver"
    KIT = "kit"
    PROJECTOR = "projector"
    HALL = "hall"


DATED: Final = frozenset({Kind.VEHICLE, Kind.DRIVER})  # may be used only until a date


class Purpose(enum.StrEnum):
    """What a booking is for."""

    EVENT = "event"
    OTHER = "other"
    MAINTENANCE = "maintenance"


class Standing(enum.StrEnum):
    """Whether a resource can be had at some time; the first that holds, in this order."""

    RETIRED = "retired"
    EXPIRED = "expired"
    MAINTENANCE = "maintenance"
    TAKEN = "taken"
    UNKNOWN = "unknown"
    FREE = "free"


# How many seats, the driver's counted, each class of licence is good for.
LICENCE_SEATS: Final[Mapping[str, int]] = {
    "A1": MAX_SEATS,
    "B1": 19,
    "A2": 9,
    "A3": 9,
    "B2": 9,
    "C1": 9,
    "C2": 9,
}


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From one moment to another, the last one not included."""

    start: datetime
    end: datetime

    def overlaps(self, other: Span) -> bool:
        """Tell whether both have a moment in common."""
        return self.start < other.end and other.start < self.end

    def widened(self, before: timedelta, after: timedelta) -> Span:
        """Return it with time before and after."""
        return Span(self.start - before, self.end + after)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceFacts:
    """What is asked about a resource."""

    id: int
    kind: Kind
    name: str = ""
    seats: int | None = None
    licence_class: str | None = None
    valid_until: date | None = None
    is_active: bool = True
    is_shared: bool = True
    organisation_id: int = 0
    before: timedelta = timedelta(0)
    after: timedelta = timedelta(0)

    def busy_span(self, use: Span) -> Span:
        """Return how long a use keeps it busy."""
        return use.widened(self.before, self.after)


@dataclass(frozen=True, slots=True)
class Busy:
    """That a resource is taken, time before and after included."""

    resource_id: int
    span: Span
    purpose: Purpose = Purpose.EVENT
    title: str = ""
    event_id: int | None = None


def standing(
    resource: ResourceFacts, use: Span, busy: Iterable[Busy]
) -> tuple[Standing, Busy | None]:
    """Return whether the resource can be had for a use, and the booking that is in the way.

    Args:
        resource: Which.
        use: When it would be used, without the time before and after.
        busy: Bookings, of this and of other resources, in any order.
    """
    if not resource.is_active:
        return Standing.RETIRED, None
    if resource.kind in DATED and resource.valid_until is not None:
        last = (use.end - timedelta(microseconds=1)).astimezone(_LOCAL).date()
        if last > resource.valid_until:
            return Standing.EXPIRED, None
    wanted = resource.busy_span(use)
    in_the_way = [
        each for each in busy if each.resource_id == resource.id and each.span.overlaps(wanted)
    ]
    in_the_way.sort(key=lambda each: (each.purpose is not Purpose.MAINTENANCE, each.span))
    if in_the_way:
        first = in_the_way[0]
        is_kept = first.purpose is Purpose.MAINTENANCE
        return Standing.MAINTENANCE if is_kept else Standing.TAKEN, first
    if resource.kind in DATED and resource.valid_until is None:
        return Standing.UNKNOWN, None
    return Standing.FREE, None


def is_hindered(found: Standing) -> bool:
    """Tell whether it cannot be booked; not knowing is no hindrance, only something to find out."""
    return found not in (Standing.FREE, Standing.UNKNOWN)


def may_drive(licence_class: str | None, seats: int | None) -> bool:
    """Tell whether a licence is good for a vehicle of so many seats; None for any vehicle."""
    most = LICENCE_SEATS.get(licence_class or "")
    return most is not None and (seats is None or most >= seats)


def booking_problem(use: Span, *, now: datetime) -> str | None:
    """Return why nothing can be booked for this time, or None."""
    if use.end <= use.start:
        return N_("结束时间要晚于开始时间")
    if use.end <= now:
        return N_("这段时间已经过去了")
    if use.end - use.start > LONGEST:
        return N_("一次最多预订 %(days)s 天")
    return None
