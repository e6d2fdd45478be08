"""Every reason has its text, and the text asks for exactly the values the reason has."""

from __future__ import annotations

import re

import pytest

from tests.matching.builders import post, problem, shift, volunteer
from volunteer_hub.matching import Condition, Pin, Plan, ReasonCode, Taken, explain
from volunteer_hub.matching.reasons import TEXTS

DEMANDING = post(
    1,
    people=3,
    skills={"host": 2},
    credential="first_aid",
    language="ko",
    min_experience_minutes=600,
    is_for_adults=True,
    is_for_reserve=True,
    needs_transport=True,
)
FAIR = shift(campaign="caravan")
ABLE = volunteer(
    1,
    skills={"host": 2},
    credentials={"first_aid": 9999},
    languages=frozenset({"ko"}),
    total_minutes=6000,
    wishes=frozenset({"school"}),
    wished_campaigns=frozenset({"caravan"}),
    is_in_reserve=True,
    has_transport=True,
    team="t",
)
MATE = volunteer(2, team="t")
UNABLE = volunteer(
    3,
    windows=(),
    blackout_days=frozenset({0}),
    rests_until=1440,
    radius_km=0.1,
    max_minutes_week=60,
    lat=40.1,
    adult_from=99999,
    needs_consent=True,
    wants_only_wishes=True,
    wants_suggestions=False,
)
UNKNOWN = volunteer(4, lat=None, windows=None)
ROUGH = volunteer(5, is_location_approximate=True, total_minutes=360, minutes_90d=360)


def every_reason():
    given = problem(
        [ABLE, MATE, UNABLE, UNKNOWN, ROUGH],
        [FAIR],
        posts=[DEMANDING],
        previous=(Pin(1, 1),),
        declined=((3, 1),),
        taken=(Taken(volunteer_id=3, start=500, end=600),),
    )
    plan = Plan(assignments=(Pin(1, 1), Pin(2, 1)))
    for person in given.volunteers:
        yield from explain(given, plan, person.id, 1).candidate.reasons


def test_there_is_a_text_for_every_reason():
    assert set(TEXTS) == set(ReasonCode)


def test_one_story_tells_every_reason():
    assert {reason.code for reason in every_reason()} == set(ReasonCode)


def test_each_text_asks_for_exactly_the_values_of_its_reason():
    for reason in every_reason():
        assert set(re.findall(r"%\((\w+)\)s", reason.text)) == set(reason.values)
        assert "%(" not in reason.text % reason.values


@pytest.mark.parametrize("condition", Condition)
def test_each_failed_condition_is_said(condition):
    given = problem(
        [UNABLE],
        posts=[DEMANDING],
        declined=((3, 1),),
        taken=(Taken(volunteer_id=3, start=500, end=600),),
    )
    candidate = explain(given, Plan(), 3, 1).candidate

    assert candidate.refusals == tuple(Condition)
    assert len(candidate.reasons) >= len(Condition)
    assert condition in candidate.refusals


def test_a_shift_is_told_by_its_own_time():
    candidate = explain(problem([UNABLE], [shift(start=1440 + 600)]), Plan(), 3, 1).candidate

    said = {reason.code: reason.values for reason in candidate.reasons}
    assert said[ReasonCode.NOT_AVAILABLE] == {"weekday": 1, "start": 600, "end": 720}
    assert said[ReasonCode.OUT_OF_REACH] == {"km": 11.1, "radius_km": 0.1}
