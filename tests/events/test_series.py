"""A series: made from a rule, changed one by one, from one on, or all together."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from tests import factories
from tests.factories import HOUR, NOON
from volunteer_hub.core.database import db
from volunteer_hub.core.transaction import transaction
from volunteer_hub.events import actions, queries, rules
from volunteer_hub.events.errors import FieldProblem, InSeriesError, UnsoundPlanError
from volunteer_hub.events.models import Event, EventSeries, Post, Status
from volunteer_hub.events.rules import Reach
from volunteer_hub.organisations.queries import scope_of
from volunteer_hub.resources.models import Booking, Requirement
from volunteer_hub.resources.rules import Kind

TUESDAY = datetime(2026, 9, 8, 1, 0, tzinfo=UTC)  # 9:00 in the city
WEEK = timedelta(days=7)


def dates(rule, first=TUESDAY, is_holiday=None):
    return rules.series_dates(rule, first, now=NOON, is_holiday=is_holiday)


def days(rule, **more):
    return [f"{start:%m-%d %H:%M}" for start in dates(rule, **more).starts]


def test_every_second_tuesday_till_a_day_that_is_included():
    rule = rules.weekly(2, [1], date(2026, 10, 20))
    assert rule == "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;UNTIL=20261020T155959Z"
    assert days(rule) == ["09-22 09:00", "10-06 09:00", "10-20 09:00"]


def test_days_that_are_holidays_are_left_out_and_named():
    found = dates(rules.weekly(2, [1], date(2026, 10, 20)), is_holiday=date(2026, 10, 6).__eq__)
    assert len(found.starts) == 2
    assert found.left_out == (date(2026, 10, 6),)


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        (TUESDAY, ["10-13 09:00", "11-10 09:00"]),  # the second Tuesday
        (datetime(2026, 9, 29, 1, 0, tzinfo=UTC), ["10-27 09:00", "11-24 09:00"]),  # the last
    ],
)
def test_the_same_weekday_of_every_month(first, expected):
    assert days(rules.monthly(first, 1, date(2026, 11, 30)), first=first) == expected


def test_a_rule_as_another_calendar_writes_it_is_understood():
    assert days("FREQ=WEEKLY;BYDAY=TU,TH;COUNT=4") == ["09-10 09:00", "09-15 09:00", "09-17 09:00"]


@pytest.mark.parametrize(
    ("rule", "field", "said"),
    [
        ("FREQ=WEEKLY;BYDAY=TU", "until", "不能没有尽头"),
        ("", "until", "不能没有尽头"),
        ("FREQ=SECONDLY;COUNT=5", "", "看不懂"),
        ("FREQ=WEEKLY;COUNT=many", "", "看不懂"),
        ("FREQ=WEEKLY;BYDAY=XX;COUNT=5", "", "看不懂"),
        ("FREQ=WEEKLY;COUNT=1", "until", "一场也排不出来"),
        ("FREQ=WEEKLY;UNTIL=20260901T000000Z", "until", "一场也排不出来"),
        ("FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=2;UNTIL=20280101T000000Z", "until", "一场也排不出"),
        ("FREQ=DAILY;COUNT=202", "until", "最多"),
        ("FREQ=DAILY;COUNT=999999999", "until", "最多"),
        ("FREQ=YEARLY;COUNT=4", "until", "两年以内"),
    ],
)
def test_rules_without_end_without_a_day_or_with_too_many_are_refused(rule, field, said):
    problem = dates(rule)
    assert isinstance(problem, FieldProblem)
    assert problem.field == field
    assert said in problem.message


def test_a_series_of_two_hundred_is_the_most():
    assert len(dates("FREQ=DAILY;COUNT=201").starts) == rules.MAX_EVENTS


@given(
    every=st.integers(1, 4),
    weekdays=st.sets(st.integers(0, 6), min_size=1),
    until=st.dates(date(2026, 9, 20), date(2027, 2, 1)),
)
def test_all_dates_keep_the_time_of_day_the_weekdays_and_the_end(every, weekdays, until):
    found = dates(rules.weekly(every, list(weekdays), until))
    starts = () if isinstance(found, FieldProblem) else found.starts
    monday = TUESDAY.date() - timedelta(days=1)
    expected = [
        on
        for on in (TUESDAY.date() + timedelta(days=step) for step in range(1, 160))
        if on <= until and on.weekday() in weekdays and (on - monday).days // 7 % every == 0
    ]
    assert [start.date() for start in starts] == expected
    assert {f"{start:%H:%M}" for start in starts} <= {"09:00"}


@pytest.fixture
def source(app):
    """Return a published event of a Tuesday with a shift, two posts and a need."""
    event = factories.event(starts_at=TUESDAY)
    shift = factories.shift(event, starts_at=TUESDAY - HOUR)
    factories.post(shift, skills=[("guide", 2)])
    factories.post(shift, title="秩序")
    factories.requirement(event, Kind.VEHICLE, min_seats=12)
    return event


def scope(event):
    return scope_of(event.created_by_id)


def series(source, number=3):
    with transaction():
        made = actions.make_series(
            source.id,
            f"FREQ=WEEKLY;COUNT={number + 1}",
            is_holiday=None,
            scope=scope(source),
            now=NOON,
        )
    return all_of(made.id)


def all_of(series_id):
    db.session.rollback()
    statement = select(Event).where(Event.series_id == series_id).order_by(Event.starts_at)
    return list(db.session.scalars(statement))


def test_a_series_has_everything_under_the_event_but_people_and_bookings(source):
    factories.assignment(source.shifts[0].posts[0])
    factories.booking(factories.resource(), for_event=source)
    events = series(source)

    assert [each.starts_at for each in events] == [TUESDAY + number * WEEK for number in range(4)]
    assert [each.status for each in events] == [Status.PUBLISHED, *[Status.DRAFT] * 3]
    copy = events[2]
    assert copy.shifts[0].starts_at == copy.starts_at - HOUR
    assert [post.title for post in copy.shifts[0].posts] == ["讲解员", "秩序"]
    assert copy.shifts[0].posts[0].skills[0].skill_code == "guide"
    assert len({each.poster_code for each in events}) == 4
    needed = db.session.scalars(select(Requirement).where(Requirement.event_id == copy.id)).one()
    assert (needed.kind, needed.min_seats) == (Kind.VEHICLE, 12)
    assert db.session.scalar(select(func.count(Booking.id))) == 1
    assert db.session.scalar(select(func.count(Post.id))) == 8
    with pytest.raises(InSeriesError):
        series(source)


def test_a_rule_that_cannot_be_writes_nothing(source):
    with pytest.raises(UnsoundPlanError):
        series(source, 0)
    assert db.session.scalar(select(func.count(EventSeries.id))) == 0
    assert db.session.scalar(select(func.count(Event.id))) == 1


def change(event, reach, **changes):
    before = queries.draft_of(event)
    after = replace(before, **changes)
    with transaction():
        actions.edit_event(
            event.id,
            after,
            scope=scope(event),
            expected_version=event.version,
            moves_shifts=True,
            now=NOON,
        )
        number = actions.edit_others(
            event.id, before, after, reach=reach, scope=scope(event), now=NOON
        )
    return number, all_of(event.series_id)


@pytest.mark.parametrize(
    ("reach", "changed"),
    [
        (Reach.ONE, [False, True, False, False]),
        (Reach.FOLLOWING, [False, True, True, True]),
        (Reach.ALL, [True, True, True, True]),
    ],
)
def test_this_one_this_and_following_or_all(source, reach, changed):
    second = series(source)[1]
    number, events = change(
        second,
        reach,
        title="改了名字",
        starts_at=second.starts_at + HOUR,
        ends_at=second.ends_at + 2 * HOUR,
    )

    assert number == sum(changed) - 1
    assert [each.title == "改了名字" for each in events] == changed
    for place, (event, is_changed) in enumerate(zip(events, changed, strict=True)):
        assert event.starts_at == TUESDAY + place * WEEK + is_changed * HOUR
        assert event.ends_at == TUESDAY + place * WEEK + (3 + 2 * is_changed) * HOUR
        assert event.shifts[0].starts_at == event.starts_at - HOUR
    assert events[0].changes == (["time"] if changed[0] else [])


def test_what_one_event_has_of_its_own_is_kept(source):
    events = series(source)
    change(events[2], Reach.ONE, what_to_bring="雨衣")
    _number, events = change(events[1], Reach.ALL, title="改了名字")
    assert [each.what_to_bring for each in events] == ["", "", "雨衣", ""]


def test_what_is_cancelled_or_over_stays_as_it_is(source):
    events = series(source)
    with transaction():
        actions.cancel_event(events[2].id, "台风", scope=scope(source), now=NOON)
    _number, events = change(events[1], Reach.ALL, title="改了名字")
    assert [each.title == "改了名字" for each in events] == [True, True, False, True]


def test_when_one_of_them_cannot_be_changed_none_is_and_its_day_is_said(source):
    events = series(source)
    caravan = factories.resource("大篷车")
    factories.booking(caravan, for_event=events[3])
    factories.booking(caravan, starts_at=events[3].ends_at, hours=1)

    with pytest.raises(UnsoundPlanError) as error:
        change(
            events[1],
            Reach.FOLLOWING,
            starts_at=events[1].starts_at + HOUR,
            ends_at=events[1].ends_at + HOUR,
        )

    first, *more = error.value.problems
    assert (first.field, first.values) == ("reach", {"day": "2026-09-29"})
    assert more[0].values["resource"] == "大篷车"
    assert [each.starts_at for each in all_of(events[1].series_id)] == [
        TUESDAY + number * WEEK for number in range(4)
    ]


@pytest.fixture
def planner(client, at, source):
    at(NOON)
    client.sign_in(db.session.get(factories.Person, source.created_by_id))
    return client


def test_the_dates_are_looked_at_before_the_series_is_made_once(planner, source):
    address = f"/organise/events/{source.id}/series"
    assert "排成系列" in planner.get(f"/organise/events/{source.id}").text
    assert "看看有哪些日期" in planner.get(address).text
    asked = {
        "frequency": "weekly", "every": "1", "weekdays": ["1"], "until": "2026-10-13",
        "skips_holidays": "y", "request_key": "k",
    }  # fmt: skip

    looked = planner.post(address, data={**asked, "then": "look"})
    assert looked.status_code == 200
    assert "还有 4 场" in looked.text
    assert "放假不排：10月6日（周二）" in looked.text
    assert db.session.scalar(select(func.count(Event.id))) == 1

    made = planner.post(address, data={**asked, "then": "make"})
    again = planner.post(address, data={**asked, "then": "make"})
    assert made.location.endswith(f"/organise/events/{source.id}")
    assert again.status_code in (302, 409)
    assert db.session.scalar(select(func.count(Event.id))) == 5

    form = planner.get(f"/organise/events/{source.id}/edit").text
    assert "系列里还没办的全部" in form
    text = planner.get(f"/organise/events/{source.id}").text
    assert "排成系列" not in text
    assert "属于一个系列" in text


def test_a_year_without_published_holidays_is_warned_of(planner, source):
    asked = {"frequency": "monthly", "every": "1", "until": "2027-02-01", "skips_holidays": "y"}
    text = planner.post(f"/organise/events/{source.id}/series", data={**asked, "then": "look"}).text
    assert "2027 年的放假安排还没有公布" in text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"until": ""}, "不能没有尽头"), ({"until": "2026-09-01"}, "一场也排不出来"),
     ({"until": "2031-01-01"}, "最多 200 场"), ({"every": "0"}, "请填写 1 到 52 之间的数"),
     ({"frequency": "hourly"}, 'class="error'), ({"weekdays": ["9"]}, 'class="error')],
)  # fmt: skip
def test_what_gives_no_series_is_explained(planner, source, wrong, said):
    asked = {"frequency": "weekly", "every": "1", "until": "2026-10-13", "then": "make", **wrong}
    answer = planner.post(f"/organise/events/{source.id}/series", data=asked)
    assert answer.status_code == 422
    assert said in answer.text
    assert db.session.scalar(select(func.count(Event.id))) == 1


def test_the_whole_series_is_changed_from_the_form(planner, source):
    series(source)
    address = f"/organise/events/{source.id}/edit"
    asked = {
        "title": "新名字", "starts_at": "2026-09-08T10:00", "ends_at": "2026-09-08T13:00",
        "organisation_id": source.organisation_id, "venue_id": f"#{source.venue_id}",
        "contact_phone": "13800138000", "risk_notice": "注意安全", "max_companions": "0",
        "asks_name": "no", "asks_phone": "no", "moves_shifts": "y",
        "version": db.session.get(Event, source.id).version, "reach": "all",
    }  # fmt: skip
    assert planner.post(address, data=asked).status_code == 302
    assert {each.title for each in all_of(source.series_id)} == {"新名字"}
    assert {each.starts_at.hour for each in all_of(source.series_id)} == {2}
