from __future__ import annotations

import io
from datetime import date, datetime

import pytest

from tests import factories
from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.database import db
from volunteer_hub.workdays.queries import work_calendar

OCTOBER = datetime(2026, 10, 8, 12, tzinfo=LOCAL)
NOVEMBER = datetime(2026, 11, 24, 12, tzinfo=LOCAL)
FILE = "day,kind,name,published,source\n2027-01-01,rest,元旦,1,通知\n2027-01-02,rest,元旦,1,\n"


@pytest.fixture
def office(client, at):
    """Return the client of somebody in the city's office; it is November."""
    at(NOVEMBER)
    client.sign_in(factories.office())
    return client


def load(office, content, name="days.csv"):
    raw = content if isinstance(content, bytes) else content.encode()
    data = {"file": (io.BytesIO(raw), name)}
    return office.post("/admin/workdays", data=data, content_type="multipart/form-data")


def test_the_page_shows_the_days_of_a_year_and_where_they_are_from(office):
    page = office.get("/admin/workdays").text

    assert "2月15日（周日） — 2月23日（周一）" in page
    assert "周末要上班" in page
    assert "2月28日（周六）" in page
    assert "国务院办公厅关于2026年部分节假日安排的通知" in page


def test_next_year_is_asked_for_from_november_on(office, at):
    assert "2027 年的放假安排还没有载入" in office.get("/admin/workdays").text
    at(OCTOBER)
    assert "还没有载入" not in office.get("/admin/workdays").text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_year_is_loaded_from_a_file(office, encoding):
    assert load(office, FILE.encode(encoding)).status_code == 302

    db.session.rollback()
    assert not work_calendar().is_workday(date(2027, 1, 1))
    page = office.get("/admin/workdays").text
    assert "1月1日（周五） — 1月2日（周六）" in page
    assert "还没有载入" not in page


def test_a_year_that_is_only_expected_says_so(office):
    load(office, FILE.replace(",1,", ",0,"))

    page = office.get("/admin/workdays").text
    assert "未公布，只是预计" in page
    assert "2027 年的放假安排还没有载入" in page


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        ("day,kind\n2027-13-01,rest\n", "days.csv", "第 2 行 2027-13-01：日期要写成"),
        ("", "days.csv", "文件里没有可以读的行"),
        (b"\xff\xfe\x00\x01\x80", "days.csv", "文件里没有可以读的行"),
        (FILE, "days.xlsx", "请选择 CSV 文件"),
        (FILE, "", "请选择文件"),
    ],
)
def test_a_file_that_cannot_be_read_changes_nothing_and_says_why(office, content, name, said):
    answer = load(office, content, name)

    assert answer.status_code == 422
    assert said in answer.text
    db.session.rollback()
    assert work_calendar().is_workday(date(2027, 1, 1))
