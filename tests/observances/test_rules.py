from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from volunteer_hub.observances.queries import AUDIENCES, science_days
from volunteer_hub.observances.rules import (
    Announced,
    Span,
    UnknownRuleError,
    announcement_problem,
    of_year,
    read_observances,
    read_rule,
    within,
)

YEARS = st.integers(2000, 2087)
RULES = st.sampled_from([rule for each in science_days().values() for rule in each.rules])


def day(text):
    return date.fromisoformat(text)


def span(first, last=None):
    return Span(day(first), day(last or first))


@pytest.mark.parametrize(
    ("rule", "year", "expected"),
    [
        ("fixed:05-12", 2026, [span("2026-05-12")]),
        ("fixed:02-29", 2026, []),
        ("fixed:02-29", 2028, [span("2028-02-29")]),
        ("last-weekday:03-MON", 2026, [span("2026-03-30")]),
        ("last-weekday:03-MON", 2025, [span("2025-03-31")]),
        ("month:02", 2028, [span("2028-02-01", "2028-02-29")]),
        ("week-of:05-12", 2026, [span("2026-05-11", "2026-05-17")]),
        ("week-of:05-12", 2024, [span("2024-05-06", "2024-05-12")]),
        ("week-of:01-01", 2026, [span("2026-12-28", "2027-01-03")]),
        ("week-of:01-01", 2025, [span("2025-12-29", "2026-01-04")]),
        ("window:12-15..02-28", 2026, [span("2026-12-15", "2027-02-28")]),
        ("window:07-01..08-31", 2026, [span("2026-07-01", "2026-08-31")]),
        ("window:12-15..02-29", 2026, [span("2026-12-15", "2027-02-28")]),
        ("default:sat-on-or-after:05-20+7d", 2025, [span("2025-05-24", "2025-05-31")]),
        ("default:sat-on-or-after:05-20+7d", 2022, [span("2022-05-21", "2022-05-28")]),
        ("default:09-11+7d", 2026, [span("2026-09-11", "2026-09-18")]),
    ],
)
def test_each_kind_of_rule_gives_its_days(rule, year, expected):
    assert list(read_rule(rule).spans(year)) == expected


@pytest.mark.parametrize(
    ("year", "on"),
    [(2026, "10-18"), (2027, "10-08"), (2028, "10-26"), (2029, "10-16"), (2030, "10-05")],
)
def test_seniors_day_is_the_ninth_of_the_ninth_lunar_month(year, on):
    assert read_rule("lunar:09-09").spans(year) == (span(f"{year}-{on}"),)


@pytest.mark.parametrize(("year", "on"), [(2026, "09-23"), (2027, "09-23"), (2028, "09-22")])
def test_harvest_festival_is_the_autumn_equinox(year, on):
    assert read_rule("solar-term:秋分").spans(year) == (span(f"{year}-{on}"),)


def test_a_lunar_day_late_in_its_year_falls_into_the_next_common_year_or_is_left_out():
    eighth_of_twelfth = read_rule("lunar:12-08")
    assert [len(eighth_of_twelfth.spans(year)) for year in (2025, 2026, 2027)] == [1, 1, 1]
    assert eighth_of_twelfth.spans(2026) == (span("2026-01-26"),)
    two_or_none = {len(eighth_of_twelfth.spans(year)) for year in range(2000, 2060)}
    assert two_or_none == {0, 1, 2}


def test_a_short_lunar_month_has_no_thirtieth_day():
    thirtieth = read_rule("lunar:12-30")
    assert thirtieth.spans(2025) == ()  # the year of the dragon ended on its 29th
    assert thirtieth.spans(2024) == (span("2024-02-09"),)


@pytest.mark.parametrize("year", [1900, 1979, 2089, 2500])
def test_years_nobody_can_vouch_for_have_no_lunar_days_and_no_crash(year):
    assert read_rule("solar-term:秋分").spans(year) == ()
    assert read_rule("lunar:09-09").spans(year) == ()


@pytest.mark.parametrize(
    "words",
    ["", "fixed:13-01", "fixed:02-30", "week-of:02-29", "lunar:13-01", "lunar:01-31", "month:00",
     "solar-term:圣诞", "last-weekday:03-FOO", "window:01-01", "daily", "fixed:05-12 or so"],
)  # fmt: skip
def test_words_that_are_no_rule_are_refused(words):
    with pytest.raises(UnknownRuleError):
        read_rule(words)


def test_the_shipped_file_is_read_whole():
    days = science_days()

    assert len(days) == 41
    assert [key for key, each in days.items() if not each.rules] == ["healthychina", "ruralenv"]
    assert {key for key, each in days.items() if each.is_announced} == {
        "stweek", "publicscience", "foodweek",
    }  # fmt: skip
    assert days["publicscience"].rules == days["stweek"].rules
    assert days["seniors"].audience_codes == ("elders",)
    assert not days["kepumonth"].is_in_plan  # the law came after the plan
    assert days["envday"].is_in_plan


def test_a_row_that_refers_to_nothing_is_refused():
    row = {"key": "x", "name_zh": "甲", "name_en": "A", "audience": "公众", "seed": "no"}
    with pytest.raises(UnknownRuleError):
        read_observances(
            [{**row, "rule": "announced;default:same window as stweek"}], audiences=AUDIENCES
        )


@given(rule=RULES, year=YEARS)
def test_every_span_begins_in_its_year_and_is_no_longer_than_a_season(rule, year):
    for each in rule.spans(year):
        assert each.first.year == year
        assert 1 <= each.days <= 122


@given(year=YEARS, start=st.integers(0, 364), length=st.integers(0, 90))
def test_what_lies_within_some_days_is_what_the_years_hold_of_them(year, start, length):
    first = date(year, 1, 1) + timedelta(days=start)
    last = first + timedelta(days=length)
    days = science_days().values()

    every = [each for number in (year - 1, year, year + 1) for each in of_year(days, number, {})]
    expected = [each for each in every if any(
        each.span.first <= first + timedelta(days=step) <= each.span.last
        for step in range(length + 1)
    )]  # fmt: skip

    assert within(days, first, last, {}) == expected


def test_an_announcement_stands_instead_of_the_usual_time_and_for_what_goes_with_it():
    days = science_days()
    notice = Announced(span("2027-05-22", "2027-05-31"), "通知")

    of_2027 = {each.observance.key: each for each in of_year(
        days.values(), 2027, {("stweek", 2027): notice}
    )}  # fmt: skip

    for key in ("stweek", "publicscience"):
        assert of_2027[key].span == notice.span
        assert not of_2027[key].is_expected
    assert of_2027["foodweek"].is_expected
    assert not of_2027["disaster"].is_expected


@pytest.mark.parametrize(
    ("key", "first", "last", "is_fine"),
    [
        ("stweek", "2027-05-22", "2027-05-22", True),
        ("stweek", "2027-05-22", "2027-05-21", False),
        ("stweek", "2026-12-31", "2027-05-21", False),
        ("stweek", "2027-01-01", "2027-07-19", True),
        ("stweek", "2027-01-01", "2027-07-20", False),
        ("healthychina", "2027-05-22", "2027-05-23", False),
        ("sanxiaxiang", "2027-05-22", "2027-05-23", False),
    ],
)
def test_what_can_be_announced(key, first, last, is_fine):
    problem = announcement_problem(science_days()[key], 2027, span(first, last))
    assert (problem is None) is is_fine
