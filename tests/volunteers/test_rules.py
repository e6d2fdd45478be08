from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from volunteer_hub.volunteers import rules
from volunteer_hub.volunteers.rules import (
    AgeGroup,
    Bearing,
    Demands,
    Hours,
    Lack,
    Period,
    Window,
)

AM, PM, EVE = Period.MORNING, Period.AFTERNOON, Period.EVENING
MONTHS_OR_NONE = st.none() | st.integers(1, 12)
CELLS = st.frozensets(st.sampled_from(rules.all_cells()))


def test_parts_of_a_day_that_touch_become_one_window():
    assert rules.windows_of([(5, PM), (5, AM)]) == (Window(5, 420, 1080),)


def test_parts_with_a_gap_stay_apart():
    assert rules.windows_of([(5, EVE), (5, AM)]) == (Window(5, 420, 720), Window(5, 1080, 1320))


def test_days_stay_apart_and_come_in_the_order_of_the_week():
    assert rules.windows_of([(6, AM), (0, AM), (6, AM)]) == (
        Window(0, 420, 720),
        Window(6, 420, 720),
    )


def test_nothing_ticked_is_no_window():
    assert rules.windows_of([]) == ()


def test_windows_that_overlap_or_touch_are_merged():
    given_windows = [
        Window(1, 600, 700),
        Window(1, 500, 600),
        Window(1, 550, 650),
        Window(1, 701, 800),
    ]
    assert rules.merged(given_windows) == (Window(1, 500, 700), Window(1, 701, 800))


@given(CELLS)
def test_what_is_ticked_is_what_is_shown_again(cells):
    assert rules.cells_of(rules.windows_of(cells)) == cells


@given(CELLS)
def test_windows_never_touch_and_lie_within_a_day(cells):
    windows = rules.windows_of(cells)
    for before, after in pairwise(windows):
        assert (before.weekday, before.ends_minute) < (after.weekday, after.starts_minute)
    assert all(0 <= each.starts_minute < each.ends_minute <= 1440 for each in windows)


def test_finer_windows_survive_a_form_that_cannot_show_them():
    fine = [Window(2, 400, 730), Window(3, 600, 640)]
    assert rules.cells_of(fine) == {(2, AM)}
    assert rules.new_windows(fine, [(2, AM)]) == (Window(2, 400, 730), Window(3, 600, 640))
    assert rules.new_windows(fine, [(2, AM), (2, PM)]) == (Window(2, 420, 1080),)


@pytest.mark.parametrize(
    "code", ["", "7-am", "-1-am", "0-noon", "0", "am", "０-am", "0-am-pm", "😀"]
)
def test_a_cell_that_does_not_exist_is_none(code):
    assert rules.read_cell(code) is None


def test_cells_have_one_code_each():
    assert [
        rules.read_cell(rules.cell_code(cell)) for cell in rules.all_cells()
    ] == rules.all_cells()


@pytest.mark.parametrize(
    ("day", "year", "month", "age"),
    [
        (date(2026, 9, 5), 2012, 8, 14),
        (date(2026, 9, 5), 2012, 9, 13),
        (date(2026, 9, 30), 2012, 9, 13),
        (date(2026, 10, 1), 2012, 9, 14),
        (date(2026, 9, 5), 2012, 12, 13),
        (date(2026, 12, 31), 2012, 12, 13),
        (date(2027, 1, 1), 2012, 12, 14),
        (date(2026, 9, 5), 2012, None, 13),
        (date(2027, 1, 1), 2012, None, 14),
        (date(2028, 2, 29), 2014, 2, 13),
        (date(2028, 3, 1), 2014, 2, 14),
    ],
)
def test_a_birthday_counts_only_once_its_month_is_over(day, year, month, age):
    assert rules.age_on(day, year, month) == age


@pytest.mark.parametrize(
    ("year", "month", "group"),
    [
        (None, None, AgeGroup.ADULT),
        (2012, 9, AgeGroup.CHILD),
        (2012, 8, AgeGroup.MINOR),
        (2008, 9, AgeGroup.MINOR),
        (2008, 8, AgeGroup.ADULT),
        (1950, 1, AgeGroup.ADULT),
    ],
)
def test_children_minors_and_adults_are_told_apart(year, month, group):
    assert rules.age_group(date(2026, 9, 5), year, month) is group


