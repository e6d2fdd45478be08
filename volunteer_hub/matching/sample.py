"""An invented problem of any size, for measuring; the same seed always gives the same one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeVar

from volunteer_hub.matching.problem import DAY_MINUTES, Post, Problem, Shift, Volunteer, Window
from volunteer_hub.matching.weights import Priority

Item = TypeVar("Item")

WEEKS: Final = 2
POSTS_PER_SHIFT: Final = 3
SKILLS: Final = ("lecture", "host", "experiment", "phone_help", "robotics")
AUDIENCES: Final = ("school", "elderly", "farmer", "public")
# Rough town centres of the region, twice those where more people live.
TOWNS: Final = (
    (40.13, 124.39),
    (40.11, 124.36),
    (40.11, 124.36),
    (39.88, 124.15),
    (40.46, 124.07),
    (40.73, 124.78),
)


class _Draws:
    """Numbers that look drawn by chance and are not (a linear congruential generator)."""

    def __init__(self, seed: int) -> None:
        self.state = seed * 2 + 1

    def below(self, bound: int) -> int:
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) * bound >> 31

    def one_of(self, items: Sequence[Item]) -> Item:
        return items[self.below(len(items))]

    def chance(self, percent: int) -> bool:
        return self.below(100) < percent

    def near(self, town: tuple[float, float]) -> tuple[float, float]:
        return town[0] + (self.below(1001) - 500) / 5000, town[1] + (self.below(1001) - 500) / 4000


def sample_problem(volunteers: int, posts: int, *, seed: int = 1) -> Problem:
    """Return a problem with so many volunteers and posts, too few people for some of the posts."""
    draws = _Draws(seed)
    shifts = tuple(_shift(draws, number) for number in range(-(-posts // POSTS_PER_SHIFT)))
    return Problem(
        volunteers=tuple(_volunteer(draws, number) for number in range(volunteers)),
        shifts=shifts,
        posts=tuple(_post(draws, number) for number in range(posts)),
        fill_to="max",
    )


def _volunteer(draws: _Draws, number: int) -> Volunteer:
    lat, lng = draws.near(draws.one_of(TOWNS))
    served = draws.one_of((0, 0, 300, 900, 2400, 6000))
    weekdays = [day for day in range(7) if draws.chance(35)]
    return Volunteer(
        id=number,
        lat=lat,
        lng=lng,
        radius_km=draws.one_of((5, 10, 20, 40, 80)),
        skills={skill: 1 + draws.below(3) for skill in SKILLS if draws.chance(30)},
        windows=tuple(
            Window(day, 480 + 60 * draws.below(5), 1020 + 60 * draws.below(4)) for day in weekdays
        ),
        blackout_days=frozenset({draws.below(7 * WEEKS)}) if draws.chance(40) else frozenset(),
        max_minutes_week=60 * draws.one_of((3, 4, 6, 8)),
        total_minutes=served,
        minutes_90d=min(served, 60 * draws.below(30)),
        reliability=(70 + draws.below(31)) / 100,
        wishes=frozenset(audience for audience in AUDIENCES if draws.chance(30)),
        team=f"team-{draws.below(1 + number // 6)}" if draws.chance(35) else None,
    )


def _shift(draws: _Draws, number: int) -> Shift:
    venue = draws.below(12)
    lat, lng = TOWNS[venue % len(TOWNS)]
    start = draws.below(7 * WEEKS) * DAY_MINUTES + 540 + 30 * draws.below(12)
    return Shift(
        id=number,
        event_id=number,
        start=start,
        end=start + draws.one_of((90, 120, 180)),
        lat=lat + venue / 500,
        lng=lng,
        venue_id=venue,
        audience=draws.one_of(AUDIENCES),
        priority=draws.one_of((*Priority, Priority.TARGET, Priority.GENERAL)),
        experienced_people=1,
    )


def _post(draws: _Draws, number: int) -> Post:
    needed = 1 + draws.below(3)
    return Post(
        id=number,
        shift_id=number // POSTS_PER_SHIFT,
        name=f"post-{number}",
        min_people=needed,
        max_people=needed + draws.below(2),
        skills={draws.one_of(SKILLS): 1 + draws.below(2)} if draws.chance(60) else {},
    )
