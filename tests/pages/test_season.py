from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import factories
from tests.client import counted_queries
from tests.factories import HOUR, NOON
from volunteer_hub.core.transaction import transaction
from volunteer_hub.organisations.queries import scope_of
from volunteer_hub.pages import months
from volunteer_hub.workdays import actions as workdays
from volunteer_hub.workdays.rules import WorkCalendar

TODAY = date(2026, 9, 5)


@pytest.fixture
def organiser(client, at):
    at(NOON)
    who = factories.organiser(factories.organisation("凤城市科协示例"))
    client.sign_in(who)
    return who


def own_event(who, **more):
    (organisation_id,) = scope_of(who.id).organisation_ids

    class Own:
        id = organisation_id

    return factories.event(of=Own, by=who, **more)


def cell(text, on):
    return text.split(f'datetime="{on}"', 1)[1].split('<li class="season__day')[0]


@given(first=st.dates(date(2020, 1, 1), date(2087, 12, 31)).map(lambda it: it.replace(day=1)))
def test_a_month_is_whole_weeks_with_every_day_once(first):
    month = months.month_of(first, [], [], WorkCalendar(), today=TODAY)

    days = [each.on for each in month.days]
    assert days == [days[0] + timedelta(days=step) for step in range(len(days))]
    assert (days[0].weekday(), days[-1].weekday()) == (0, 6)
    inside = [each.on for each in month.days if each.is_in_month]
    assert (inside[0], inside[-1]) == (first, month.after - timedelta(days=1))
    assert months.next_month(month.before) == first


@pytest.mark.parametrize("text", ["", "2026-13", "soon", "1066-10", "9999-01", "2026-10-01", "10"])
def test_a_month_that_is_none_is_this_one(text):
    assert months.read_month(text, today=TODAY) == date(2026, 9, 1)


def test_own_events_stand_on_their_days_and_others_do_not(client, organiser):
    own_event(organiser, title="两天的集市", starts_at=NOON + 24 * HOUR, hours=24)
    own_event(organiser, title="取消了的", status="cancelled")
    own_event(organiser, title="夏令营", starts_at=NOON - 33 * 24 * HOUR, hours=30 * 24)
    factories.event(title="别人的活动", of=factories.organisation(region_code="210603"),
                    at_venue=factories.venue(region_code="210603"))  # fmt: skip

    text = client.get("/organise/season").text

    assert "两天的集市" in cell(text, "2026-09-06")
    assert "12:00" in cell(text, "2026-09-06")
    assert "两天的集市" in cell(text, "2026-09-07")
    assert "12:00" not in cell(text, "2026-09-07")
    assert "夏令营" in cell(text, "2026-09-02")
    assert "夏令营" not in cell(text, "2026-09-03")
    assert "取消了的" not in text
    assert "别人的活动" not in text


def test_a_full_day_shows_some_and_counts_the_others(client, organiser):
    for _ in range(months.SHOWN_A_DAY + 2):
        own_event(organiser)
    day = cell(client.get("/organise/season").text, "2026-09-06")
    assert day.count('class="season__event"') == months.SHOWN_A_DAY
    assert "还有 2 场" in day


@pytest.mark.usefixtures("organiser")
def test_science_days_holidays_and_worked_weekends_stand_beside_them(client):
    text = client.get("/organise/season?month=2026-10").text

    assert "老年节（重阳节）" in cell(text, "2026-10-18")
    assert "休" in cell(text, "2026-10-01")
    assert "国际老年人日" in cell(text, "2026-10-01")
    assert "班" in cell(text, "2026-10-10")
    assert "敬老月" in text.split('class="season-long"', 1)[1].split("</ul>")[0]
    assert "放假安排还没有公布" not in text
    assert "全国消防日" in text.split("再往后的科普日", 1)[1]


@pytest.mark.usefixtures("organiser")
def test_a_week_that_began_before_the_page_stands_on_its_first_day(client):
    text = client.get("/organise/season?month=2025-06").text
    assert "全国科技活动周" in cell(text, "2025-05-26")


@pytest.mark.usefixtures("organiser")
def test_a_year_whose_holidays_nobody_published_says_so_until_they_are(client):
    assert "2027 年的放假安排还没有公布" in client.get("/organise/season?month=2027-05").text
    december = client.get("/organise/season?month=2026-12").text
    assert "2027 年的放假安排还没有公布" in december  # its last week is already of 2027

    with transaction():
        workdays.load_workdays([{"day": "2027-05-01", "kind": "rest", "name": "劳动节"}], now=NOON)

    text = client.get("/organise/season?month=2027-05").text
    assert "放假安排还没有公布" not in text
    assert "劳动节" in cell(text, "2027-05-01")


def test_the_season_costs_the_same_with_one_and_with_many_events(client, organiser):
    own_event(organiser)
    client.get("/organise/season")  # the years of work are read once per process
    with counted_queries() as one:
        client.get("/organise/season")
    for _ in range(3):
        own_event(organiser)
    with counted_queries() as many:
        client.get("/organise/season")
    assert len(many) == len(one) <= 12


def test_volunteers_do_not_plan(client, at):
    at(NOON)
    client.sign_in(factories.person())
    assert client.get("/organise/season").status_code == 403
