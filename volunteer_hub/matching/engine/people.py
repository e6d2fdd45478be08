"""The volunteers of a problem as columns, in the order of their ids."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from volunteer_hub.matching.engine.arrays import Bools, Floats, Ints
from volunteer_hub.matching.problem import Post, Shift, Volunteer
from volunteer_hub.matching.scoring import (
    BUSY_MINUTES_90D,
    NOT_STATED_POINTS,
    RELIABILITY_POINTS,
)
from volunteer_hub.matching.weights import Weights

ALWAYS: Final = -(2**62)
ROUNDING: Final = 1e-9
Windows = tuple[Ints, Ints, Ints]


@dataclass(frozen=True, slots=True)
class People:
    """Everything the hard rules and the points ask about a volunteer, one entry each."""

    everyone: Sequence[Volunteer]
    lat: Floats
    lng: Floats
    radius_km: Floats
    cap: Ints
    served: Floats
    is_experienced: Bools
    points: Ints  # for reliability, rotation and stated free times: the same in every post
    team: Ints
    adult_from: Ints
    needs_consent: Bools
    is_in_reserve: Bools
    has_transport: Bools
    wants_suggestions: Bools
    wants_only_wishes: Bools
    has_wishes: Bools
    has_windows: Bools
    rests_until: Ints
    windows: Sequence[Windows]
    single_days: dict[int, Windows]
    absent: dict[int, Ints]
    _columns: dict[tuple[str, str], Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.everyone)

    def level(self, skill: str) -> Ints:
        """Return the level at which each one holds a skill."""
        return self._column(("skill", skill), lambda one: one.skills.get(skill, 0))

    def expiry(self, credential: str) -> Ints:
        """Return the minute at which each one's credential expires."""
        return self._column(
            ("credential", credential), lambda one: one.credentials.get(credential, ALWAYS)
        )

    def speaks(self, language: str) -> Ints:
        """Return 1 for each one who speaks a language."""
        return self._column(("language", language), lambda one: language in one.languages)

    def wishes_audience(self, audience: str) -> Ints:
        """Return 1 for each one who asked for an audience."""
        return self._column(("audience", audience), lambda one: audience in one.wishes)

    def wishes_campaign(self, campaign: str) -> Ints:
        """Return 1 for each one who asked for a campaign."""
        return self._column(("campaign", campaign), lambda one: campaign in one.wished_campaigns)

    def wish(self, shift: Shift) -> Bools:
        """Return whether each one asked for the shift."""
        wished = self.wishes_audience(shift.audience) + self.wishes_campaign(shift.campaign)
        for audience in sorted(shift.also_for):
            wished = wished + self.wishes_audience(audience)
        return wished > 0

    def is_free(self, day: int, start: int, end: int) -> Bools:
        """Return whether a stretch of a day lies in the free times of each one.

        Args:
            day: The day of the horizon.
            start: Minute of that day.
            end: Minute of that day; past its end for what goes on over midnight.
        """
        who, opens, closes = self.windows[day % 7]
        free = ~self.has_windows
        free[who[(opens <= start) & (end <= closes)]] = True
        if day in self.single_days:
            who, opens, closes = self.single_days[day]
            free[who[(opens <= start) & (end <= closes)]] = True
        return free

    def qualifies(self, shift: Shift, post: Post, among: Ints) -> Bools:
        """Return which of some people meet what the post itself asks."""
        fit = self.served[among] >= post.min_experience_minutes
        for skill, level in sorted(post.skills.items()):
            fit &= self.level(skill)[among] >= level
        if post.credential is not None:
            fit &= self.expiry(post.credential)[among] >= shift.end
        if post.language is not None:
            fit &= self.speaks(post.language)[among] > 0
        if post.is_for_adults or post.is_for_reserve:
            fit &= shift.start >= self.adult_from[among]
        if post.is_for_reserve:
            fit &= self.is_in_reserve[among]
        if post.needs_transport:
            fit &= self.has_transport[among]
        return fit

    def _column(self, key: tuple[str, str], value: Callable[[Volunteer], int]) -> Ints:
        column: Ints | None = self._columns.get(key)
        if column is None:
            column = np.fromiter(map(value, self.everyone), np.int64, len(self.everyone))
            self._columns[key] = column
        return column


