"""Which shifts nobody can do together, and few large groups of shifts that cover all such pairs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from volunteer_hub.matching.engine.arrays import Bools, Floats, Ints, pointers
from volunteer_hub.matching.engine.compiled import Compiled
from volunteer_hub.matching.geometry import EARTH_RADIUS_KM
from volunteer_hub.matching.problem import DAY_MINUTES, Taken

_ROUNDING = 1e-9


@dataclass(frozen=True)
class Clashes:
    """Pairs and groups of shifts of which one person can do one at most.

    Attributes:
        beside: The shifts that clash with each shift, itself among them.
        group_from, group: The groups each shift is in.
        members: The shifts of each group.
    """

    beside: list[Ints]
    group_from: Ints
    group: Ints
    members: list[Ints]


def kilometres(from_lat: Floats, from_lng: Floats, lat: float, lng: float) -> Floats:
    """Return the distances from many points, in degrees, to one as the crow flies."""
    there = np.radians(lat)
    here = np.radians(from_lat)
    half_lng = np.radians(lng - from_lng) / 2
    chord = np.sin((there - here) / 2) ** 2 + np.cos(here) * np.cos(there) * np.sin(half_lng) ** 2
    away: Floats = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(chord))
    return away


@dataclass(frozen=True)
class Stops:
    """Stretches of time at places, in the order of time."""

    start: Ints
    end: Ints
    lat: Floats
    lng: Floats
    venue: Ints


def _stops(made: Compiled) -> Stops:
    shifts = made.shifts
    return Stops(
        made.start,
        made.end,
        np.array([each.lat for each in shifts], dtype=np.float64),
        np.array([each.lng for each in shifts], dtype=np.float64),
        np.array([-1 if each.venue_id is None else each.venue_id for each in shifts], np.int64),
    )


def _needs(made: Compiled, stops: Stops, one: Taken | int, to: Ints) -> Ints:
    """Return the minutes to allow between one stop and others, whichever is first."""
    travel = made.travel
    if isinstance(one, Taken):
        lat, lng, venue, start = one.lat, one.lng, one.venue_id, one.start
    else:
        lat, lng = float(stops.lat[one]), float(stops.lng[one])
        venue, start = int(stops.venue[one]), int(stops.start[one])
    if lat is None or lng is None:
        lat = lng = np.nan
    away = kilometres(stops.lat[to], stops.lng[to], lat, lng)
    road = np.ceil(60 * travel.detour * away / travel.speed_kmh - _ROUNDING)
    minutes = np.where(np.isnan(road), travel.unknown_minutes, road) + travel.buffer_minutes
    if venue is not None and venue != -1:
        minutes = np.where(stops.venue[to] == venue, 0, minutes)
    if travel.night_rest_minutes:
        other_day = stops.start[to] // DAY_MINUTES != start // DAY_MINUTES
        minutes = np.where(other_day, np.maximum(minutes, travel.night_rest_minutes), minutes)
    return minutes.astype(np.int64)


def clashes_of(made: Compiled) -> Clashes:
    """Return which shifts clash, and groups that cover every pair."""
    later = _later(made, _stops(made))
    count = len(made.shifts)
    beside: list[list[int]] = [[each] for each in range(count)]
    for one, others in enumerate(later):
        for other in others:
            beside[one].append(other)
            beside[other].append(one)
    masks = [sum(1 << other for other in others) for others in beside]
    groups = _cover(masks)
    covered = {each for group in groups for each in group}
    groups += [[each] for each in range(count) if each not in covered]
    owners = np.array([each for group in groups for each in group], dtype=np.int64)
    numbers = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    order = np.argsort(owners, kind="stable")
    return Clashes(
        beside=[np.array(sorted(others), dtype=np.int64) for others in beside],
        group_from=pointers(owners, count),
        group=numbers[order],
        members=[np.array(sorted(group), dtype=np.int64) for group in groups],
    )


def _later(made: Compiled, stops: Stops) -> list[list[int]]:
    """Return for each shift those after it in order that clash with it."""
    found, widest = [], _longest(made, stops)
    for one in range(len(made.shifts)):
        last = int(np.searchsorted(stops.start, stops.end[one] + widest, side="left"))
        others = np.arange(one + 1, max(last, one + 1))
        needed = _needs(made, stops, one, others) if len(others) else others
        found.append(others[stops.start[others] < stops.end[one] + needed].tolist())
    return found


def _longest(made: Compiled, stops: Stops) -> int:
    travel = made.travel
    known = np.flatnonzero(~np.isnan(stops.lat + stops.lng))
    widest_km = 0.0
    if len(known):
        first = known[0]
        away = kilometres(
            stops.lat[known], stops.lng[known], float(stops.lat[first]), float(stops.lng[first])
        )
        widest_km = 2 * float(away.max())
    road = int(np.ceil(60 * travel.detour * widest_km / travel.speed_kmh))
    longest = max(road, travel.unknown_minutes) + travel.buffer_minutes
    return max(longest, travel.night_rest_minutes)


def _cover(masks: list[int]) -> list[list[int]]:
    """Return groups, each of shifts that all clash with one another, that cover every clash.

    Each starts with a pair not covered yet and takes in what clashes with all of it, first what
    covers a further pair of the one that opened it.
    """
    open_pairs = [mask >> (one + 1) << (one + 1) for one, mask in enumerate(masks)]
    groups = []
    for one in range(len(masks)):
        while open_pairs[one]:
            group, chosen = [one], 1 << one
            fitting = masks[one] & ~chosen
            while fitting:
                wanted = fitting & open_pairs[one] or fitting
                other = (wanted & -wanted).bit_length() - 1
                group.append(other)
                chosen |= 1 << other
                fitting &= masks[other] & ~chosen
            for member in group:
                open_pairs[member] &= ~chosen
            groups.append(sorted(group))
    return groups


def clash_with(made: Compiled, stretch: Taken) -> Bools:
    """Return which shifts clash with a stretch given elsewhere."""
    stops = _stops(made)
    needed = _needs(made, stops, stretch, np.arange(len(made.shifts)))
    is_first = (stops.start < stretch.start) | (
        (stops.start == stretch.start) & (stops.end <= stretch.end)
    )
    before = stretch.start < stops.end + needed
    after = stops.start < stretch.end + needed
    found: Bools = np.where(is_first, before, after)
    return found
