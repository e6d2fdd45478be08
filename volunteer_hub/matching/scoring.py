"""How good an assignment is, and how good a whole plan is, in whole points."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from volunteer_hub.matching.conditions import is_wished
from volunteer_hub.matching.geometry import distance_between
from volunteer_hub.matching.lookup import Lookup
from volunteer_hub.matching.problem import Pin, Post, Shift, Volunteer
from volunteer_hub.matching.weights import Weights

FIT_AT_REQUIRED_LEVEL: Final = 0.6
FIT_WITHOUT_SKILLS: Final = 0.8
LEVELS_ABOVE_THAT_COUNT: Final = 2
FAR_KM: Final = 60
SHARE_WITHOUT_WISHES: Final = 0.4
RELIABILITY_POINTS: Final = 150
BUSY_MINUTES_90D: Final = 60 * 60
# Asking someone who never said when they are free may be in vain; a known yes goes first.
NOT_STATED_POINTS: Final = -120
# Nobody is put off more than this many times their first assignment.
LOAD_STEPS: Final = 5
# Keeps products that should be whole from being floored to the number below.
_ROUNDING: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Parts:
    """What one assignment is worth, by what it is worth it for.

    The last three depend on what else is planned and are 0 where that is left out of account.

    Attributes:
        kept: For having been proposed already.
        team: For team mates in the same shift.
        load: For what the volunteer does besides; 0 or less.
    """

    fit: int
    distance: int
    wish: int
    reliability: int
    rotation: int
    availability: int
    kept: int = 0
    team: int = 0
    load: int = 0

    @property
    def total(self) -> int:
        """All parts together."""
        return (
            self.fit
            + self.distance
            + self.wish
            + self.reliability
            + self.rotation
            + self.availability
            + self.kept
            + self.team
            + self.load
        )


def parts_of(weights: Weights, volunteer: Volunteer, shift: Shift, post: Post) -> Parts:
    """Return what this volunteer in this post is worth, whatever else is planned."""
    idle = 1 - min(1.0, volunteer.minutes_90d / BUSY_MINUTES_90D)
    return Parts(
        fit=whole(weights.fit * _fit(volunteer, post)),
        distance=_nearness(weights, distance_between(volunteer.point, shift.point)),
        wish=whole(weights.wish * _wish(volunteer, shift)),
        reliability=whole(RELIABILITY_POINTS * volunteer.reliability),
        rotation=whole(weights.rotation * idle),
        availability=NOT_STATED_POINTS if volunteer.windows is None else 0,
    )


def whole(points: float) -> int:
    """Return whole points, none of them lost to how products are kept."""
    return math.floor(points + _ROUNDING)


def _fit(volunteer: Volunteer, post: Post) -> float:
    if not post.skills:
        return FIT_WITHOUT_SKILLS
    above = sum(
        min(max(volunteer.skills.get(code, 0) - level, 0), LEVELS_ABOVE_THAT_COUNT)
        / LEVELS_ABOVE_THAT_COUNT
        for code, level in post.skills.items()
    )
    share = above / len(post.skills)
    return FIT_AT_REQUIRED_LEVEL + (1 - FIT_AT_REQUIRED_LEVEL) * share


def _nearness(weights: Weights, away_km: float | None) -> int:
    if away_km is None:
        return 0
    return math.floor(weights.nearness * max(0.0, 1 - away_km / FAR_KM))


def _wish(volunteer: Volunteer, shift: Shift) -> float:
    if not volunteer.wishes and not volunteer.wished_campaigns:
        return SHARE_WITHOUT_WISHES
    return 1.0 if is_wished(volunteer, shift) else 0.0


def next_load(weights: Weights, assignments: int) -> int:
    """Return what one more assignment costs someone who has this many."""
    return weights.load_step * min(assignments, LOAD_STEPS)


def is_experienced(weights: Weights, volunteer: Volunteer) -> bool:
    """Return whether the volunteer counts as experienced."""
    return volunteer.total_minutes >= weights.experienced_minutes


@dataclass(frozen=True, slots=True)
class Score:
    """How good a plan is: fewer open seats first, then experience, then quality.

    Attributes:
        open_seats: Seats missing to the minimums, each times its priority weight.
        missing_experience: Shifts with fewer experienced people than they should have.
        quality: Everything else, in points.
        total: The three in one number, for comparing plans.
    """

    open_seats: int = 0
    missing_experience: int = 0
    quality: int = 0
    total: int = 0


def score_of(lookup: Lookup, assignments: Iterable[Pin]) -> Score:
    """Return how good these assignments are together, counted from nothing."""
    placed = sorted(set(assignments))
    weights = lookup.weights
    heads = Counter(pin.post_id for pin in placed)
    missing = {post.id: max(0, post.min_people - heads[post.id]) for post in lookup.posts.values()}
    open_seats = sum(
        count * weights.priority[lookup.shift_of(post_id).priority]
        for post_id, count in missing.items()
    )
    extra = sum(max(0, heads[post.id] - post.min_people) for post in lookup.posts.values())
    quality = (
        sum(_worth(lookup, pin) for pin in placed)
        - weights.extra_cost * extra
        - _load(lookup, placed)
        + weights.team_bonus * _team_mates(lookup, placed)
    )
    inexperienced = _shifts_without_experience(lookup, placed)
    total = quality - weights.open_seat * open_seats - weights.missing_experience * inexperienced
    return Score(open_seats, inexperienced, quality, total)


def _worth(lookup: Lookup, pin: Pin) -> int:
    volunteer, post = lookup.volunteers[pin.volunteer_id], lookup.posts[pin.post_id]
    worth = parts_of(lookup.weights, volunteer, lookup.shift_of(post.id), post).total
    return worth + (lookup.weights.kept_bonus if pin in lookup.previous else 0)


def _load(lookup: Lookup, placed: list[Pin]) -> int:
    load = 0
    for volunteer_id, count in Counter(pin.volunteer_id for pin in placed).items():
        elsewhere = len(lookup.taken.get(volunteer_id, ()))
        load += sum(next_load(lookup.weights, elsewhere + k) for k in range(count))
    return load


def _team_mates(lookup: Lookup, placed: list[Pin]) -> int:
    sizes = Counter(
        (lookup.posts[pin.post_id].shift_id, team)
        for pin in placed
        if (team := lookup.volunteers[pin.volunteer_id].team)
    )
    return sum(size - 1 for size in sizes.values())


def _shifts_without_experience(lookup: Lookup, placed: list[Pin]) -> int:
    experienced = Counter(
        lookup.posts[pin.post_id].shift_id
        for pin in placed
        if is_experienced(lookup.weights, lookup.volunteers[pin.volunteer_id])
    )
    return sum(experienced[shift.id] < shift.experienced_people for shift in lookup.shifts.values())