def columns_of(people: Sequence[Volunteer], weights: Weights) -> People:
    """Return volunteers, in the order given, as columns."""
    count = len(people)

    def whole(value: Callable[[Volunteer], int]) -> Ints:
        return np.fromiter(map(value, people), np.int64, count)

    def real(value: Callable[[Volunteer], float | None]) -> Floats:
        return np.array([value(one) for one in people], dtype=np.float64)

    def truth(value: Callable[[Volunteer], object]) -> Bools:
        return np.fromiter((bool(value(one)) for one in people), np.bool_, count)

    idle = 1 - np.minimum(1.0, real(lambda one: one.minutes_90d) / BUSY_MINUTES_90D)
    has_windows = truth(lambda one: one.windows is not None)
    reliable = real(lambda one: one.reliability)
    points = np.floor(RELIABILITY_POINTS * reliable + ROUNDING)
    points += np.floor(weights.rotation * idle + ROUNDING)
    points += np.where(has_windows, 0, NOT_STATED_POINTS)
    served = real(lambda one: one.total_minutes)
    teams = {name: number for number, name in enumerate(sorted({p.team for p in people if p.team}))}
    return People(
        everyone=people,
        lat=real(lambda one: one.lat),
        lng=real(lambda one: one.lng),
        radius_km=real(lambda one: one.radius_km),
        cap=whole(lambda one: one.max_minutes_week),
        served=served,
        is_experienced=served >= weights.experienced_minutes,
        points=points.astype(np.int64),
        team=whole(lambda one: teams[one.team] if one.team else -1),
        adult_from=whole(lambda one: ALWAYS if one.adult_from is None else one.adult_from),
        needs_consent=truth(lambda one: one.needs_consent),
        is_in_reserve=truth(lambda one: one.is_in_reserve),
        has_transport=truth(lambda one: one.has_transport),
        wants_suggestions=truth(lambda one: one.wants_suggestions),
        wants_only_wishes=truth(lambda one: one.wants_only_wishes),
        has_wishes=truth(lambda one: one.wishes or one.wished_campaigns),
        has_windows=has_windows,
        rests_until=whole(lambda one: ALWAYS if one.rests_until is None else one.rests_until),
        windows=_windows(people),
        single_days=_single_days(people),
        absent=_absent(people),
    )


def _as_windows(found: list[tuple[int, int, int]]) -> Windows:
    table = np.array(found, dtype=np.int64).reshape(len(found), 3)
    return table[:, 0], table[:, 1], table[:, 2]


def _windows(people: Sequence[Volunteer]) -> list[Windows]:
    found: list[list[tuple[int, int, int]]] = [[] for _ in range(7)]
    for index, one in enumerate(people):
        for weekday, opens, closes in one.windows or ():
            if 0 <= weekday < len(found):
                found[weekday].append((index, opens, closes))
    return [_as_windows(each) for each in found]


def _single_days(people: Sequence[Volunteer]) -> dict[int, Windows]:
    found: dict[int, list[tuple[int, int, int]]] = {}
    for index, one in enumerate(people):
        for day, hours in one.extra_hours.items():
            found.setdefault(day, []).extend((index, *each) for each in hours)
    return {day: _as_windows(each) for day, each in sorted(found.items())}


def _absent(people: Sequence[Volunteer]) -> dict[int, Ints]:
    found: dict[int, list[int]] = {}
    for index, one in enumerate(people):
        for day in one.blackout_days:
            found.setdefault(day, []).append(index)
    return {day: np.array(each, dtype=np.int64) for day, each in sorted(found.items())}
