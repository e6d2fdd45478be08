"""What would open a post that stays short: the smallest step of each kind, and whom it brings."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from volunteer_hub.matching.conditions import Condition
from volunteer_hub.matching.engine.arrays import Bools, Ints
from volunteer_hub.matching.engine.clashes import kilometres
from volunteer_hub.matching.engine.live import Live

KM_STEP: Final = 5
HOUR_STEP: Final = 1


@dataclass(frozen=True, slots=True)
class Opening:
    """If one condition were eased by so much, so many more people could come.

    Attributes:
        by: Kilometres, hours or levels; 0 where there is nothing to count.
    """

    condition: Condition
    by: int
    people: int


def what_would_open(live: Live, post_id: int, *, missing: int) -> list[Opening]:
    """Return what would bring people who fail nothing else, whatever brings enough first.

    Args:
        live: Who is where.
        post_id: The post that is short.
        missing: How many people it lacks.
    """
    post = live.made.post_at[post_id]
    failures = live.failures(post)
    times: Ints = np.array(list(failures.values())).sum(axis=0, dtype=np.int64)
    times[live.holders(post)] = 0
    found = []
    for condition in _STEPS:
        who = np.flatnonzero(failures[condition] & (times == 1))
        if len(who):
            found.append(_opening(live, post, condition, who, missing))
    return sorted(found, key=lambda each: (each.people < missing, _STEPS.index(each.condition)))


_STEPS: Final = (
    Condition.REACH,
    Condition.WEEK_MINUTES,
    Condition.SKILL,
    Condition.WINDOW,
    Condition.TRANSPORT,
    Condition.BLACKOUT,
)


def _opening(live: Live, post: int, condition: Condition, who: Ints, missing: int) -> Opening:
    if condition is Condition.REACH:
        return _eased(condition, _too_far(live, post, who), KM_STEP, missing)
    if condition is Condition.WEEK_MINUTES:
        return _eased(condition, _too_long(live, post, who), HOUR_STEP, missing)
    if condition is Condition.SKILL:
        return _eased(condition, _levels_short(live, post, who), 1, missing)
    return Opening(condition, 0, len(who))


def _eased(condition: Condition, lacks: Ints, step: int, missing: int) -> Opening:
    """Return the smallest whole step that brings as many as are missing, or everybody."""
    wanted = np.sort(lacks)[min(missing, len(lacks)) - 1]
    by = max(step, math.ceil(wanted / step) * step)
    return Opening(condition, by, int((lacks <= by).sum()))


def _too_far(live: Live, post: int, who: Ints) -> Ints:
    people, shift = live.made.people, live.made.shifts[int(live.made.shift_of[post])]
    away = kilometres(people.lat[who], people.lng[who], shift.lat or 0.0, shift.lng or 0.0)
    over: Ints = np.ceil(away - people.radius_km[who]).astype(np.int64)
    return over


def _too_long(live: Live, post: int, who: Ints) -> Ints:
    made, index = live.made, int(live.made.shift_of[post])
    spent = live.desk.minutes[who, made.week[index]] + made.minutes[index]
    over: Ints = np.ceil((spent - made.people.cap[who]) / 60).astype(np.int64)
    return over


def _levels_short(live: Live, post: int, who: Ints) -> Ints:
    people, work = live.made.people, live.made.posts[post]
    lacks = [
        np.maximum(0, level - people.level(skill)[who]) for skill, level in work.skills.items()
    ]
    short: Ints = np.max(lacks, axis=0)
    return short


def first_refusals(live: Live, post_id: int) -> dict[int, Condition | None]:
    """Return for everybody not in a post the first condition they fail; None for who may come."""
    post = live.made.post_at[post_id]
    failures = live.failures(post)
    order = [condition for condition in Condition if condition in failures]
    table: Bools = np.array([failures[condition] for condition in order])
    fails: Bools = np.asarray(table.any(axis=0))
    first: Ints = np.asarray(table.argmax(axis=0))
    inside = set(live.holders(post).tolist())
    return {
        one.id: order[int(first[place])] if fails[place] else None
        for place, one in enumerate(live.made.people.everyone)
        if place not in inside
    }
