"""What is kept of a run says all there was to decide it by."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings

from tests.matching.builders import post, problem, shift, volunteer
from tests.matching.test_properties import problems
from volunteer_hub.matching import (
    Condition,
    Kept,
    Limits,
    Live,
    Opening,
    Pin,
    Stage,
    Weights,
    first_refusals,
    keep,
    plan_digest,
    reseeded,
    restore,
    solve,
    what_would_open,
)


def written_and_read(kept):
    frame, people = json.loads(
        json.dumps([kept.frame, {str(k): v for k, v in kept.people.items()}])
    )
    return Kept(frame, {int(who): said for who, said in people.items()})


@settings(max_examples=20)
@given(problems())
def test_what_was_kept_is_the_problem_again(asked):
    kept = keep(asked)
    again = restore(written_and_read(kept))

    assert keep(again).digest == kept.digest
    assert solve(again) == solve(replace(asked, posts=tuple(reversed(asked.posts))))


@settings(max_examples=12)
@given(problems())
def test_another_seed_gives_a_plan_as_good(asked):
    renamed, who = reseeded(asked, 7)

    assert sorted(who.values()) == sorted({*who.values()})
    assert solve(renamed).score == solve(asked).score


def test_the_seed_decides_between_equals():
    asked = problem([volunteer(number) for number in range(1, 9)])
    chosen = set()
    for seed in range(12):
        renamed, who = reseeded(asked, seed)
        [pin] = solve(renamed).assignments
        chosen.add(who[pin.volunteer_id])

    assert len(chosen) > 3


def test_another_input_or_plan_has_another_digest():
    one, other = problem([volunteer(1)]), problem([volunteer(1, radius_km=11.0)])

    assert keep(one).digest != keep(other).digest
    assert plan_digest([Pin(1, 2)]) != plan_digest([Pin(2, 1)])


def test_whoever_waits_hears_how_far_it_has_come_and_may_end_it():
    heard = []
    solve(problem(), watch=lambda stage, _number: heard.append(stage))
    assert heard == [Stage.READING, Stage.CHECKING]

    class EnoughError(Exception):
        pass

    def enough(stage, _number):
        raise EnoughError(stage)

    with pytest.raises(EnoughError):
        solve(problem(), watch=enough)


def test_a_weight_changes_who_goes():
    near, able = volunteer(1, skills={"a": 1}), volunteer(2, lat=40.08, skills={"a": 3})
    asked = problem([near, able], posts=[post(skills={"a": 1})])

    def goes(**weights):
        [pin] = solve(replace(asked, weights=Weights(**weights)), limits=Limits()).assignments
        return pin.volunteer_id

    assert (goes(), goes(fit=50, nearness=600)) == (2, 1)


def live(people, **changes):
    asked = problem(people, **changes)
    return Live.of(asked, solve(asked))


def test_what_would_open_a_post_that_stays_short():
    far = [volunteer(number, lat=40.0 + number / 20) for number in (3, 4, 5)]
    short = live([*far, volunteer(9, max_minutes_week=60)])
    assert what_would_open(short, 1, missing=1) == [
        Opening(Condition.REACH, 10, 1),
        Opening(Condition.WEEK_MINUTES, 1, 1),
    ]
    assert what_would_open(short, 1, missing=3)[0] == Opening(Condition.REACH, 20, 3)

    unskilled = live([volunteer(1, skills={"a": 1})], posts=[post(skills={"a": 3})])
    assert what_would_open(unskilled, 1, missing=1) == [Opening(Condition.SKILL, 2, 1)]


def test_everybody_not_in_a_post_hears_the_first_rule_that_says_no():
    people = [volunteer(1), volunteer(2, lat=41.0, windows=()), volunteer(3)]
    assert first_refusals(live(people, shifts=[shift()]), 1) == {2: Condition.WINDOW, 3: None}
