"""Why a post stays short of people, and who comes nearest to helping."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from volunteer_hub.matching.conditions import Condition
from volunteer_hub.matching.engagements import Engagements
from volunteer_hub.matching.lookup import Lookup
from volunteer_hub.matching.plan import Plan
from volunteer_hub.matching.problem import Problem
from volunteer_hub.matching.ranking import Candidate, candidates


@dataclass(frozen=True, slots=True)
class Step:
    """How many people are left once they must also meet one more condition."""

    condition: Condition
    survivors: int


@dataclass(frozen=True, slots=True)
class Shortfall:
    """The way from everyone to the few who could still join a post.

    Attributes:
        missing: Seats open to the minimum.
        considered: Everyone who is not in the post.
        steps: Survivors condition by condition, in the order they are asked.
        binding: The first condition that leaves fewer people than are missing.
        failing_only: How many people fail exactly one condition, by which one.
        near_misses: The best of those, suitable people first if there are any.
    """

    post_id: int
    missing: int
    considered: int
    steps: tuple[Step, ...]
    binding: Condition | None
    failing_only: Mapping[Condition, int]
    near_misses: tuple[Candidate, ...]


def why_unfilled(problem: Problem, plan: Plan, post_id: int, *, limit: int = 10) -> Shortfall:
    """Return which condition leaves a post short in a plan, and who fails only one.

    Args:
        problem: What the plan was made for.
        plan: The plan that leaves seats open.
        post_id: The post to ask about.
        limit: The most near misses to return.
    """
    lookup = Lookup.of(problem)
    engagements = Engagements(lookup, plan.assignments)
    post = lookup.posts[post_id]
    missing = max(0, post.min_people - engagements.heads(post_id))
    failures = [
        engagements.unmet(volunteer, post)
        for volunteer in lookup.volunteers.values()
        if not engagements.holds(volunteer.id, post_id)
    ]
    steps = _steps(failures)
    return Shortfall(
        post_id=post_id,
        missing=missing,
        considered=len(failures),
        steps=steps,
        binding=next((step.condition for step in steps if step.survivors < missing), None),
        failing_only=Counter(failed[0] for failed in failures if len(failed) == 1),
        near_misses=tuple(candidates(engagements, post, limit=limit, most_refusals=1)),
    )


def _steps(failures: list[tuple[Condition, ...]]) -> tuple[Step, ...]:
    # The order of the conditions is the order of the funnel, so who stops where is who fails first.
    stopped = Counter(failed[0] for failed in failures if failed)
    survivors, steps = len(failures), []
    for condition in Condition:
        survivors -= stopped[condition]
        steps.append(Step(condition, survivors))
    return tuple(steps)
