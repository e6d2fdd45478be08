"""The answers of ``rank`` and ``why_unfilled`` from a plan at hand, for thousands of volunteers."""

from __future__ import annotations

import numpy as np

from volunteer_hub.matching.conditions import Condition
from volunteer_hub.matching.engagements import Engagements
from volunteer_hub.matching.engine.arrays import Bools, Ints
from volunteer_hub.matching.engine.live import Live
from volunteer_hub.matching.problem import Pin
from volunteer_hub.matching.ranking import Candidate, judge
from volunteer_hub.matching.shortfall import Shortfall, Step


def quick_rank(
    live: Live, post_id: int, *, limit: int = 20, with_near_misses: bool = False
) -> list[Candidate]:
    """Return whom to ask for a post, the best first, given who is where at the moment.

    Args:
        live: Who is where.
        post_id: The post to find someone for.
        limit: The most candidates to return.
        with_near_misses: Go on, after all who may be asked, to those who fail one condition only.
    """
    post = live.made.post_at[post_id]
    failed = _times_failed(live, post, live.failures(post))
    return _judged(live, post, _best(live, post, failed, 1 if with_near_misses else 0, limit))


def quick_shortfall(live: Live, post_id: int, *, limit: int = 10) -> Shortfall:
    """Return which condition leaves a post short at the moment, and who fails only one.

    Args:
        live: Who is where.
        post_id: The post to ask about.
        limit: The most near misses to return.
    """
    post = live.made.post_at[post_id]
    failures = live.failures(post)
    failed = _times_failed(live, post, failures)
    missing = max(0, int(live.made.least[post] - live.desk.heads[post]))
    steps = _steps(live, post, failures)
    alone = {condition: int((fails & (failed == 1)).sum()) for condition, fails in failures.items()}
    return Shortfall(
        post_id=post_id,
        missing=missing,
        considered=len(failed) - len(live.holders(post)),
        steps=steps,
        binding=next((step.condition for step in steps if step.survivors < missing), None),
        failing_only={condition: count for condition, count in alone.items() if count},
        near_misses=tuple(_judged(live, post, _best(live, post, failed, 1, limit))),
    )


def _times_failed(live: Live, post: int, failures: dict[Condition, Bools]) -> Ints:
    """Return how many conditions each one fails; whoever is in the post counts as out."""
    failed: Ints = np.sum(list(failures.values()), axis=0, dtype=np.int64)
    failed[live.holders(post)] = len(failures) + 1
    return failed


def _steps(live: Live, post: int, failures: dict[Condition, Bools]) -> tuple[Step, ...]:
    left = np.ones(len(live.made.people), dtype=np.bool_)
    left[live.holders(post)] = False
    steps = []
    for condition in Condition:
        left &= ~failures[condition]
        steps.append(Step(condition, int(left.sum())))
    return tuple(steps)


def _best(live: Live, post: int, failed: Ints, most: int, limit: int) -> list[int]:
    """Return the best who fail no more than so many conditions, fewest failed first."""
    found: list[int] = []
    for times in range(most + 1):
        who = np.flatnonzero(failed == times)
        worth = live.worth(post, who)
        found += who[np.lexsort((who, -worth))][: limit - len(found)].tolist()
    return found


def _judged(live: Live, post: int, people: list[int]) -> list[Candidate]:
    """Judge people one by one, next to what they and the people of the shift do."""
    made = live.made
    around = {*people, *live.desk.crew[int(made.shift_of[post])]}
    pins = [
        Pin(made.people.everyone[who].id, made.posts[place].id)
        for who in around
        for place in live.posts_of.get(who, ())
    ]
    engagements = Engagements(made.lookup, pins)
    work = made.posts[post]
    return [judge(engagements, made.people.everyone[who], work) for who in people]
