"""Whom to ask for one post, and what stands between one person and one post."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from volunteer_hub.matching.conditions import Condition
from volunteer_hub.matching.engagements import Engagements
from volunteer_hub.matching.lookup import Lookup
from volunteer_hub.matching.objections import objections
from volunteer_hub.matching.problem import Post, Problem, Volunteer
from volunteer_hub.matching.reasons import Reason, ReasonCode, reasons_for
from volunteer_hub.matching.scoring import Parts

_TO_ASK: Final = frozenset({ReasonCode.DISTANCE_UNKNOWN, ReasonCode.AVAILABILITY_NOT_STATED})


class Verdict(StrEnum):
    """Whether a volunteer may be put in a post."""

    SUITABLE = "suitable"
    TO_CONFIRM = "to_confirm"  # nothing is against it, but where or when they can come is unknown
    NEAR_MISS = "near_miss"  # exactly one condition is not met
    UNSUITABLE = "unsuitable"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One volunteer judged for one post.

    Attributes:
        refusals: The conditions not met, in the order they are asked.
        reasons: What stands against them first, then what speaks for them.
    """

    volunteer_id: int
    verdict: Verdict
    parts: Parts
    refusals: tuple[Condition, ...]
    reasons: tuple[Reason, ...]

    @property
    def score(self) -> int:
        """What the volunteer is worth in the post, in points."""
        return self.parts.total


def rank(
    problem: Problem, post_id: int, *, limit: int = 20, with_near_misses: bool = False
) -> list[Candidate]:
    """Return whom to ask for a post, the best first, given what is accepted so far.

    Whoever holds the post already is left out. Whether the post still has room is not asked, so
    that replacements can be ranked too.

    Args:
        problem: The volunteers and everything they already do.
        post_id: The post to find someone for.
        limit: The most candidates to return.
        with_near_misses: Go on, after all who may be asked, to those who fail one condition only.
    """
    lookup = Lookup.of(problem)
    return candidates(
        Engagements(lookup, lookup.pins),
        lookup.posts[post_id],
        limit=limit,
        most_refusals=1 if with_near_misses else 0,
    )


def refusals(problem: Problem, volunteer_id: int, post_id: int) -> tuple[Condition, ...]:
    """Return the conditions a volunteer fails for a post, given what is accepted so far."""
    lookup = Lookup.of(problem)
    return Engagements(lookup, lookup.pins).unmet(
        lookup.volunteers[volunteer_id], lookup.posts[post_id]
    )


def candidates(
    engagements: Engagements, post: Post, *, limit: int, most_refusals: int = 0
) -> list[Candidate]:
    """Return the best candidates who fail at most so many conditions, fewest failed first."""
    found = []
    for volunteer in engagements.lookup.volunteers.values():
        if engagements.holds(volunteer.id, post.id):
            continue
        failed = engagements.unmet(volunteer, post)
        if len(failed) <= most_refusals:
            score = engagements.parts(volunteer, post).total
            found.append((len(failed), -score, volunteer.id))
    volunteers = engagements.lookup.volunteers
    return [judge(engagements, volunteers[each], post) for _, _, each in sorted(found)[:limit]]


def judge(engagements: Engagements, volunteer: Volunteer, post: Post) -> Candidate:
    """Return one volunteer judged for one post, next to all that is given."""
    shift = engagements.lookup.shifts[post.shift_id]
    parts = engagements.parts(volunteer, post)
    failed = engagements.unmet(volunteer, post)
    reasons = [
        *objections(failed, volunteer, shift, post),
        *reasons_for(volunteer, shift, post, engagements.lookup.weights),
    ]
    mates = engagements.team_mates(volunteer, post)
    if mates:
        reasons.append(Reason(ReasonCode.TEAM_MATES, {"count": mates}))
    if parts.kept:
        reasons.append(Reason(ReasonCode.KEPT))
    return Candidate(volunteer.id, _verdict(failed, reasons), parts, failed, tuple(reasons))


def _verdict(failed: tuple[Condition, ...], reasons: list[Reason]) -> Verdict:
    if len(failed) > 1:
        return Verdict.UNSUITABLE
    if failed:
        return Verdict.NEAR_MISS
    if any(reason.code in _TO_ASK for reason in reasons):
        return Verdict.TO_CONFIRM
    return Verdict.SUITABLE
