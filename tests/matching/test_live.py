"""A plan kept at hand: the same answers as the slow way, and places filled without harm."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings

from tests.matching.builders import post, problem, shift, volunteer
from tests.matching.test_properties import problems
from volunteer_hub.matching import (
    Limits,
    Live,
    Method,
    Move,
    Pin,
    Plan,
    Priority,
    backfill,
    carry_out,
    check,
    leave,
    quick_rank,
    quick_shortfall,
    rank,
    solve,
    why_unfilled,
)
from volunteer_hub.matching.sample import sample_problem

GREEDY = Limits(method=Method.GREEDY)


def as_plan(live):
    return Plan(assignments=live.desk.assignments())


@given(problems())
@settings(max_examples=50, deadline=None)
def test_the_quick_answers_are_those_of_the_slow_way(given_problem):
    plan = solve(given_problem, limits=GREEDY)
    live = Live.of(given_problem, plan)
    settled = replace(given_problem, pins=plan.assignments)
    for work in given_problem.posts:
        for near in (False, True):
            assert quick_rank(live, work.id, with_near_misses=near) == rank(
                settled, work.id, with_near_misses=near
            )
        assert quick_shortfall(live, work.id) == why_unfilled(given_problem, plan, work.id)


@given(problems())
@settings(max_examples=50, deadline=None)
def test_a_place_that_falls_free_is_filled_without_breaking_a_rule_or_a_promise(given_problem):
    plan = solve(given_problem, limits=GREEDY)
    before = {(each.rule, each.volunteer_id) for each in plan.violations}
    for pin in plan.assignments:
        if pin in given_problem.pins:
            continue
        live = Live.of(given_problem, plan)
        leave(live, *pin)
        moves = backfill(live, pin.post_id, exclude=(pin.volunteer_id,))
        carry_out(live, moves)
        after = as_plan(live)

        found = {(each.rule, each.volunteer_id) for each in check(given_problem, after)}
        assert found <= before
        assert set(given_problem.pins) <= set(after.assignments)
        assert pin not in after.assignments
        heads, had = (Counter(each.post_id for each in of.assignments) for of in (after, plan))
        assert heads[pin.post_id] == had[pin.post_id] - (not moves)
        for work in given_problem.posts:
            if work.id != pin.post_id:
                assert heads[work.id] >= min(had[work.id], work.min_people)


def test_the_best_who_is_free_comes():
    given_problem = problem([volunteer(1), volunteer(2, reliability=0.5), volunteer(3)])
    live = Live(given_problem, [Pin(1, 1)])
    leave(live, 1, 1)

    assert backfill(live, 1, exclude=(1,)) == (Move(3, 1),)
    assert backfill(live, 1, exclude=(1, 3)) == (Move(2, 1),)
    assert backfill(live, 1, exclude=(1, 2, 3)) == ()


def test_a_post_that_is_full_gets_nobody():
    assert backfill(Live(problem([volunteer(1), volunteer(2)]), [Pin(1, 1)]), 1) == ()


def test_someone_experienced_goes_where_experience_is_missing():
    given_problem = problem(
        [
            volunteer(1, total_minutes=1800),
            volunteer(2),
            volunteer(3, total_minutes=1800, reliability=0.1),
        ],
        [shift(experienced_people=1)],
    )
    live = Live(given_problem, [Pin(1, 1)])
    leave(live, 1, 1)

    assert backfill(live, 1, exclude=(1,)) == (Move(3, 1),)


def two_at_once(**changes):
    """Only person 2 can do both posts, which are at the same time; person 3 only the second."""
    return problem(
        [
            volunteer(1, skills={"a": 1}),
            volunteer(2, skills={"a": 1, "b": 1}),
            volunteer(3, skills={"b": 1}),
        ],
        [shift(1, priority=Priority.EMERGENCY), shift(2)],
        [post(1, skills={"a": 1}), post(2, shift_id=2, skills={"b": 1})],
        **changes,
    )


def test_someone_comes_over_whose_place_another_can_take():
    live = Live(two_at_once(), [Pin(1, 1), Pin(2, 2)])
    leave(live, 1, 1)
    moves = backfill(live, 1, exclude=(1,))

    assert moves == (Move(2, 1, from_post=2), Move(3, 2))
    carry_out(live, moves)
    assert live.desk.assignments() == (Pin(2, 1), Pin(3, 2))


@pytest.mark.parametrize(
    ("pins", "exclude"), [((Pin(2, 2),), (1,)), ((), (1, 3))], ids=["accepted", "nobody follows"]
)
def test_nobody_comes_over_who_has_accepted_or_whom_nobody_follows(pins, exclude):
    live = Live(two_at_once(pins=pins), [Pin(1, 1), Pin(2, 2)])
    leave(live, 1, 1)

    assert backfill(live, 1, exclude=exclude) == ()


def test_many_declines_one_after_another_leave_a_sound_plan():
    given_problem = sample_problem(300, 120, seed=6)
    plan = solve(given_problem, limits=GREEDY)
    live, filled = Live.of(given_problem, plan), 0
    for pin in plan.assignments[::3]:
        if pin in live.desk.assignments():
            leave(live, *pin)
            moves = backfill(live, pin.post_id, exclude=(pin.volunteer_id,))
            carry_out(live, moves)
            filled += bool(moves)

    assert check(given_problem, as_plan(live)) == []
    assert filled > 10
