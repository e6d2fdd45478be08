from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import HOUR, NOON
from volunteer_hub.core.clock import LOCAL
from volunteer_hub.recognition.rules import (
    Answer,
    Before,
    EntryKind,
    Line,
    Objection,
    Policy,
    Presence,
    Stay,
    balance,
    choices,
    objection,
    presence_of,
    reversals,
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
    credited = Before(days={START.astimezone(LOCAL).date(): before})
    assert minutes(Stay(START, END), before=credited) == expected


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
        "possible": choices(Presence.ABSENT),
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


def test_less_than_the_minimum_is_nothing():
    policy = Policy(minimum=30)
    assert minutes(Stay(START, START + 29 * MINUTE), policy=policy) == 0
    assert minutes(Stay(START, START + 30 * MINUTE), policy=policy) == 30


def test_a_stay_over_midnight_and_the_new_year_is_of_both_days():
    midnight = datetime(2027, 1, 1, tzinfo=LOCAL)
    working = worked(
        [Stay(midnight - HOUR, midnight + 2 * HOUR)],
        starts_at=midnight - HOUR, ends_at=midnight + 2 * HOUR,
        before=Before(days={date(2026, 12, 31): 450}),
    )  # fmt: skip

    assert working.days == {date(2026, 12, 31): 30, date(2027, 1, 1): 120}
    assert working.minutes == 150


def test_without_check_out_nothing_is_credited_unless_somebody_says_so():
    assert choices(Presence.MISSING_OUT)[0] is Answer.PENDING
    assert choices(Presence.MISSING_OUT, has_proposal=True)[0] is Answer.AS_PROPOSED
    assert Answer.AS_PROPOSED not in choices(Presence.MISSING_OUT)


# Whatever happened at the door

policies = st.builds(
    Policy,
    early_grace=st.integers(0, 60), late_grace=st.integers(0, 60), step=st.integers(1, 60),
    minimum=st.integers(0, 60), day_cap=st.integers(1, 1440),
)  # fmt: skip
seconds = st.integers(-36 * 3600, 36 * 3600).map(lambda number: START + timedelta(seconds=number))
stays = st.lists(
    st.tuples(seconds, st.integers(0, 20 * 3600)).map(
        lambda pair: Stay(pair[0], pair[0] + timedelta(seconds=pair[1]))
    ),
    max_size=4,
)
shifts = st.lists(
    st.tuples(seconds, st.integers(1, 12 * 60)).map(
        lambda pair: (pair[0], pair[0] + pair[1] * MINUTE)
    ),
    min_size=1,
    max_size=4,
)


def inside(spans, first, last):
    """Return the seconds of a window in which somebody was there, counted the slow way."""
    marks = sorted({first, last, *(m for span in spans for m in span if first < m < last)})
    return sum(
        (b - a).total_seconds()
        for a, b in pairwise(marks)
        if any(start <= a and b <= end for start, end in spans)
    )


@given(stays, shifts, policies)
def test_no_more_than_the_time_truly_inside_and_no_minute_twice(stays, shifts, policy):
    there = [(stay.came_at, stay.left_at) for stay in stays]
    before, credited = Before(), []
    for starts_at, ends_at in shifts:
        working = worked(stays, starts_at=starts_at, ends_at=ends_at, before=before, policy=policy)
        first = starts_at - policy.early_grace * MINUTE
        last = ends_at + policy.late_grace * MINUTE
        assert 0 <= working.minutes * 60 <= inside(there, first, last)
        assert working.minutes == sum(working.days.values())
        assert working.minutes % policy.step == 0
        before = before.with_more(working)
        credited.append(working)
    spans = sorted(span for working in credited for span in working.spans)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    assert all(minutes <= policy.day_cap for minutes in before.days.values())
    everything = [stay.came_at for stay in stays] + [stay.left_at for stay in stays]
    if everything:
        ever = inside(there, min(everything), max(everything))
        assert sum(working.minutes for working in credited) * 60 <= ever


@given(st.lists(st.integers(-500, 500), max_size=8), st.data())
def test_taking_everything_back_leaves_nothing(deltas, data):
    lines = [
        Line(number, EntryKind.ADJUST if number else EntryKind.CREDIT, minutes)
        for number, minutes in enumerate(deltas)
    ]
    for old in data.draw(st.lists(st.sampled_from(lines), unique=True)) if lines else []:
        lines.append(Line(len(lines), EntryKind.REVERSE, -old.minutes, old.id))
    for old, minutes in reversals(lines):
        lines.append(Line(len(lines), EntryKind.REVERSE, minutes, old))

    assert balance(lines) == 0
    assert reversals(lines) == []
