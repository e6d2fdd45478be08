"""It changed on the road: the stops that are left are moved or called off for everybody at once."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from tests import factories
from tests.client import counted_queries
from tests.factories import HOUR, NOON
from volunteer_hub.assignments import tasks
from volunteer_hub.assignments.models import Call, State
from volunteer_hub.core.database import db
from volunteer_hub.core.outbox import OutboxMessage
from volunteer_hub.events.models import Event, Status
from volunteer_hub.registrations import tasks as registration_tasks
from volunteer_hub.resources.rules import Purpose


@pytest.fixture
def trip(client, at):
    """Return a published trip of two stops, whose organiser is signed in."""
    at(NOON)
    of = factories.organisation()
    by = factories.organiser(of)
    client.sign_in(by)
    stops = [
        factories.event(f"第{number}站", of=of, by=by, starts_at=NOON + 24 * number * HOUR)
        for number in (1, 2)
    ]
    return factories.trip(stops=stops, by=by)


def address(trip, part=""):
    return f"/organise/trips/{trip.id}/change{part}"


def stops(trip):
    db.session.rollback()
    statement = select(Event).where(Event.trip_id == trip.id).order_by(Event.starts_at)
    return list(db.session.scalars(statement))


def filled(client, trip, **more):
    page = client.get(address(trip)).text
    hidden = {
        name: re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)[1]
        for name in ("request_key", "stamp")
    }
    return hidden | {
        "stops": [str(each.id) for each in stops(trip)],
        "what": "cancel", "reason": "下雪封路", **more,
    }  # fmt: skip


def told(kind):
    db.session.rollback()
    return list(db.session.scalars(select(OutboxMessage).filter_by(kind=kind)))


def test_one_press_moves_every_stop_and_tells_everybody(client, trip, at):
    one, two = stops(trip)
    volunteer = factories.assignment(factories.post(factories.shift(one)))
    volunteer.answered_at = NOON - HOUR
    factories.registration(two, phone="13700001234")
    values = filled(client, trip, what="move", starts_at="2026-09-08T12:00")

    at(NOON + HOUR)
    answer = client.post(address(trip), data=values)
    again = client.post(address(trip), data=values)
    assert answer.status_code == 302
    assert answer.location == again.location
    assert [each.starts_at for each in stops(trip)] == [NOON + 72 * HOUR, NOON + 96 * HOUR]
    tasks.follow_events(NOON + HOUR)
    registration_tasks.tell_registrants(NOON + HOUR)
    assert len(told("event_changed")) == 2
    assert {each.params["reason"] for each in told("event_changed")} == {"下雪封路"}


def test_the_rest_of_a_trip_is_called_off_and_the_notices_are_printed(client, trip):
    _one, two = stops(trip)
    values = filled(client, trip, stops=[str(two.id)])

    assert client.post(address(trip), data=values).status_code == 302
    assert [each.status for each in stops(trip)] == [Status.PUBLISHED, Status.CANCELLED]
    notices = client.get(address(trip, "/notices")).text
    assert notices.count("sheet--poster") == 1
    assert "下雪封路" in notices
    assert (
        "下雪封路" in client.get(f"/trips/{trip.id}").text
        or "已取消" in client.get(f"/trips/{trip.id}").text
    )


def test_who_is_on_several_stops_is_rung_once(client, trip, monkeypatch):
    monkeypatch.setattr("volunteer_hub.events.concerned.can_be_told", lambda **_ways: False)
    someone = factories.volunteer()
    for event in stops(trip):
        factories.assignment(factories.post(factories.shift(event)), someone)
    client.post(address(trip), data=filled(client, trip))
    page = client.get(address(trip, "/calls")).text

    value = f"person-{someone.person_id}"
    assert page.count(value) == 1
    about = re.search(r'name="about"\s+value="([^"]*)"', page)[1]
    client.post(address(trip, "/called"), data={"who": value, "about": about})
    db.session.rollback()
    assert len(db.session.scalars(select(Call)).all()) == 2
    assert "1 / 1" in client.get(address(trip, "/calls")).text
    client.post(address(trip, "/called"), data={"who": value, "about": about, "undo": "1"})
    db.session.rollback()
    assert db.session.scalars(select(Call)).all() == []
    stale = client.post(address(trip, "/called"), data={"who": value, "about": "gestern"})
    assert stale.status_code == 302


def test_a_stop_that_nobody_can_reach_in_time_is_no_new_time(client, trip):
    _one, two = stops(trip)
    early = filled(client, trip, what="move", stops=[str(two.id)], starts_at="2026-09-06T15:30")
    answer = client.post(address(trip), data=early)

    assert answer.status_code == 422
    assert "最早" in answer.text
    assert "下雪封路" in answer.text
    assert stops(trip)[1].starts_at == NOON + 48 * HOUR


def test_who_presses_on_top_of_somebody_else_is_told(client, trip):
    values = filled(client, trip)
    stops(trip)[0].summary = "改了一下"
    db.session.commit()

    answer = client.post(address(trip), data=values)
    assert answer.status_code == 422
    assert "有人刚刚改过这个行程" in answer.text
    assert {each.status for each in stops(trip)} == {Status.PUBLISHED}


def test_nothing_is_left_to_change_when_all_is_over(client, trip, at):
    at(NOON + 200 * HOUR)
    assert client.get(address(trip)).location == address(trip, "/calls")


def test_assignments_are_called_off(client, trip):
    row = factories.assignment(factories.post(factories.shift(stops(trip)[0])))
    client.post(address(trip), data=filled(client, trip))
    tasks.follow_events(NOON)
    db.session.refresh(row)

    assert row.state is State.CANCELLED
    assert len(told("event_cancelled")) == 1


def test_a_broken_vehicle_keeps_nobody_from_calling_off(client, trip):
    one, two = stops(trip)
    van = factories.resource(of=one.organisation)
    booked = factories.booking(van, starts_at=trip.leaves_at, hours=48, purpose=Purpose.EVENT)
    booked.trip_id, van.is_active = trip.id, False
    db.session.commit()

    answer = client.post(address(trip), data=filled(client, trip, stops=[str(two.id)]))
    assert answer.status_code == 302
    assert [each.status for each in stops(trip)] == [Status.PUBLISHED, Status.CANCELLED]


def test_a_stop_is_called_off_by_itself_though_the_road_was_too_long_already(client, trip):
    _one, two = stops(trip)
    trip.set_up_minutes = 24 * 60
    db.session.commit()

    answer = client.post(f"/organise/events/{two.id}/cancel", data={"reason": "下雪"})
    assert answer.status_code in (302, 303)
    assert [each.status for each in stops(trip)] == [Status.PUBLISHED, Status.CANCELLED]


def test_the_calls_ask_once_about_each_stop(client, trip):
    client.post(address(trip), data=filled(client, trip))
    with counted_queries() as made:
        client.get(address(trip, "/calls"))
    asked = [each for each in made if "FROM registration" in each]
    assert len(asked) == 2
