"""Distances, and whether one person can be at two places."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Final, Protocol

from volunteer_hub.matching.problem import DAY_MINUTES, Point
from volunteer_hub.matching.weights import Travel

EARTH_RADIUS_KM: Final = 6371.0088
# A sum that should be a whole number of minutes may come out a hair above it.
_ROUNDING: Final = 1e-9


class Stop(Protocol):
    """A stretch of time at a place: a shift, or something taken elsewhere."""

    @property
    def start(self) -> int:
        """When it begins."""

    @property
    def end(self) -> int:
        """When it is over."""

    @property
    def venue_id(self) -> int | None:
        """Which venue it is at, if it is at one."""

    @property
    def point(self) -> Point | None:
        """Where that is, if known."""


def distance_km(origin: Point, target: Point) -> float:
    """Return the distance between two points as the crow flies."""
    from_lat, to_lat = math.radians(origin.lat), math.radians(target.lat)
    half_lng = math.radians(target.lng - origin.lng) / 2
    chord = (
        math.sin((to_lat - from_lat) / 2) ** 2
        + math.cos(from_lat) * math.cos(to_lat) * math.sin(half_lng) ** 2
    )
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(chord))


def distance_between(origin: Point | None, target: Point | None) -> float | None:
    """Return the distance, or None when either place is not known."""
    if origin is None or target is None:
        return None
    return distance_km(origin, target)


def travel_minutes(travel: Travel, origin: Stop, target: Stop) -> int:
    """Return the minutes to allow between the end of one stop and the start of the next."""
    if origin.start // DAY_MINUTES != target.start // DAY_MINUTES:
        return max(_on_the_way(travel, origin, target), travel.night_rest_minutes)
    return _on_the_way(travel, origin, target)


def _on_the_way(travel: Travel, origin: Stop, target: Stop) -> int:
    if origin.venue_id is not None and origin.venue_id == target.venue_id:
        return 0
    crow_km = distance_between(origin.point, target.point)
    if crow_km is None:
        return travel.unknown_minutes + travel.buffer_minutes
    on_the_road = 60 * travel.detour * crow_km / travel.speed_kmh
    return math.ceil(on_the_road - _ROUNDING) + travel.buffer_minutes


def clash(travel: Travel, one: Stop, other: Stop) -> bool:
    """Return whether nobody can do both, counting the way between them."""
    first, second = sorted((one, other), key=lambda stop: (stop.start, stop.end))
    return second.start < first.end + travel_minutes(travel, first, second)


def clashing_stops(travel: Travel, stops: Mapping[int, Stop]) -> dict[int, set[int]]:
    """Return for each stop the ids of all that clash with it, itself among them."""
    clashing = {stop_id: {stop_id} for stop_id in stops}
    ordered = sorted(stops.items(), key=lambda item: (item[1].start, item[1].end, item[0]))
    longest_trip = _longest_trip(travel, stops.values())
    for position, (stop_id, stop) in enumerate(ordered, start=1):
        for later_id, later in islice(ordered, position, None):
            if later.start >= stop.end + longest_trip:
                break
            if clash(travel, stop, later):
                clashing[stop_id].add(later_id)
                clashing[later_id].add(stop_id)
    return clashing


def _longest_trip(travel: Travel, stops: Iterable[Stop]) -> int:
    points = [stop.point for stop in stops if stop.point is not None]
    # Twice the way to the farthest from any one of them: no two can be further apart.
    widest_km = 2 * max((distance_km(points[0], point) for point in points), default=0.0)
    road_minutes = math.ceil(60 * travel.detour * widest_km / travel.speed_kmh)
    on_the_way = max(road_minutes, travel.unknown_minutes) + travel.buffer_minutes
    return max(on_the_way, travel.night_rest_minutes)
