from __future__ import annotations

from datetime import timedelta

import pytest

from tests.factories import HOUR, NOON
from volunteer_hub.checkin import rules
from volunteer_hub.checkin.rules import (
    Direction,
    Door,
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


def verdict(of, *, is_ours=True, direction=Direction.IN, now=NOON, **more):
    door = Door(event_id=1, starts_at=NOON, **more)
    return rules.verdict(of, door=door, is_ours=is_ours, direction=direction, now=now)


def test_a_volunteer_may_come_again_and_an_attendee_only_once():
    assert verdict(standing(Who.VOLUNTEER, **LEFT)) is Reason.OK
    assert verdict(standing(Who.ATTENDEE, **LEFT)) is Reason.ALREADY_IN


def test_a_cancelled_event_lets_nobody_in():
    assert verdict(standing(), is_cancelled=True) is Reason.EVENT_CANCELLED


@pytest.mark.parametrize("direction", [Direction.IN, Direction.OUT])
@pytest.mark.parametrize("state", [{}, THERE, LEFT, {"is_cancelled": True}])
def test_long_before_the_event_nobody_comes_or_leaves(state, direction):
    opens_at, second = NOON - 12 * HOUR, timedelta(seconds=1)

    asked = {"direction": direction}
    assert verdict(standing(**state), now=opens_at - second, **asked) is Reason.TOO_EARLY
    assert verdict(standing(**state), now=opens_at, **asked) is not Reason.TOO_EARLY


@pytest.mark.parametrize(
    ("hours", "expected"), [(-30, Reason.TOO_EARLY), (-24, Reason.OK), (0, Reason.OK)]
)
def test_a_volunteers_own_shift_says_when_it_is_too_early(hours, expected):
    early = standing(Who.VOLUNTEER, starts_at=NOON - 12 * HOUR)
    assert verdict(early, now=NOON + hours * HOUR) is expected

    late = standing(Who.VOLUNTEER, starts_at=NOON + 48 * HOUR)
    assert verdict(late, now=NOON) is Reason.TOO_EARLY


@pytest.mark.parametrize("direction", [Direction.IN, Direction.OUT])
def test_once_the_hours_are_confirmed_nobody_comes_or_leaves(direction):
    for state in ({}, THERE, LEFT):
        answer = verdict(standing(**state), is_confirmed=True, direction=direction)
        assert answer is Reason.HOURS_CONFIRMED


def test_at_a_shut_door_a_wrong_code_is_still_named():
    for shut in ({"is_confirmed": True}, {"now": NOON - 48 * HOUR}):
        assert verdict(standing(event_id=2), **shut) is Reason.WRONG_EVENT
        assert verdict(None, **shut) is Reason.UNKNOWN
        assert verdict(None, is_ours=False, **shut) is Reason.NOT_OURS


def test_codes_of_nobody():
    assert verdict(None) is Reason.UNKNOWN
    assert verdict(None, is_ours=False) is Reason.NOT_OURS


def test_every_answer_has_a_colour():
    green = {reason for reason in Reason if rules.outcome_of(reason) is Outcome.ACCEPTED}
    amber = {reason for reason in Reason if rules.outcome_of(reason) is Outcome.DUPLICATE}

    assert green == {Reason.OK, Reason.ADMITTED, Reason.UNDONE}
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
    def state(**more):
        return rules.poster_state(Door(1, NOON, **more), ends_at=NOON + HOUR, now=now)

    assert state() is expected
    assert state(is_cancelled=True) is PosterState.CANCELLED
    assert state(is_confirmed=True) is not PosterState.OPEN
