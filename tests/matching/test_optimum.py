"""The optimum against trying everything, and against a judge written down once more here."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.matching.builders import NINE, post, problem, shift, volunteer
from tests.matching.test_properties import problems
from tests.matching.test_properties import volunteers as people
from volunteer_hub.matching import Limits, Method, Pin, Plan, Priority, Travel, check, solve
from volunteer_hub.matching.engine import highs, planner
from volunteer_hub.matching.engine.planner import Board
from volunteer_hub.matching.lookup import Lookup
from volunteer_hub.matching.sample import sample_problem
from volunteer_hub.matching.scoring import score_of

SEARCH = Limits(method=Method.SEARCH)


def best_of_all(given_problem):
    """Try every set of assignments and return the best total of those that break no rule."""
    lookup = Lookup.of(given_problem)
    pairs = [
        Pin(who.id, work.id)
        for who, work in product(given_problem.volunteers, given_problem.posts)
        if Pin(who.id, work.id) not in given_problem.pins
    ]
    alone = [
        pair
        for pair in pairs
        if not check(given_problem, Plan(assignments=(*given_problem.pins, pair)))
    ]
    best = None
    for choice in product((False, True), repeat=len(alone)):
        chosen = (pair for pair, taken in zip(alone, choice, strict=True) if taken)
        plan = Plan(assignments=tuple(sorted((*given_problem.pins, *chosen))))
        if not check(given_problem, plan) and _is_filled_as_asked(given_problem, plan):
            total = score_of(lookup, plan.assignments).total
            best = total if best is None else max(best, total)
    return best


def _is_filled_as_asked(given_problem, plan):
    """Posts that are filled to their minimum only take nobody beyond it, the accepted apart."""
    if given_problem.fill_to == "max":
        return True
    new = [pin.post_id for pin in plan.assignments if pin not in given_problem.pins]
    heads = [pin.post_id for pin in plan.assignments]
    return all(
        heads.count(work.id) <= work.min_people for work in given_problem.posts if work.id in new
    )


def small(given_problem):
    """Keep so little of a problem that everything can be tried."""
    return replace(
        given_problem,
        volunteers=given_problem.volunteers[:3],
        posts=given_problem.posts[:3],
        taken=tuple(each for each in given_problem.taken if each.volunteer_id <= 3),
        pins=tuple(pin for pin in given_problem.pins if max(pin) <= 3),
        previous=tuple(pin for pin in given_problem.previous if max(pin) <= 3),
        declined=tuple(each for each in given_problem.declined if each.volunteer_id <= 3),
    )


@given(problems().map(small))
@settings(max_examples=60, deadline=None)
def test_no_plan_of_all_there_are_is_better(given_problem):
    # A rule the accepted break already is named once, however much more of it a plan would break.
    assume(not check(given_problem, Plan(assignments=given_problem.pins)))
    plan = solve(given_problem)

    assert plan.score.total == best_of_all(given_problem)
    assert plan.gap == 0


@given(problems(), people(9))
@settings(max_examples=60, deadline=None)
def test_one_more_volunteer_never_makes_the_best_plan_worse(given_problem, newcomer):
    joined = replace(given_problem, volunteers=(*given_problem.volunteers, newcomer))

    assert solve(joined).score.total >= solve(given_problem).score.total


@pytest.fixture
def with_rounds(monkeypatch):
    """Let small problems take the way of the large ones."""
    monkeypatch.setattr(planner, "EXACT_UP_TO", -1)


@given(problems())
@settings(max_examples=60, deadline=None)
def test_the_way_of_large_problems_breaks_no_rule_and_its_bound_holds(given_problem):
    exact = solve(given_problem)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(planner, "EXACT_UP_TO", -1)
        plan = solve(given_problem)

    assert set(check(given_problem, plan)) == set(plan.violations)
    assert plan.score.total <= exact.score.total <= plan.bound
    assert set(given_problem.pins) <= set(plan.assignments)


def two_weeks(given_problem):
    """Move every other shift into the next week, where people are as free as in the first."""
    return replace(
        given_problem,
        shifts=tuple(
            replace(
                each, start=each.start + 10080 * (each.id % 2), end=each.end + 10080 * (each.id % 2)
            )
            for each in given_problem.shifts
        ),
    )


@given(problems().map(two_weeks))
@settings(max_examples=60, deadline=None)
def test_planning_week_by_week_breaks_no_rule_and_its_bound_holds(given_problem):
    exact = solve(given_problem)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(planner, "EXACT_UP_TO", -1)
        patch.setattr(planner, "ALL_WEEKS_UP_TO", -1)
        plan = solve(given_problem)

    assert set(check(given_problem, plan)) == set(plan.violations)
    assert plan.score.total <= exact.score.total <= plan.bound
    assert set(given_problem.pins) <= set(plan.assignments)


def test_a_plan_made_week_by_week_is_nearly_as_good(monkeypatch):
    given_problem = sample_problem(300, 180, seed=3)
    whole = solve(given_problem)
    monkeypatch.setattr(planner, "ALL_WEEKS_UP_TO", 0)
    by_week = solve(given_problem)

    assert by_week.score.open_seats <= whole.score.open_seats + 1
    assert by_week.score.quality >= 0.98 * whole.score.quality
    assert by_week.best_open_seats == pytest.approx(whole.best_open_seats, abs=0.5)


def test_a_bound_from_few_candidates_holds_over_all(with_rounds):
    given_problem = sample_problem(120, 60, seed=4)
    hasty = solve(given_problem, limits=Limits(rounds=1))
    thorough = solve(given_problem)

    assert hasty.score.total <= thorough.bound <= hasty.bound


def test_without_a_solver_the_search_takes_over(monkeypatch):
    def nothing(_):
        raise ImportError

    highs._library.cache_clear()
    monkeypatch.setattr("volunteer_hub.matching.engine.highs.importlib.import_module", nothing)
    given_problem = sample_problem(60, 30)

    assert not highs.is_there()
    assert solve(given_problem) == solve(given_problem, limits=SEARCH)
    assert solve(given_problem).bound is None
    highs._library.cache_clear()


def test_a_solver_that_fails_hands_over_to_the_search(monkeypatch):
    def fails(*_, **__):
        raise highs.NoAnswerError

    monkeypatch.setattr("volunteer_hub.matching.engine.model.optimum", fails)

    assert solve(sample_problem(60, 30)) == solve(sample_problem(60, 30), limits=SEARCH)


@pytest.mark.parametrize("limits", [Limits(), Limits(nodes=0), Limits(rounds=1, nodes=1)])
def test_a_small_budget_still_gives_a_sound_plan_that_says_how_far_it_may_be(limits):
    given_problem = sample_problem(300, 180, seed=2)
    plan = solve(given_problem, limits=limits)

    assert check(given_problem, plan) == []
    assert plan.gap >= 0


@pytest.mark.parametrize(("rest", "filled"), [(0, 2), (600, 1)])
def test_nobody_comes_in_the_morning_after_a_late_evening(rest, filled):
    given_problem = problem(
        shifts=[shift(1, start=21 * 60), shift(2, start=1440 + 8 * 60)],
        posts=[post(1), post(2, shift_id=2)],
        travel=Travel(night_rest_minutes=rest),
    )

    assert len(solve(given_problem).assignments) == filled
    both = Plan(assignments=(Pin(1, 1), Pin(1, 2)))
    assert len(check(given_problem, both)) == 2 - filled


def test_two_shifts_of_one_day_need_no_rest():
    given_problem = problem(
        shifts=[shift(1), shift(2, start=NINE + 120)],
        posts=[post(1), post(2, shift_id=2)],
        travel=Travel(night_rest_minutes=600),
    )

    assert len(solve(given_problem).assignments) == 2


def test_many_with_one_free_place_give_it_to_the_best():
    crowd = [volunteer(each, reliability=each / 100) for each in range(1, 60)]

    assert solve(problem(crowd)).assignments == (Pin(59, 1),)


@pytest.mark.parametrize(
    ("weights", "chosen"),
    [({}, Pin(1, 1)), ({Priority.GENERAL: 500}, Pin(1, 2))],
)
def test_how_urgent_a_post_is_comes_from_the_weights(weights, chosen):
    given_problem = problem(
        shifts=[shift(1, priority=Priority.EMERGENCY), shift(2)],
        posts=[post(1), post(2, shift_id=2)],
    )
    usual = given_problem.weights
    given_problem = replace(
        given_problem, weights=replace(usual, priority={**usual.priority, **weights})
    )

    assert solve(given_problem).assignments == (chosen,)


@given(st.integers(1, 6))
@settings(max_examples=3, deadline=None)
def test_a_board_knows_exactly_the_pairs_that_break_no_rule(seed):
    given_problem = sample_problem(25, 20, seed=seed)
    board = Board.of(given_problem)
    posts = board.edges.posts(np.arange(len(board.edges)))
    known = {
        (board.made.people.everyone[who].id, board.made.posts[work].id)
        for who, work in zip(board.edges.who, posts, strict=True)
    }

    assert known == {
        (who.id, work.id)
        for who, work in product(given_problem.volunteers, given_problem.posts)
        if not check(given_problem, Plan(assignments=(Pin(who.id, work.id),)))
    }
