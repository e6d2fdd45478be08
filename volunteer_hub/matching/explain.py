"""Why a plan has someone in a post, or has not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from volunteer_hub.matching.engagements import Engagements
from volunteer_hub.matching.lookup import Lookup
from volunteer_hub.matching.plan import Plan
from volunteer_hub.matching.problem import Problem
from volunteer_hub.matching.ranking import Candidate, candidates, judge

ALTERNATIVES: Final = 3


@dataclass(frozen=True, slots=True)
class Explanation:
    """One volunteer and one post within a plan.

    Attributes:
        candidate: The volunteer judged for the post next to everything else in the plan.
        is_assigned: Whether the plan has them in the post.
        is_accepted: Whether they had accepted it, so that there was nothing to decide.
        shifts_in_the_way: Their shifts in the plan that clash with this one.
        alternatives: The best others the plan leaves free for the post.
    """

    post_id: int
    candidate: Candidate
    is_assigned: bool
    is_accepted: bool
    shifts_in_the_way: tuple[int, ...]
    alternatives: tuple[Candidate, ...]


def explain(problem: Problem, plan: Plan, volunteer_id: int, post_id: int) -> Explanation:
    """Return what the plan saw in this volunteer for this post, and who else there was."""
    lookup = Lookup.of(problem)
    engagements = Engagements(lookup, plan.assignments)
    volunteer, post = lookup.volunteers[volunteer_id], lookup.posts[post_id]
    others = candidates(engagements, post, limit=ALTERNATIVES + 1)
    return Explanation(
        post_id=post_id,
        candidate=judge(engagements, volunteer, post),
        is_assigned=engagements.holds(volunteer_id, post_id),
        is_accepted=(volunteer_id, post_id) in lookup.pins,
        shifts_in_the_way=engagements.shifts_in_the_way(volunteer, post),
        alternatives=tuple(each for each in others if each.volunteer_id != volunteer_id)[
            :ALTERNATIVES
        ],
    )
