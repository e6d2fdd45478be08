"""The planner's one page, the trip's own page, its papers and its figures."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from tests import factories
from tests.factories import HOUR, NOON
from volunteer_hub.core.database import db
from volunteer_hub.core.formats import phone344
from volunteer_hub.events.models import Event, Status
from volunteer_hub.resources.models import Booking
from volunteer_hub.resources.rules import Kind
from volunteer_hub.trips.models import StopReport, Trip

FENGCHENG = (40.4525, 124.0670)
TONGYUANPU = (40.7620, 123.9120)


@pytest.fixture
def organiser(client, at):
    """Return an organiser who is signed in; two schools are there."""
    at(NOON)
    who = factories.organiser()
    client.sign_in(who)
    factories.venue("凤凰城小学", at=FENGCHENG)
    factories.venue("通远堡镇小学", at=TONGYUANPU)
    factories.venue("丹东科技馆", at=(40.1299, 124.3837))
    return who


def filled(**more):
    return {
        "campaign": "caravan",
        "title": "大篷车凤城行",
        "depot_id": "丹东科技馆",
        "leaves_at": "2026-09-08T07:00",
        "goes_home": "home",
        "day_starts_minute": "420",
        "set_up_minutes": "30",
        "pack_up_minutes": "20",
        "contact_name": "周望星",
        "contact_phone": "13800000003",
        "stops-0-venue_id": "凤凰城小学",
        "stops-0-starts_at": "2026-09-08T09:30",
        "stops-0-minutes": "90",
        "stops-0-audience_codes": "youth",
        "stops-1-venue_id": "通远堡镇小学",
        "stops-1-starts_at": "2026-09-08T14:00",
        "stops-1-minutes": "120",
        "stops-1-audience_codes": "youth",
        **more,
    }


def value_of(text, name):
    field = re.search(rf'<input[^>]*name="{name}"[^>]*>', text)[0]
    return re.search(r'value="([^"]*)"', field)[1]


def trip():
    db.session.rollback()
    return db.session.scalars(select(Trip)).one()


def stops():
    db.session.rollback()
    return db.session.scalars(select(Event).order_by(Event.starts_at)).all()


def test_a_trip_is_planned_saved_and_shown(client, organiser):
    first = client.get("/organise/trips/new")
    assert "直线距离 × 1.35 ÷ 每小时 45 公里，再加 15 分钟" in first.text
    assert value_of(first.text, "leaves_at") == "2026-09-08T08:00"

    answer = client.post("/organise/trips/new", data=filled())
    assert answer.status_code == 302
    text = client.get(answer.location).text
    assert "约 60 公里，路上约 96 分钟" in text
    assert "第 1 站" in text
    assert "发布整个行程" in text
    assert "大篷车凤城行" in client.get("/organise/trips").text


def test_buttons_change_the_form_and_save_nothing(client, organiser):
    longer = client.post("/organise/trips/new", data=filled(then="add")).text
    assert value_of(longer, "stops-2-minutes") == "120"
    assert value_of(longer, "stops-2-starts_at") == "2026-09-08T17:50"  # 16:00 + 20 + 60 + 30
    assert "autofocus" in re.search(r'<input[^>]*name="stops-2-venue_id"[^>]*>', longer)[0]

    swapped = client.post("/organise/trips/new", data=filled(then="down-0")).text
    assert value_of(swapped, "stops-0-venue_id").startswith("通远堡镇小学")
    assert value_of(swapped, "stops-0-starts_at") == "2026-09-08T09:30"
    shorter = client.post("/organise/trips/new", data=filled(then="drop-0")).text
    assert "stops-1-venue_id" not in shorter
    assert db.session.scalars(select(Trip)).all() == []


def test_too_early_names_the_earliest_time_and_one_press_mends_it(client, organiser):
    wanted = filled(**{"stops-1-starts_at": "2026-09-08T11:30"}, notes="限高 3.2 米")
    refused = client.post("/organise/trips/new", data=wanted)

    assert refused.status_code == 422
    assert "布展以后最早 09-08 13:15 才能开始" in refused.text
    assert "限高 3.2 米" in refused.text
    assert 'value="put_off-1"' in refused.text
    mended = client.post("/organise/trips/new", data=wanted | {"then": "put_off-1"}).text
    assert value_of(mended, "stops-1-starts_at") == "2026-09-08T13:15"
    assert "大篷车赶不到" not in mended
    tomorrow = client.post("/organise/trips/new", data=wanted | {"then": "next_day-1"}).text
    assert value_of(tomorrow, "stops-1-starts_at") == "2026-09-09T10:15"
    sooner = wanted | {"stops-0-starts_at": "2026-09-08T08:00", "then": "leave-0"}
    left = client.post("/organise/trips/new", data=sooner).text
    assert value_of(left, "leaves_at") == "2026-09-08T05:50"


@pytest.mark.parametrize(
    "odd", [{"stops-0-venue_id": "没有这个地方"}, {"stops-1-starts_at": "明天九点"},
            {"stops-0-minutes": "五"}, {"title": ""}, {"stops-1-minutes": "5000"}]
)  # fmt: skip
def test_what_is_typed_wrong_is_kept_and_blamed(client, organiser, odd):
    answer = client.post("/organise/trips/new", data=filled(**odd))

    assert answer.status_code == 422
    assert "请看一下这里" in answer.text
    name, typed = next(iter(odd.items()))
    assert value_of(answer.text, name) == typed


def test_pressing_save_twice_makes_one_trip(client, organiser):
    for _press in range(2):
        client.post("/organise/trips/new", data=filled(request_key="a" * 32))
    assert trip().title == "大篷车凤城行"


def planned(client):
    return client.post("/organise/trips/new", data=filled()).location


def edited(client, address):
    """Return what the form for changing a trip would send."""
    text = client.get(address + "/edit").text
    names = re.findall(r'<input[^>]*name="((?:stops-[01]-)?[a-z_]+)"', text)
    typed = {name: value_of(text, name) for name in names if not name.endswith("_codes")}
    return typed | {"goes_home": "home", "day_starts_minute": "420"}


def test_a_saved_trip_is_changed_on_the_same_page(client, organiser):
    address = planned(client)
    wanted = edited(client, address)

    answer = client.post(address + "/edit", data=wanted | {"stops-0-expected_people": "320"})
    assert answer.status_code == 302
    assert "预计 320 人" in client.get(address).text
    again = client.post(address + "/edit", data=wanted | {"title": "晚了一步"})
    assert again.status_code == 422
    assert "有人刚刚改过这个行程" in again.text
    assert value_of(again.text, "title") == "晚了一步"
    assert value_of(again.text, "stamp") != wanted["stamp"]


def test_the_whole_trip_is_published_at_once(client, organiser):
    address = planned(client)
    lacking = stops()[1]
    lacking.risk_notice = ""
    db.session.commit()
    assert "发布整个行程" not in client.get(address).text
    client.post(address + "/publish")
    assert {each.status for each in stops()} == {Status.DRAFT}
    stops()[1].risk_notice = "听老师安排"
    db.session.commit()

    client.post(address + "/publish")
    assert {each.status for each in stops()} == {Status.PUBLISHED}
    public = client.get(f"/trips/{trip().id}").text
    assert "走 2 站" in public
    assert "通远堡镇小学" in public


def test_a_draft_is_not_public(client, organiser):
    planned(client)
    assert client.get(f"/trips/{trip().id}").status_code == 404


def test_things_are_booked_for_the_whole_trip(client, organiser):
    address = planned(client)
    bus = factories.resource("科普大篷车", seats=30)
    driver = factories.resource("车向前", kind=Kind.DRIVER, licence_class="C1")
    away = factories.resource("借走的箱子", kind=Kind.KIT)
    factories.booking(of=away, starts_at=trip().leaves_at + HOUR, title="省馆借用")

    page = client.get(address + "/resources").text
    assert "省馆借用" in page
    for thing in (bus, driver, away):
        client.post(f"{address}/resources/{thing.id}/book")
    page = client.get(address + "/resources").text
    assert "没有一位司机的准驾车型能开“科普大篷车”" in page
    bookings = db.session.scalars(select(Booking).where(Booking.trip_id == trip().id)).all()
    assert {each.resource_id for each in bookings} == {bus.id, driver.id}
    client.post(f"{address}/bookings/{bookings[0].id}/release")
    assert len(db.session.scalars(select(Booking)).all()) == 2


def test_the_run_sheet_names_who_does_what_and_only_responsible_people_s_phones(client, organiser):
    address = planned(client)
    event = stops()[0]
    event.venue.contact_name, event.venue.contact_phone = "李校长", "04158123456"
    driver = factories.volunteer(name="车向前")
    bus_driver = factories.resource("车向前", kind=Kind.DRIVER, volunteer_id=driver.id)
    guide = factories.volunteer(name="林小禾")
    factories.assignment(event.shifts[0].posts[0], guide)
    client.post(f"{address}/resources/{bus_driver.id}/book")

    sheet = client.get(address + "/sheet").text
    for said in ("第 2 站", "从上一站过来", "林小禾", "李校长", "0415-8123456", "里程表"):
        assert said in sheet
    phone = driver.person.phone
    assert phone344(phone) in sheet
    assert guide.person.phone[7:] not in sheet


def test_every_stop_has_its_poster(client, organiser):
    address = planned(client)
    text = client.get(address + "/posters").text

    assert text.count("sheet--poster") == 2
    assert text.count("<svg") >= 2


def test_figures_are_filled_in_after_the_trip_and_summed(client, organiser):
    address = planned(client)
    one, two = (each.id for each in stops())
    typed = {
        "odometer_start_km": "１０００", "odometer_end_km": "1180",
        "stops-0-event_id": one, "stops-0-people": "310", "stops-0-exhibits": "26",
        "stops-0-leaflets": "800", "stops-0-odometer_km": "1062",
        "stops-1-event_id": two, "stops-1-people": "90", "stops-1-exhibits": "24",
        "stops-1-leaflets": "200",
    }  # fmt: skip

    assert client.post(address + "/report", data=typed).status_code == 302
    text = client.get(address).text
    for figure in ("180", "1,000", "400", "26"):
        assert f">{figure}<" in re.sub(r"\s+", "", text)
    wrong = client.post(address + "/report", data=typed | {"odometer_end_km": "1010"})
    assert wrong.status_code == 422
    assert "里程表不会倒走" in wrong.text
    assert len(db.session.scalars(select(StopReport)).all()) == 2


def test_others_do_not_find_it(client, organiser, app):
    address = planned(client)
    stranger = app.test_client()
    stranger.sign_in(factories.organiser())

    for page in ("", "/edit", "/resources", "/report", "/sheet", "/posters"):
        assert stranger.get(address + page).status_code == 404, page
    assert stranger.post(address + "/publish").status_code == 404
