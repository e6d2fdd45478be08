"""Invented problems for the matcher: a city with its counties, by seed and of any size."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import Any, Final

from volunteer_hub.matching import Post, Priority, Problem, Shift, Travel, Volunteer, Window

DAY: Final = 24 * 60
SKILLS: Final = (
    "lecture",
    "host",
    "demo",
    "phone",
    "fraud",
    "robots",
    "farming",
    "health",
    "safety",
)
AUDIENCES: Final = ("school", "elderly", "farmer", "public", "worker")
# Centre, spread in kilometres, share of people, share of venues, whether it is remote.
PLACES: Final = (
    (40.13, 124.38, 5, 0.56, 0.32, False),
    (40.17, 124.44, 11, 0.10, 0.12, True),
    (39.88, 124.15, 22, 0.14, 0.18, True),
    (40.45, 124.07, 32, 0.12, 0.20, True),
    (40.73, 124.78, 36, 0.08, 0.18, True),
)
HABITS: Final = (  # weekdays, hours from and to, how many of the days
    ((0, 1, 2, 3, 4), (14, 21), 2),
    ((0, 1, 2, 3, 4), (18, 22), 2),
    ((5, 6), (8, 18), 1),
    ((0, 1, 2, 3, 4, 5, 6), (8, 12), 4),
    ((0, 1, 2, 3, 4, 5, 6), (8, 21), 3),
)
# What, for whom, hours it starts, minutes it lasts, posts: skill, level, credential, least, more.
KINDS: Final = (
    ("school", (9, 14, 15), (90, 120), (("robots", 1, "child", 2, 1), ("", 0, "child", 2, 1))),
    ("elderly", (9, 10, 14), (90, 120), (("phone", 2, "", 1, 0), ("phone", 1, "", 3, 1))),
    ("elderly", (9, 10), (90, 120), (("fraud", 2, "", 1, 0), ("", 0, "", 2, 1))),
    ("farmer", (8, 9, 13), (180, 240), (("farming", 2, "", 2, 0), ("health", 1, "", 1, 0),
                                        ("", 0, "", 3, 1))),
    ("public", (9, 10, 13), (180, 240), (("lecture", 1, "", 3, 1), ("host", 1, "aid", 1, 0),
                                         ("", 0, "", 3, 2))),
    ("worker", (18, 19), (90, 120), (("lecture", 2, "", 1, 0), ("", 0, "", 2, 1))),
)  # fmt: skip
ALARM: Final = (
    "public", (8, 9, 13, 14), (180, 240),
    (("safety", 2, "aid", 1, 0), ("safety", 1, "", 5, 2), ("", 0, "", 4, 2)),
)  # fmt: skip
NO_REST: Final = Travel(night_rest_minutes=0)


def invented(volunteers: int, posts: int, weeks: int, *, seed: int, flood: bool = False) -> Problem:
    """Return a problem; the same arguments always give the same one.

    Args:
        volunteers: How many people.
        posts: How many posts, three or so to a shift.
        weeks: Over how many weeks.
        seed: Which of all such problems.
        flood: Everything is an emergency within three days.
    """
    chance = random.Random(f"{seed} {volunteers} {posts} {weeks} {flood}")  # noqa: S311
    shifts: list[Shift] = []
    works: list[Post] = []
    venues = [_venue(chance) for _ in range(max(20, posts // 12))]
    days = range(3) if flood else range(7 * weeks)
    while len(works) < posts:
        kind = ALARM if flood else chance.choice(KINDS)
        shift = _shift(chance, len(shifts), kind, (chance.choice(days), venues, flood))
        shifts.append(shift)
        works += _posts(chance, kind, shift.id, len(works))[: posts - len(works)]
    people = tuple(_person(chance, number, 7 * weeks) for number in range(volunteers))
    return Problem(
        volunteers=people,
        shifts=tuple(shifts),
        posts=tuple(works),
        fill_to="max",
        travel=NO_REST,
    )


def _near(chance: random.Random, lat: float, lng: float, km: float) -> tuple[float, float]:
    east = 111.2 * math.cos(math.radians(lat))
    return lat + chance.gauss(0, km) / 111.2, lng + chance.gauss(0, km) / east


def _venue(chance: random.Random) -> tuple[float, float, bool]:
    place = chance.choices(PLACES, [each[4] for each in PLACES])[0]
    return (*_near(chance, place[0], place[1], place[2]), place[5])


def _person(chance: random.Random, number: int, days: int) -> Volunteer:
    place = chance.choices(PLACES, [each[3] for each in PLACES])[0]
    lat, lng = _near(chance, place[0], place[1], place[2] * 0.8)
    weekdays, (opens, closes), most = chance.choice(HABITS)
    free = chance.sample(weekdays, chance.randint(1, most))
    served = 60 * min(900.0, chance.paretovariate(1.3) * 25) if chance.random() < 0.35 else 0
    has_car = chance.random() < 0.38
    return Volunteer(
        id=number,
        lat=lat,
        lng=lng,
        radius_km=chance.lognormvariate(math.log(32 if has_car else 9), 0.45),
        skills={skill: chance.randint(1, 3) for skill in SKILLS if chance.random() < 0.16},
        windows=tuple(Window(day, 60 * opens, 60 * closes) for day in sorted(free)),
        blackout_days=frozenset(chance.sample(range(days), chance.choice((0, 0, 1, 3)))),
        max_minutes_week=60 * chance.choice((3, 4, 4, 6, 8)),
        total_minutes=served,
        minutes_90d=min(served, 60 * chance.expovariate(1 / 14)),
        reliability=round(chance.betavariate(8, 2), 3),
        wishes=frozenset(chance.sample(AUDIENCES, chance.randint(0, 3))),
        team=f"team {number // 12}" if chance.random() < 0.35 else None,
        credentials={
            name: chance.randrange(-20, 700) * DAY
            for name, share in (("aid", 0.1), ("child", 0.35))
            if chance.random() < share
        },
    )


def _shift(
    chance: random.Random, number: int, kind: Sequence[Any], where: tuple[int, Any, bool]
) -> Shift:
    day, venues, flood = where
    venue = chance.randrange(len(venues))
    lat, lng, is_remote = venues[venue]
    start = day * DAY + 60 * chance.choice(kind[1])
    usual = Priority.RURAL if is_remote else chance.choice((Priority.TARGET, Priority.GENERAL))
    return Shift(
        id=number,
        event_id=number,
        start=start,
        end=start + chance.choice(kind[2]),
        lat=lat,
        lng=lng,
        venue_id=venue,
        audience=kind[0],
        priority=Priority.EMERGENCY if flood else usual,
        experienced_people=1,
    )


def _posts(chance: random.Random, kind: Sequence[Any], shift_id: int, first: int) -> list[Post]:
    found = []
    for number, (skill, level, credential, least, more) in enumerate(kind[3], start=first):
        people = chance.randint(1, least)
        found.append(
            Post(
                id=number,
                shift_id=shift_id,
                name=skill or "helper",
                min_people=people,
                max_people=people + chance.randint(0, more),
                skills={skill: level} if skill else {},
                credential=credential or None,
            )
        )
    return found
