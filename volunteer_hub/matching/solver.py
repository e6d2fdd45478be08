"""From a problem to a plan."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from volunteer_hub.matching.chains import fill_by_chains
from volunteer_hub.matching.check import check
from volunteer_hub.matching.greedy import add_extras, fill_minimums
from volunteer_hub.matching.plan import Plan, Shortage
from volunteer_hub.matching.polish import polish
from volunteer_hub.matching.problem import Problem
from volunteer_hub.matching.roster import Roster
from volunteer_hub.matching.scoring import score_of
from volunteer_hub.matching.weights import Limits

ENGINE: Final = "chains/1"
DEFAULT_LIMITS: Final = Limits()


class BrokenPlanError(RuntimeError):
    """The engine broke a hard rule: a mistake in the engine, never in the problem."""


def solve(problem: Problem, *, limits: Limits = DEFAULT_LIMITS) -> Plan:
    """Return who goes where; the same problem and limits always give the same plan.

    Minimums come before anything else, the most urgent first; then experienced people in every
    shift that should have them; then the people who suit best.

    Raises:
        MalformedProblemError: The parts of the problem do not belong together.
        BrokenPlanError: The engine made a mistake; nothing of it may be used.
    """
    roster = Roster(problem)
    pinned = Plan(assignments=roster.assignments())
    fill_minimums(roster)
    fill_by_chains(roster, limits)
    add_extras(roster)
    _improve(roster, limits)
    plan = Plan(
        assignments=roster.assignments(),
        unfilled=tuple(
            Shortage(post_id, missing)
            for post_id in sorted(roster.people)
            if (missing := roster.missing(post_id))
        ),
        score=score_of(roster.lookup, roster.assignments()),
        engine=ENGINE,
        steps=roster.steps,
    )
    violations = check(problem, plan)
    if set(violations) - set(check(problem, pinned)):
        raise BrokenPlanError(f"{len(violations)} rules broken, first {violations[0]}")
    return replace(plan, violations=tuple(violations))


def _improve(roster: Roster, limits: Limits) -> None:
    for _ in range(limits.polish_rounds):
        before = roster.total
        polish(roster, limits)
        # Better places for people may have made room where there was none.
        fill_by_chains(roster, limits)
        if roster.total == before:
            return
