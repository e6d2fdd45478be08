from __future__ import annotations

from datetime import date

import pytest

from volunteer_hub.workdays.queries import shipped_years
from volunteer_hub.workdays.rules import Day, WorkCalendar, Year, read_years

SHIPPED = WorkCalendar({year.number: year for year in shipped_years()})
NOTHING = WorkCalendar()


def day(text):
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("after", "count", "expected"),
    [
        ("2026-09-07", 1, "2026-09-08"),
        ("2026-09-07", 5, "2026-09-14"),
        ("2026-09-11", 1, "2026-09-14"),
        ("2026-09-12", 1, "2026-09-14"),
        ("2026-09-13", 5, "2026-09-18"),
        ("2026-09-12", 0, "2026-09-12"),
    ],
)
def test_weekends_are_no_working_days(after, count, expected):
    assert NOTHING.later(day(after), count) == day(expected)


@pytest.mark.parametrize(
    ("after", "count", "expected"),
    [
        ("2026-09-30", 1, "2026-10-08"),  # the week of the national day
        ("2026-10-08", 2, "2026-10-10"),  # a Saturday that is worked
        ("2026-02-13", 1, "2026-02-14"),
        ("2026-02-14", 1, "2026-02-24"),  # nine days of the spring festival
        ("2026-09-18", 5, "2026-09-24"),  # from the worked Sunday to the day before mid-autumn
        ("2026-12-31", 1, "2027-01-01"),  # nobody published 2027 yet
    ],
)
def test_public_holidays_are_none_and_weekends_worked_instead_are(after, count, expected):
    assert SHIPPED.later(day(after), count) == day(expected)


@pytest.mark.parametrize(
    ("ended", "due"),
    [
        ("2026-09-24", "2026-10-15"),
        ("2026-02-12", "2026-03-04"),
        ("2026-04-30", "2026-05-18"),
        ("2026-11-23", "2026-12-07"),
    ],
)
def test_service_is_recorded_within_ten_working_days(ended, due):
    assert SHIPPED.later(day(ended), 10) == day(due)
    assert SHIPPED.is_certain(day(ended), SHIPPED.later(day(ended), 10))


def test_a_deadline_that_crosses_into_a_year_nobody_published_is_counted_and_uncertain():
    due = SHIPPED.later(day("2026-12-25"), 10)
    assert due == day("2027-01-08")
    assert not SHIPPED.is_certain(due)


def test_the_shipped_year_has_the_days_of_the_notice():
    (year,) = shipped_years()

    assert (year.number, year.is_published) == (2026, True)
    assert "2025-11-04" in year.source
    assert [sum(d.is_workday is kind for d in year.days) for kind in (False, True)] == [33, 6]
    assert all(d.on.weekday() >= 5 for d in year.days if d.is_workday)


def test_working_days_between_two_days():
    assert SHIPPED.between(day("2026-09-30"), day("2026-10-10")) == 3
    assert SHIPPED.between(day("2026-09-30"), day("2026-09-30")) == 0


def test_a_year_that_is_only_expected_counts_and_is_not_certain():
    expected = Year(2027, False, "", (Day(day("2027-01-01"), False, "元旦"),))
    calendar = WorkCalendar({2027: expected})

    assert calendar.later(day("2026-12-31"), 1) == day("2027-01-04")
    assert not calendar.is_certain(day("2027-01-04"))
    assert not calendar.is_certain(day("2026-12-31"))
    assert SHIPPED.is_certain(day("2026-12-31"))
    assert not SHIPPED.is_certain(day("2026-12-31"), day("2027-01-01"))


def row(on="2027-01-01", kind="休", **cells):
    return {"day": on, "kind": kind, **cells}


def test_a_file_is_read_by_years():
    years, problems = read_years(
        [row("2027-01-02", published="0"), row(name="元旦", source="通知"), row("2028-01-01", "班")]
    )

    assert problems == []
    assert [(y.number, y.is_published, y.source, len(y.days)) for y in years] == [
        (2027, False, "通知", 2),
        (2028, True, "", 1),
    ]
    assert years[0].days[0] == Day(day("2027-01-01"), False, "元旦")


@pytest.mark.parametrize(
    "wrong",
    [row("2027-02-30"), row("2027-1-1x"), row("2027-03-01", "maybe"), row(), row(name="长" * 61)],
)
def test_half_a_year_is_not_taken(wrong):
    years, problems = read_years([row(), row("2028-01-01"), wrong])

    assert [problem.line for problem in problems] == [4]
    assert [year.number for year in years] == [2028]


def test_rows_without_cells_are_problems_and_no_crash():
    years, problems = read_years([{}, {"day": None, "kind": None}])
    assert (years, len(problems)) == ([], 2)