@pytest.mark.parametrize(
    ("year", "month", "is_possible"),
    [
        (2026, 9, True),
        (2026, 10, False),
        (2027, None, False),
        (1916, 1, True),
        (1915, 12, False),
        (85, None, False),
    ],
)
def test_births_lie_in_the_past_of_living_people(year, month, is_possible):
    assert rules.is_birth_possible(date(2026, 9, 5), year, month) is is_possible


def test_days_away_include_both_ends():
    first, last = date(2026, 9, 30), date(2026, 10, 2)
    assert rules.days_away(first, last) == [first, date(2026, 10, 1), last]
    assert rules.days_away(first, None) == [first]
    assert rules.days_away(None, last) == [last]
    assert rules.days_away(None, None) == []


def test_a_distance_between_two_choices_is_shown_as_the_wider_one():
    assert [rules.radius_choice(km) for km in (5, 10, 45, 120, 300)] == [10, 10, 60, 120, 120]


def test_a_stretch_of_the_day_is_written_with_24_hours():
    assert rules.clock_span(0, 1440) == "00:00—24:00"
    assert rules.clock_span(425, 720) == "07:05—12:00"


def test_parts_of_a_single_day_that_touch_become_one_stretch():
    day = date(2026, 10, 1)
    assert rules.hours_of(day, [PM, AM]) == (Hours(day, 420, 1080),)
    assert rules.hours_of(day, [AM, EVE]) == (Hours(day, 420, 720), Hours(day, 1080, 1320))
    assert rules.hours_of(day, []) == ()


@given(st.dates(date(2020, 1, 1), date(2040, 12, 31)), st.integers(1995, 2025), MONTHS_OR_NONE)
def test_the_first_day_of_age_is_where_the_age_group_changes(day, year, month):
    of_age = rules.age_group(day, year, month) is AgeGroup.ADULT
    assert of_age is (day >= rules.adult_from(year, month))


def test_whoever_leaves_out_their_birth_declares_to_be_of_age():
    assert rules.adult_from(None, None) is None


DAY = date(2026, 9, 6)
CHILD = Bearing(birth_year=2011, birth_month=3)


@pytest.mark.parametrize(
    ("demands", "bearing", "expected"),
    [
        (Demands(), Bearing(), []),
        (Demands(credential="first_aid"), Bearing(), [Lack.CREDENTIAL]),
        (Demands(credential="first_aid"), Bearing(credentials={"first_aid": DAY}), []),
        (
            Demands(credential="first_aid"),
            Bearing(credentials={"first_aid": DAY - timedelta(days=1), "driving": DAY}),
            [Lack.CREDENTIAL],
        ),
        (Demands(), CHILD, [Lack.CONSENT]),
        (Demands(), replace(CHILD, consent_until=DAY), []),
        (Demands(), replace(CHILD, consent_until=DAY - timedelta(days=1)), [Lack.CONSENT]),
        (
            Demands(is_dangerous=True, is_emergency=True, needs_car=True, credential="x"),
            CHILD,
            list(Lack),
        ),
        (Demands(is_dangerous=True), Bearing(birth_year=2008, birth_month=8), []),
        (Demands(is_dangerous=True), Bearing(birth_year=2008, birth_month=9),
         [Lack.UNDER_AGE, Lack.CONSENT]),
        (Demands(is_emergency=True), Bearing(is_in_reserve=True), []),
        (Demands(needs_car=True), Bearing(has_car=True), []),
    ],
)  # fmt: skip
def test_what_somebody_lacks_for_a_post(demands, bearing, expected):
    assert rules.lacks(demands, bearing, first=DAY, last=DAY) == expected


def test_a_credential_must_hold_to_the_end_and_age_counts_at_the_start():
    demands = Demands(credential="first_aid", is_dangerous=True)
    bearing = Bearing(birth_year=2008, birth_month=9, credentials={"first_aid": date(2026, 9, 30)})
    first, last = date(2026, 9, 30), date(2026, 10, 1)
    assert rules.lacks(demands, bearing, first=first, last=last) == list(Lack)[:3]
    assert rules.lacks(demands, bearing, first=last, last=last) == [Lack.CREDENTIAL]


@pytest.mark.parametrize(
    ("is_paused", "until", "expected"),
    [(False, None, False), (False, DAY, False), (True, None, True), (True, DAY, True),
     (True, DAY - timedelta(days=1), False)],
)  # fmt: skip
def test_a_break_lasts_to_the_end_of_its_last_day(is_paused, until, expected):
    assert rules.rests_on(DAY, is_paused=is_paused, until=until) is expected
