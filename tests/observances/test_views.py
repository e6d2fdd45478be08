from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from tests import factories
from tests.client import counted_queries
from tests.factories import NOON
from volunteer_hub.core.database import db
from volunteer_hub.observances import queries
from volunteer_hub.observances.models import AnnouncedDays

PAGE = "/organise/science-days/2027/stweek"


@pytest.fixture
def office(client, at):
    at(NOON)
    client.sign_in(factories.office())
    return client


def post(client, first="2027-05-22", last="2027-05-31", source="国科发才〔2027〕1号"):
    return client.post(PAGE, data={"first": first, "last": last, "source": source})


def week_of_2027():
    db.session.rollback()
    return next(
        each for each in queries.occurrences_of_year(2027) if each.observance.key == "stweek"
    )


def test_the_year_is_listed_and_says_what_is_only_expected(office):
    text = office.get("/organise/science-days?year=2027").text

    row = text.split("全国科技活动周", 1)[1].split("</tr>")[0]
    assert "预计" in row
    assert "5月22日（周六） — 5月29日（周六）" in text
    assert "老年节（重阳节）" in text
    assert "10月8日（周五）" in text
    assert "健康中国行" in text.split("全年都在", 1)[1]


def test_the_office_enters_what_a_notice_says_and_can_take_it_back(office):
    assert post(office).status_code == 302
    assert week_of_2027().span.last == date(2027, 5, 31)
    assert post(office, last="2027-05-30").status_code == 302
    assert db.session.scalars(select(AnnouncedDays.last_on)).all() == [date(2027, 5, 30)]
    listed = office.get("/organise/science-days?year=2027").text
    assert "国科发才〔2027〕1号" in listed

    assert office.post(f"{PAGE}/withdraw").status_code == 302
    assert office.post(f"{PAGE}/withdraw").status_code == 302
    assert week_of_2027().is_expected


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"first": "2026-05-22"}, "开始日期要在 2027 年"),
        ({"last": "2027-05-01"}, "结束日期不能早于开始日期"),
        ({"last": "2027-13-01"}, "请填写日期，例如"),
        ({"first": "May 1st"}, "请填写日期，例如"),
        ({"first": ""}, "请选择开始日期"),
    ],
)
def test_dates_that_cannot_be_come_back_with_what_was_typed(office, wrong, said):
    answer = post(office, **wrong)

    assert answer.status_code == 422
    assert said in answer.text
    assert "国科发才〔2027〕1号" in answer.text
    assert week_of_2027().is_expected


@pytest.mark.parametrize(
    "path",
    ["/organise/science-days?year=1800", "/organise/science-days/2027/nothing",
     "/organise/science-days/2027/sanxiaxiang", "/organise/science-days/9999/stweek"],
)  # fmt: skip
def test_years_and_days_there_are_not_are_not_found(office, path):
    assert office.get(path).status_code == 404


def test_an_organiser_reads_and_does_not_enter(client, at):
    at(NOON)
    client.sign_in(factories.organiser())

    assert "改日期" not in client.get("/organise/science-days").text
    assert client.get(PAGE).status_code == 403
    assert post(client).status_code == 403
    assert week_of_2027().is_expected


def test_the_year_costs_the_same_however_much_was_announced(office):
    with counted_queries() as before:
        office.get("/organise/science-days?year=2027")
    post(office)
    with counted_queries() as after:
        office.get("/organise/science-days?year=2027")
    assert len(after) <= len(before) <= 12
