"""Why a plan has someone in a post or not, and why a post stays short."""

from __future__ import annotations

from tests.matching.builders import NINE, post, problem, shift, volunteer
from volunteer_hub.matching import (
    Condition,
    Pin,
    Plan,
    Step,
    Verdict,
    explain,
    solve,
    why_unfilled,
)

HOST = {"host": 1}


def test_an_assignment_is_explained_next_to_the_best_others():
    given = problem([volunteer(n, reliability=1 - n / 10) for n in range(1, 7)])
    told = explain(given, solve(given), 1, 1)

    assert told.is_assigned
    assert not told.is_accepted
    assert told.candidate.verdict is Verdict.SUITABLE
    assert [each.volunteer_id for each in told.alternatives] == [2, 3, 4]
    assert told.candidate.score > told.alternatives[0].score


def test_why_not_names_the_shift_in_the_way():
    given = problem(
        shifts=[shift(1), shift(2, start=NINE + 60)], posts=[post(1), post(2, shift_id=2)]
    )
    told = explain(given, Plan(assignments=(Pin(1, 1),)), 1, 2)

    assert not told.is_assigned
    assert told.candidate.refusals == (Condition.BUSY,)
    assert told.shifts_in_the_way == (1,)
    assert told.alternatives == ()


def test_someone_left_out_is_compared_with_others_and_not_with_themselves():
    given = problem([volunteer(n, reliability=1 - n / 10) for n in range(1, 7)])

    told = explain(given, solve(given), 2, 1)

    assert [each.volunteer_id for each in told.alternatives] == [3, 4, 5]


def test_nobody_is_their_own_team_mate():
    given = problem([volunteer(1, team="t"), volunteer(2)], posts=[post(people=2)])

    assert explain(given, solve(given), 1, 1).candidate.parts.team == 0


def test_an_accepted_assignment_is_said_to_be_one():
    given = problem(pins=(Pin(1, 1),))

    assert explain(given, solve(given), 1, 1).is_accepted


def test_the_funnel_shows_how_many_are_left_after_each_condition():
    given = problem(
        [
            volunteer(1),
            volunteer(2, skills=HOST, windows=()),
            volunteer(3, skills=HOST, windows=(), lat=41.0),
            volunteer(4, skills=HOST, lat=41.0),
            volunteer(5, skills=HOST),
        ],
        posts=[post(people=3, skills=HOST)],
    )
    told = why_unfilled(given, solve(given), 1)

    assert (told.missing, told.considered) == (2, 4)
    left = {step.condition: step.survivors for step in told.steps}
    assert (left[Condition.SKILL], left[Condition.WINDOW], left[Condition.REACH]) == (3, 1, 0)
    assert told.steps[-1] == Step(Condition.BUSY, 0)
    assert told.binding is Condition.WINDOW
    assert told.failing_only == {Condition.SKILL: 1, Condition.WINDOW: 1, Condition.REACH: 1}
    assert [each.volunteer_id for each in told.near_misses] == [1, 2, 4]


def test_someone_needed_elsewhere_is_busy():
    given = problem(
        shifts=[shift(1), shift(2, priority="rural")],
        posts=[post(1), post(2, shift_id=2)],
    )
    told = why_unfilled(given, solve(given), 1)

    assert told.binding is Condition.BUSY
    assert told.near_misses[0].refusals == (Condition.BUSY,)


def test_a_post_that_is_full_lacks_nothing():
    told = why_unfilled(problem(), solve(problem()), 1)

    assert (told.missing, told.considered, told.binding) == (0, 0, None)
