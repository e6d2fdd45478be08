from __future__ import annotations

from datetime import date

import pytest

from tests.factories import NOON
from volunteer_hub.core.transaction import transaction
from volunteer_hub.workdays import actions
from volunteer_hub.workdays.queries import work_calendar

pytestmark = pytest.mark.usefixtures("app")
NEW_YEAR = date(2027, 1, 1)
ROWS = [
    {"day": "2027-01-01", "kind": "rest", "name": "元旦", "published": "1", "source": "通知"},
    {"day": "2027-01-03", "kind": "work", "name": "元旦调休"},
]


def load(rows):
    with transaction():
        return actions.load_workdays(rows, now=NOON)


def test_without_any_rows_the_shipped_years_hold():
    assert not work_calendar().is_workday(date(2026, 10, 1))
    assert work_calendar().is_certain(date(2026, 10, 1))
    assert not work_calendar().is_certain(NEW_YEAR)
    assert work_calendar().is_workday(NEW_YEAR)


def test_a_loaded_year_holds_from_the_next_moment_and_loading_it_again_changes_nothing():
    first, again = load(ROWS), load(ROWS)

    assert (first.added, again.unchanged, again.changed) == (1, 1, 0)
    assert not work_calendar().is_workday(NEW_YEAR)
    assert work_calendar().is_workday(date(2027, 1, 3))
    assert work_calendar().is_certain(NEW_YEAR)


def test_a_loaded_year_stands_instead_of_the_one_before_and_of_the_shipped_one():
    load(ROWS)
    report = load([{**ROWS[0], "published": "0"}, {"day": "2026-12-31", "kind": "rest"}])

    assert (report.added, report.changed) == (1, 1)
    calendar = work_calendar()
    assert not calendar.is_workday(date(2027, 1, 3))
    assert not calendar.is_certain(NEW_YEAR)
    assert not calendar.is_workday(date(2026, 12, 31))
    assert calendar.is_workday(date(2026, 10, 1))


def test_the_commands_load_a_file_and_list_the_years(app, tmp_path):
    file = tmp_path / "days.csv"
    file.write_text("\ufeffday,kind,name,published\n2027-01-01,休,元旦,0\n", "utf-8")
    run = app.test_cli_runner()

    assert run.invoke(args=["workdays", "load", str(file)]).exit_code == 0
    listed = run.invoke(args=["workdays", "list"]).output.splitlines()

    assert [line.split("\t")[:3] for line in listed] == [
        ["2026", "已公布", "39"],
        ["2027", "未公布，只是预计", "1"],
    ]


def test_a_file_with_a_wrong_row_ends_the_command_with_an_error(app, tmp_path):
    file = tmp_path / "days.csv"
    file.write_text("day,kind\n2027-13-01,休\n", "utf-8")

    done = app.test_cli_runner().invoke(args=["workdays", "load", str(file)])

    assert (done.exit_code, "日期要写成" in done.output) == (1, True)
