"""The check over whole plans, against the judge of the format and at its own edges."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.matching.builders import NINE, post, problem, shift, volunteer
from volunteer_hub.matching import Pin, Plan, Rule, Taken, Violation, check
from volunteer_hub.matching.lookup import Lookup
from volunteer_hub.matching.scoring import Score, score_of
from volunteer_hub.matching.vmatch import read_instance, read_plan

DATA = Path(__file__).parent / "data"
INSTANCE = read_instance(json.loads((DATA / "instance.json").read_text("utf-8")))
# What the format has no words for: its volunteers are of age and have said nothing of the kind.
OURS = (
    Rule.UNKNOWN,
    Rule.AGE,
    Rule.CONSENT,
    Rule.RESERVE,
    Rule.TRANSPORT,
    Rule.REST,
    Rule.WISH,
    Rule.SUGGESTIONS,
)
CASES = json.loads((DATA / "verdicts.json").read_text("utf-8"))["cases"]


def _as_the_judge_says_it(violation: Violation) -> list[str | int]:
    names = {
        kind: {number: name for name, number in ids.items()}
        for kind, ids in (
            ("volunteer", INSTANCE.volunteer_ids),
            ("shift", INSTANCE.shift_ids),
            ("post", INSTANCE.post_ids),
        )
    }
    said: list[str | int] = [violation.rule.value]
    if violation.volunteer_id is not None:
        said.append(names["volunteer"][violation.volunteer_id])
    if violation.post_id is not None:
        said.append(names["post"][violation.post_id])
    if violation.rule is Rule.OVERLAP:
        said += sorted(names["shift"][each] for each in violation.shift_ids)
    if violation.week is not None:
        said.append(violation.week)
    return said


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["change"])
def test_the_check_finds_exactly_what_the_judge_finds(case):
    found = check(INSTANCE.problem, read_plan(INSTANCE, case))

    # The judge says once per person that some shift of theirs is doubled; we say which.
    said = {json.dumps(_as_the_judge_says_it(violation)) for violation in found}
    assert said == {json.dumps(violation) for violation in case["violations"]}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["change"])
def test_the_score_is_the_one_the_judge_counts(case):
    score = score_of(Lookup.of(INSTANCE.problem), read_plan(INSTANCE, case).assignments)

    assert score == Score(*case["score"])


def test_the_verdicts_cover_every_rule_of_the_format():
    said = {violation[0] for case in CASES for violation in case["violations"]}

    assert said == {rule.value for rule in Rule} - {rule.value for rule in OURS}


def test_the_check_finds_what_the_format_does_not_know():
    child = volunteer(
        1,
        adult_from=99999,
        needs_consent=True,
        rests_until=99999,
        wants_only_wishes=True,
        wants_suggestions=False,
    )
    call = post(is_for_reserve=True, needs_transport=True)

    found = check(problem([child], posts=[call]), Plan(assignments=(Pin(1, 1),)))

    assert {violation.rule for violation in found} == set(OURS) - {Rule.UNKNOWN}


def test_the_check_lets_extra_hours_and_wishes_pass():
    person = volunteer(
        1,
        windows=(),
        extra_hours={0: ((NINE, NINE + 120),)},
        wants_only_wishes=True,
        wished_campaigns=frozenset({"caravan"}),
    )
    given = problem([person], [shift(campaign="caravan")])

    assert check(given, Plan(assignments=(Pin(1, 1),))) == []


def found_in(given, *assignments):
    return check(given, Plan(assignments=tuple(Pin(*each) for each in assignments)))


def test_people_and_posts_that_do_not_exist_are_found():
    assert found_in(problem(), (9, 1), (1, 9)) == [
        Violation(Rule.UNKNOWN, 1, 9),
        Violation(Rule.UNKNOWN, 9, 1),
    ]


@pytest.mark.parametrize(
    ("people", "expected"), [(2, []), (1, [Violation(Rule.TOO_MANY, None, 1)])]
)
def test_a_post_holds_no_more_than_its_maximum(people, expected):
    given = problem([volunteer(1), volunteer(2)], posts=[post(people=people)])

    assert found_in(given, (1, 1), (2, 1)) == expected


def test_a_plan_without_an_accepted_assignment_is_refused():
    assert found_in(problem(pins=(Pin(1, 1),))) == [Violation(Rule.PIN_LOST, 1, 1)]


def test_an_accepted_assignment_need_not_meet_the_conditions():
    given = problem([volunteer(windows=(), radius_km=0.0)], [shift(lat=41.0)], pins=(Pin(1, 1),))

    assert found_in(given, (1, 1)) == []


def test_an_accepted_assignment_must_still_leave_time_for_the_others():
    given = problem(
        shifts=[shift(1), shift(2, start=NINE + 60)],
        posts=[post(1), post(2, shift_id=2)],
        pins=(Pin(1, 1), Pin(1, 2)),
    )

    assert found_in(given, (1, 1), (1, 2)) == [Violation(Rule.OVERLAP, 1, None, (1, 2))]


def test_what_is_taken_elsewhere_is_checked_too():
    elsewhere = Taken(volunteer_id=1, start=NINE, end=NINE + 30)
    given = problem([volunteer(max_minutes_week=149)], taken=(elsewhere,))

    assert found_in(given, (1, 1)) == [
        Violation(Rule.OVERLAP, 1, None, (1,)),
        Violation(Rule.WEEK_MINUTES, 1, None, (), 0),
    ]
