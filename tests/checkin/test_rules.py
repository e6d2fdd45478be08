from __future__ import annotations

from datetime import timedelta

import pytest

from tests.factories import HOUR, NOON
from volunteer_hub.checkin import rules
from volunteer_hub.checkin.rules import (
    Direction,
    Outcome,
    PosterState,
    Reading,
    Reason,
    Standing,
    Who,
)

CODE = "R7K2M9DQFMX318T0V"
OURS, FOREIGN = Reading(None, is_ours=True), Reading(None, is_ours=False)


@pytest.mark.parametrize(
    "text",
    [
        CODE,
        CODE.lower(),
        "r 7k2m 9dqf mx31 8t0v",
        "R-7K2M-9DQF-MX31-8TOV",
        "Ｒ７Ｋ２Ｍ９ＤＱＦＭＸ３１８Ｔ０Ｖ",
        f"  {CODE}\n",
        f"https://hub.example.cn/T/{CODE}",
        f"HTTPS://HUB.EXAMPLE.CN/T/{CODE}",
        f"http://192.168.1.4:5000/t/{CODE.lower()}",
        f"https://hub.example.cn/T/{CODE}?elder=1#x",
    ],
)
def test_one_code_in_its_many_spellings(text):
    assert rules.read_text(text) == Reading(CODE, is_ours=True)


@pytest.mark.parametrize(
    "text", ["R7K2M9DQF", CODE + "0", "V7K2M9DQFMX318TU0", "https://hub.example.cn/T/R7K2"]
)
def test_a_code_with_a_mistake_is_still_meant_as_ours(text):
    assert rules.read_text(text) == OURS


@pytest.mark.parametrize(
    "text",
    [
        "",
        "🎉🎉🎉",
        "\x00\xff\x01 binary",
        "wxp://f2f0aBcD",
        "https://example.com/pay?x=1",
        "https://hub.example.cn/C/ABCDEFGHJK",
        "http://[broken",
        "6901234567892",
        "A7K2M9DQFMX318T0V",
        CODE + "0" * 400,
        "字" * 4000,
    ],
)
def test_other_peoples_codes(text):
    assert rules.read_text(text) == FOREIGN


def standing(who=Who.ATTENDEE, **more):
    values = {"event_id": 1, "is_cancelled": False, "has_come": False, "is_there": False}
    return Standing(who, **{**values, **more})


THERE = {"has_come": True, "is_there": True}
LEFT = {"has_come": True, "is_there": False}


@pytest.mark.parametrize("who", list(Who))
@pytest.mark.parametrize(
    ("state", "direction", "expected"),
    [
        ({}, Direction.IN, Reason.OK),
        (THERE, Direction.IN, Reason.ALREADY_IN),
        ({}, Direction.OUT, Reason.NOT_IN),
        (THERE, Direction.OUT, Reason.OK),
        (LEFT, Direction.OUT, Reason.ALREADY_OUT),
        ({"event_id": 2}, Direction.IN, Reason.WRONG_EVENT),
        ({"event_id": 2, "is_cancelled": True}, Direction.IN, Reason.WRONG_EVENT),
        ({"is_cancelled": True}, Direction.IN, Reason.CANCELLED),
        ({"is_cancelled": True}, Direction.OUT, Reason.CANCELLED),
    ],
)
def test_verdicts(who, state, direction, expected):
    assert verdict(standing(who, **state), direction=direction) is expected


def verdict(of, *, is_ours=True, is_event_cancelled=False, direction=Direction.IN):
    return rules.verdict(
        of, is_ours=is_ours, event_id=1, is_event_cancelled=is_event_cancelled, direction=direction
    )


def test_a_volunteer_may_come_again_and_an_attendee_only_once():
    assert verdict(standing(Who.VOLUNTEER, **LEFT)) is Reason.OK
    assert verdict(standing(Who.ATTENDEE, **LEFT)) is Reason.ALREADY_IN


def test_a_cancelled_event_lets_nobody_in():
    assert verdict(standing(), is_event_cancelled=True) is Reason.EVENT_CANCELLED


def test_codes_of_nobody():
    assert verdict(None) is Reason.UNKNOWN
    assert verdict(None, is_ours=False) is Reason.NOT_OURS


def test_every_answer_has_a_colour():
    green = {reason for reason in Reason if rules.outcome_of(reason) is Outcome.ACCEPTED}
    amber = {reason for reason in Reason if rules.outcome_of(reason) is Outcome.DUPLICATE}

    assert green == {Reason.OK, Reason.UNDONE}
    assert amber == {Reason.ALREADY_IN, Reason.ALREADY_OUT}


@pytest.mark.parametrize(
    ("claimed", "expected"),
    [
        (None, NOON),
        (NOON - HOUR, NOON - HOUR),
        (NOON + HOUR, NOON),
        (NOON - 12 * HOUR, NOON - 11 * HOUR),
        (NOON - 20000 * HOUR, NOON - 11 * HOUR),
    ],
)
def test_a_phones_clock_is_believed_within_reason(claimed, expected):
    assert rules.true_moment(claimed, starts_at=NOON + HOUR, now=NOON) == expected


def test_a_try_long_before_the_event_happened_when_it_arrived():
    assert rules.true_moment(NOON - HOUR, starts_at=NOON + 100 * HOUR, now=NOON) == NOON


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (NOON - 2 * HOUR - timedelta(seconds=1), PosterState.EARLY),
        (NOON - 2 * HOUR, PosterState.OPEN),
        (NOON + 3 * HOUR, PosterState.OPEN),
        (NOON + 3 * HOUR + timedelta(seconds=1), PosterState.ENDED),
    ],
)
def test_when_the_poster_takes_check_ins(now, expected):
    asked = {"starts_at": NOON, "ends_at": NOON + HOUR, "now": now}

    assert rules.poster_state(is_cancelled=False, **asked) is expected
    assert rules.poster_state(is_cancelled=True, **asked) is PosterState.CANCELLED
