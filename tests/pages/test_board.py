"""The planner's board: weeks, lists with actions on many, what is missing, what conflicts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import factories
from tests.client import counted_queries
from tests.factories import HOUR, NOON
from volunteer_hub.core.database import db
from volunteer_hub.events.models import Event, Status
from volunteer_hub.resources.rules import Kind, Purpose

DAY = timedelta(days=1)


@pytest.fixture
def desk(client, at):
    """Return an organisation, its organiser who is signed in, and a venue."""
    at(NOON)
    of = factories.organisation("凤城市科协示例")
    by = factories.organiser(of)
    client.sign_in(by)
    return {"of": of, "by": by, "at_venue": factories.venue()}


def board(client, view, **more):
    answer = client.get("/organise/season", query_string={"view": view, **more})
    assert answer.status_code == 200
    return answer.text


def press(client, action, *events, **more):
    chosen = {"events": [event.id for event in events], "action": action, **more}
    return client.post("/organise/season/events", data=chosen)


def fresh(event):
    db.session.expire_all()
    return db.session.get(Event, event.id)


def test_a_week_shows_its_days_with_holidays_and_its_neighbours(client, desk):
    factories.event("这周日的", starts_at=NOON + DAY, **desk)
    factories.event("下周的", starts_at=NOON + 5 * DAY, **desk)

    this, later = board(client, "week"), board(client, "week", on="2026-09-10")

    assert ("这周日的" in this, "下周的" in this) == (True, False)
    assert ("这周日的" in later, "下周的" in later) == (False, True)
    assert "on=2026-09-07" in this  # the next week's Monday


def test_filters_narrow_each_view_and_stay_in_its_addresses(client, desk):
    factories.event("大篷车那场", starts_at=NOON + DAY, **desk)
    factories.event("银龄那场", campaign_code="silver", starts_at=NOON + DAY, **desk)
    factories.event("取消那场", status=Status.CANCELLED, starts_at=NOON + DAY, **desk)

    for view in ("month", "week", "list"):
        text = board(client, view, campaign="silver")
        assert "银龄那场" in text
        assert "大篷车那场" not in text
        assert "取消那场" not in text
        assert "campaign=silver&amp;view=missing" in text
    assert "取消那场" in board(client, "list", state="cancelled")
    assert "大篷车那场" not in board(client, "list", unit=str(factories.organisation().id))


def test_nobody_sees_or_changes_what_others_plan(client, desk):
    foreign = factories.event("别人的", status=Status.DRAFT, starts_at=NOON + DAY,
                              of=factories.organisation(region_code="210681"),
                              at_venue=factories.venue("东港馆", "210681"))  # fmt: skip

    for view in ("month", "week", "list", "missing", "conflicts"):
        assert "别人的" not in board(client, view)
    assert press(client, "cancel!", foreign, reason="不办了").status_code == 302
    assert fresh(foreign).status is Status.DRAFT


def test_several_are_published_and_what_is_not_ready_says_so(client, desk):
    ready = factories.event(
        "齐了", status=Status.DRAFT, contact_name="周望星", contact_phone="13800138000",
        risk_notice="慢行", **desk,
    )  # fmt: skip
    factories.post(factories.shift(ready))
    bare = factories.event("没齐", status=Status.DRAFT, **desk)

    answer = press(client, "publish", ready, bare, return_to="/organise/season?view=list")

    assert answer.location == "/organise/season?view=list"
    text = board(client, "list")
    assert fresh(ready).status is Status.PUBLISHED
    assert fresh(bare).status is Status.DRAFT
    assert "没齐（" in text


def test_to_call_off_several_asks_first_and_wants_a_reason(client, desk):
    one, two = (factories.event(title, **desk) for title in ("一", "二"))

    asked = press(client, "cancel", one, two)
    assert asked.status_code == 200
    assert fresh(one).status is Status.PUBLISHED
    assert press(client, "cancel!", one, two).status_code == 422
    press(client, "cancel!", one, two, reason="下大雪")

    assert {fresh(one).status, fresh(two).status} == {Status.CANCELLED}
    assert fresh(two).cancel_reason == "下大雪"


def test_several_are_copied_once_however_often_the_button_is_pressed(client, desk):
    event = factories.event("每周一场", **desk)

    for _ in range(2):
        press(client, "copy", event, request_key="k1")

    assert db.session.query(Event).filter_by(title="每周一场").count() == 2


def test_several_are_given_to_somebody_else(client, desk):
    one, two = (factories.event(title, **desk) for title in ("一", "二"))

    assert press(client, "assign", one, two).status_code == 200
    assert press(client, "assign!", one, two, contact_name="林小禾").status_code == 422
    press(client, "assign!", one, two, contact_name="林小禾", contact_phone="138 0013 8000")

    assert {fresh(event).contact_phone for event in (one, two)} == {"13800138000"}


def test_nothing_ticked_is_said_so(client, desk):
    press(client, "publish")
    assert "请先勾选活动" in board(client, "list")


def test_what_is_missing_stands_under_what_it_is(client, desk):
    short = factories.event("缺人的", **desk)
    factories.post(factories.shift(short), min_people=2)
    factories.requirement(factories.event("缺车的", starts_at=NOON + 2 * DAY, **desk))
    factories.event("超期的", starts_at=NOON - 30 * DAY, **desk)
    factories.event("刚结束的", starts_at=NOON - 5 * HOUR, **desk)
    factories.event("近处的草稿", status=Status.DRAFT, starts_at=NOON + 3 * DAY, **desk)
    factories.event("远处的草稿", status=Status.DRAFT, starts_at=NOON + 30 * DAY, **desk)

    text = board(client, "missing")

    for title in ("缺人的", "缺车的", "超期的", "近处的草稿"):
        assert title in text
    assert "至少还缺 2 人" in text
    assert "远处的草稿" not in text
    assert "刚结束的" not in text


def test_what_is_booked_is_not_missing(client, desk):
    event = factories.event("有车的", **desk)
    factories.requirement(event, kind=Kind.VEHICLE)
    factories.booking(factories.resource(of=desk["of"]), for_event=event)

    assert "有车的" not in board(client, "missing")


def test_conflicts_name_both_events_and_why(client, desk):
    start = NOON + 3 * DAY  # a Tuesday
    factories.event("先来的", starts_at=start, contact_phone="13800138000", **desk)
    factories.event("后来的", starts_at=start + HOUR, **desk)
    factories.event("紧接着的", starts_at=start + 4 * HOUR, **desk)
    elsewhere = desk | {"at_venue": factories.venue("文化站", type_code="culture_station")}
    factories.event("同一个人", starts_at=start, contact_phone="13800138000", **elsewhere)
    factories.event("周末去学校", starts_at=NOON + 7 * DAY, **desk)
    caravan = factories.resource(of=desk["of"])
    wants = factories.event("要车的", starts_at=start, **elsewhere)
    factories.requirement(wants, resource_id=caravan.id)
    factories.booking(caravan, starts_at=start)

    text = board(client, "conflicts")

    for words in ("同一个地点", "同一位联系人", "学校这天不上课", "已经订给别人"):
        assert words in text
    assert "和“后来的”" in text
    assert "紧接着的" not in text


@pytest.mark.parametrize("view", ["week", "list", "missing", "conflicts"])
def test_each_view_costs_the_same_however_many_events(client, desk, view):
    costs = []
    for number in range(2):
        for _ in range(1 + number):
            event = factories.event(starts_at=NOON + DAY, **desk)
            factories.requirement(event)
            factories.post(factories.shift(event))
        board(client, view)
        with counted_queries() as statements:
            board(client, view)
        costs.append(len(statements))
    assert costs[0] == costs[1] <= 12


def test_what_is_refused_among_several_stays_as_it_was(client, desk):
    trip_of = [factories.event(name, starts_at=NOON + day * 24 * HOUR, **desk)
               for name, day in (("第一站", 1), ("第二站", 2))]  # fmt: skip
    van = factories.resource(of=desk["of"])
    trip = factories.trip(stops=trip_of)
    booked = factories.booking(van, starts_at=trip.leaves_at, hours=48, purpose=Purpose.EVENT)
    booked.trip_id, van.is_active = trip.id, False
    db.session.commit()
    named = {"contact_name": "周望星", "contact_phone": "13800138000"}

    press(client, "assign!", *trip_of, **named)

    assert "2 场没有改" in board(client, "list")
    assert {fresh(each).contact_phone for each in trip_of} == {""}
