from datetime import timedelta

import pytest

from tests.factories import HOUR, NOON
from volunteer_hub.recognition.rules import (
    Answer,
    Objection,
    Policy,
    Presence,
    Stay,
    choices,
    objection,
    presence_of,
    worked,
)

MINUTE = timedelta(minutes=1)
START, END = NOON, NOON + 3 * HOUR


def minutes(*stays, **more):
    return worked(stays, starts_at=START, ends_at=END, **more).minutes


def test_the_time_between_in_and_out_counts():
    assert minutes(Stay(START, START + 2 * HOUR)) == 120


def test_breaks_do_not_count():
    assert minutes(Stay(START, START + HOUR), Stay(START + 2 * HOUR, END)) == 120


@pytest.mark.parametrize(("early", "expected"), [(0, 180), (30, 210), (31, 210), (120, 210)])
def test_coming_early_counts_up_to_the_grace(early, expected):
    assert minutes(Stay(START - early * MINUTE, END)) == expected


@pytest.mark.parametrize(("late", "expected"), [(30, 210), (31, 210)])
def test_staying_late_counts_up_to_the_grace(late, expected):
    assert minutes(Stay(START, END + late * MINUTE)) == expected


@pytest.mark.parametrize(("stayed", "expected"), [(5, 0), (6, 6), (11, 6), (12, 12), (59, 54)])
def test_minutes_are_rounded_down_to_a_tenth_of_an_hour(stayed, expected):
    assert minutes(Stay(START, START + stayed * MINUTE)) == expected


@pytest.mark.parametrize(
    ("before", "expected"), [(0, 180), (300, 180), (320, 156), (480, 0), (999, 0)]
)
def test_a_day_has_a_cap(before, expected):
    assert minutes(Stay(START, END), minutes_that_day=before) == expected


def test_without_check_out_the_stay_is_taken_to_the_end_of_the_shift_and_said_so():
    working = worked([Stay(START + HOUR, None)], starts_at=START, ends_at=END)

    assert working.minutes == 120
    assert working.presence is Presence.MISSING_OUT
    assert working.left_at is None


def test_a_stay_wholly_outside_counts_nothing():
    assert minutes(Stay(END + 2 * HOUR, END + 3 * HOUR)) == 0


def test_another_policy_may_round_to_half_hours():
    assert minutes(Stay(START, START + 59 * MINUTE), policy=Policy(step=30)) == 30


def test_presence_is_what_the_door_knows():
    assert presence_of([]) is Presence.ABSENT
    assert presence_of([Stay(START, END)]) is Presence.TIMED
    assert presence_of([Stay(START, END), Stay(END, None)]) is Presence.MISSING_OUT


def verdict(answer, **changes):
    given = {
        "presence": Presence.ABSENT,
        "planned": 180,
        "added_minutes": 120,
        "reason": "手机没电",
    }
    return objection(answer, **(given | changes))


def test_hours_are_added_with_a_reason_and_never_beyond_the_plan():
    assert verdict(Answer.ADDED) is None
    assert verdict(Answer.ADDED, added_minutes=180) is None
    assert verdict(Answer.ADDED, added_minutes=181) is Objection.TOO_LONG
    assert verdict(Answer.ADDED, added_minutes=0) is Objection.NO_HOURS
    assert verdict(Answer.ADDED, added_minutes=None) is Objection.NO_HOURS
    assert verdict(Answer.ADDED, reason="") is Objection.NO_REASON


def test_nobody_who_never_came_gets_hours_from_the_clock():
    assert verdict(Answer.AS_TIMED) is Objection.NOT_POSSIBLE
    assert verdict(Answer.AS_SHIFT) is Objection.NOT_POSSIBLE
    assert choices(Presence.ABSENT)[0] is Answer.NO_SHOW
