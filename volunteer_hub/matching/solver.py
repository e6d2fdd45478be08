"""From a problem to a plan."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from volunteer_hub.matching.chains import fill_by_chains
from volunteer_hub.matching.check import check
from volunteer_hub.matching.engine import highs, planner
from volunteer_hub.matching.engine.planner import Board
from volunteer_hub.matching.greedy import add_extras, fill_minimums
from volunteer_hub.matching.plan import Plan, Shortage
from volunteer_hub.matching.polish import polish
from volunteer_hub.matching.problem import Pin, Problem
from volunteer_hub.matching.progress import Stage, Watch, unwatched
from volunteer_hub.matching.roster import Roster
from volunteer_hub.matching.scoring import score_of
from volunteer_hub.matching.weights import Limits, Method

DEFAULT_LIMITS: Final = Limits()


class BrokenPlanError(RuntimeError):
    """The engine broke a hard rule: a mistake in the engine, never in the problem."""


def solve(problem: Problem, *, limits: Limits = DEFAULT_LIMITS, watch: Watch = unwatched) -> Plan:
    """Return who goes where; the same problem and limits always give the same plan.

    Minimums come before anything else, the most urgent first; then experienced people in every
    shift that should have them; then the people who suit best.

    Args:
        problem: Who there is, and what there is to do.
        limits: How far the work goes.
        watch: Told how far it has come. It ends the work by raising an error of its own.

    Raises:
        MalformedProblemError: The parts of the problem do not belong together.
        BrokenPlanError: The engine made a mistake; nothing of it may be used.
    """
    watch(Stage.READING, 0)
    board = Board.of(problem)
    if limits.method is Method.GREEDY:
        desk = planner.greedy(board)
        return _verified(problem, board, Plan(assignments=desk.assignments(), engine="greedy/2"))
    if limits.method is Method.OPTIMUM:
        try:
            found = planner.optimised(board, limits, watch)
        except highs.NoAnswerError:
            pass  # the search needs no solver, and its plan says that it has no bound
        else:
            plan = Plan(
                assignments=found.desk.assignments(),
                bound=found.bound,
                best_open_seats=round(found.open_seats, 6),
                engine="optimum/1",
                steps=found.rounds,
            )
            watch(Stage.CHECKING, 0)
            return _verified(problem, board, plan)
    roster = _searched(problem, board, limits)
    plan = Plan(assignments=roster.assignments(), engine="chains/1", steps=roster.steps)
    return _verified(problem, board, plan)


def bound(problem: Problem, *, limits: Limits = DEFAULT_LIMITS) -> int | None:
    """Return a total no plan can exceed, or None without a solver.

    Raises:
        MalformedProblemError: The parts of the problem do not belong together.
    """
    try:
        return planner.bound(Board.of(problem), limits)
    except highs.NoAnswerError:
        return None


def _searched(problem: Problem, board: Board, limits: Limits) -> Roster:
    roster = Roster(problem, board)
    fill_minimums(roster)
    fill_by_chains(roster, limits)
    add_extras(roster)
    for _ in range(limits.polish_rounds):
        before = roster.total
        polish(roster, limits)
        # Better places for people may have made room where there was none.
        fill_by_chains(roster, limits)
        if roster.total == before:
            break
    return roster


def _verified(problem: Problem, board: Board, plan: Plan) -> Plan:
    """Return the plan with all it is said to be worth counted anew, if it breaks no rule."""
    violations = check(problem, plan)
    if violations:
        pinned = Plan(assignments=tuple(sorted(set(problem.pins))))
        if set(violations) - set(check(problem, pinned)):
            raise BrokenPlanError(f"{len(violations)} rules broken, first {violations[0]}")
    return replace(
        plan,
        unfilled=_unfilled(board, plan.assignments),
        score=score_of(board.made.lookup, plan.assignments),
        violations=tuple(violations),
    )


def _unfilled(board: Board, assignments: tuple[Pin, ...]) -> tuple[Shortage, ...]:
    missing = {post_id: post.min_people for post_id, post in board.made.lookup.posts.items()}
    for pin in assignments:
        missing[pin.post_id] -= 1
    return tuple(Shortage(post_id, count) for post_id, count in missing.items() if count > 0)
