"""What an event needs: written down, booked, and carried along when the event changes."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from tests import factories
from tests.client import counted_queries
from tests.factories import HOUR, NOON
from volunteer_hub.core.database import db
from volunteer_hub.core.transaction import transaction
from volunteer_hub.events import actions, queries
from volunteer_hub.events.errors import UnsoundPlanError
from volunteer_hub.events.models import Status
from volunteer_hub.organisations.queries import scope_of
from volunteer_hub.resources.models import Booking, Requirement
from volunteer_hub.resources.rules import Kind, Purpose

DAY = 24 * HOUR


@pytest.fixture
def event(client, at):
    """Return a draft of tomorrow noon, whose organiser is signed in."""
    at(NOON)
    made = factories.event(status=Status.DRAFT)
    client.sign_in(db.session.get(factories.Person, made.created_by_id))
    return made


def page_of(event):
    return f"/organise/events/{event.id}/resources"


def rows(model):
    db.session.rollback()
    return db.session.scalars(select(model).order_by(model.id)).all()


def scope(event):
    return scope_of(event.created_by_id)


def card(text, title):
    return text.split(f"<h2>{title}</h2>", 1)[1].split("</section>")[0]


def test_a_requirement_is_written_down_met_and_taken_back(client, event):
    caravan = factories.resource("大篷车")
    factories.resource("小面包车", seats=7)

    client.post(page_of(event), data={"what": "vehicle", "number": "１", "min_seats": "12"})
    needed = card(client.get(page_of(event)).text, "车辆（至少 12 座）")
    assert "可以预订" in needed
    assert "大篷车" in needed
    assert "小面包车" not in needed

    client.post(f"{page_of(event)}/{caravan.id}/book")
    assert "已订好" in card(client.get(page_of(event)).text, "车辆（至少 12 座）")
    (booking,) = rows(Booking)
    assert (booking.starts_at, booking.title) == (event.starts_at, event.title)

    for _twice in range(2):
        client.post(f"/organise/events/{event.id}/bookings/{booking.id}/release")
    (requirement,) = rows(Requirement)
    client.post(f"/organise/events/{event.id}/requirements/{requirement.id}/drop")
    assert (rows(Booking), rows(Requirement)) == ([], [])
    assert "还没有写需要什么" in client.get(page_of(event)).text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"what": ""}, "请从列表里选择一项"),
        ({"what": "rocket"}, "请从列表里选择一项"),
        ({"what": "#999"}, "请从列表里选择一项"),
        ({"number": "0"}, "请填写 1 到 20 之间的数"),
        ({"min_seats": "-1"}, "请填写 1 到"),
    ],
)
def test_what_nobody_can_need_is_explained(client, event, wrong, said):
    answer = client.post(page_of(event), data={"what": "kit", "number": "1", **wrong})

    assert answer.status_code == 422
    assert said in answer.text
    assert rows(Requirement) == []


@pytest.mark.parametrize(
    ("more", "purpose", "state", "next_step"),
    [
        ({}, Purpose.OTHER, "时间冲突", "请换一个时间，或换一个同类的。"),
        ({}, Purpose.MAINTENANCE, "没有可用的", "请所属单位改一下检修的时间。"),
        ({"valid_until": date(2026, 9, 5)}, None, "没有可用的", "在资料里更新有效期"),
        ({"is_active": False}, None, "没有可用的", "已经停用"),
        ({"is_shared": False}, None, "可以预订", "请打电话给所属单位商量"),
    ],
)
def test_what_cannot_be_had_says_why_and_what_to_do(client, event, more, purpose, state, next_step):
    caravan = factories.resource(of=factories.organisation(region_code="210603"), **more)
    if purpose:
        factories.booking(caravan, starts_at=event.starts_at, purpose=purpose)
    factories.requirement(event, Kind.VEHICLE)

    assert state in card(client.get(page_of(event)).text, "车辆")
    answer = client.post(f"{page_of(event)}/{caravan.id}/book", follow_redirects=True)

    assert next_step in answer.text
    assert [each for each in rows(Booking) if each.event_id] == []


def test_the_check_list_of_a_draft_and_the_event_page_say_what_is_missing(client, event):
    caravan = factories.resource("大篷车")
    need = factories.requirement(event, Kind.VEHICLE, resource_id=caravan.id)
    factories.requirement(event, Kind.DRIVER)

    text = client.get(f"/organise/events/{event.id}").text
    assert "车辆还没有落实" in text
    assert "司机还没有落实" in text
    assert "大篷车" in text.split("<h2>车辆和器材</h2>", 1)[1].split("</section>")[0]

    factories.booking(caravan, for_event=event)
    db.session.delete(db.session.get(Requirement, need.id + 1))
    db.session.commit()
    text = client.get(f"/organise/events/{event.id}").text
    assert "还没有落实" not in text
    assert "订好车辆、司机和器材" in text


def moved(event, by):
    """Move the event as its organiser would."""
    draft = queries.draft_of(event)
    with transaction():
        actions.move_event(
            event.id,
            draft.starts_at + by,
            "",
            scope=scope(event),
            expected_version=event.version,
            now=NOON,
        )


def test_bookings_go_along_when_an_event_moves(event):
    caravan = factories.resource(before_minutes=60)
    factories.booking(caravan, for_event=event)

    moved(event, HOUR)  # overlaps its own old time, which is no conflict

    (booking,) = rows(Booking)
    assert booking.starts_at == NOON + DAY + HOUR
    assert booking.busy_from == NOON + DAY


@pytest.mark.parametrize(
    ("purpose", "valid_until", "said"),
    [
        (Purpose.OTHER, date(2027, 1, 1), "已经订给"),
        (Purpose.MAINTENANCE, date(2027, 1, 1), "要检修"),
        (None, date(2026, 9, 6), "已过有效期"),
    ],
)
def test_a_conflict_is_said_before_a_move_is_saved(event, purpose, valid_until, said):
    caravan = factories.resource("大篷车", valid_until=valid_until)
    factories.booking(caravan, for_event=event)
    if purpose:
        factories.booking(caravan, starts_at=NOON + 2 * DAY, purpose=purpose)

    with pytest.raises(UnsoundPlanError) as error:
        moved(event, DAY)

    (problem,) = error.value.problems
    assert problem.field == "starts_at"
    assert said in problem.message
    assert problem.values["resource"] == "大篷车"
    assert rows(Booking)[0].starts_at == event.starts_at == NOON + DAY


def test_a_new_title_is_the_bookings_too(client, event):
    factories.booking(factories.resource(), for_event=event)
    draft = queries.draft_of(event)
    with transaction():
        actions.edit_event(
            event.id,
            type(draft)(**{**_values(draft), "title": "改了名字"}),
            scope=scope(event),
            expected_version=event.version,
            moves_shifts=True,
            now=NOON,
        )
    assert rows(Booking)[0].title == "改了名字"


def _values(draft):
    return {name: getattr(draft, name) for name in type(draft).__dataclass_fields__}


def test_cancelling_and_discarding_give_everything_back(event):
    other = factories.event()
    for each in (event, other):
        factories.booking(factories.resource(), for_event=each)
        factories.requirement(each, Kind.KIT)
    with transaction():
        actions.cancel_event(other.id, "台风", scope=scope(other), now=NOON)
        actions.discard_draft(event.id, scope=scope(event), now=NOON)

    assert rows(Booking) == []
    assert [each.event_id for each in rows(Requirement)] == [other.id]


def test_a_copy_needs_the_same_and_has_booked_nothing(event):
    factories.requirement(event, Kind.VEHICLE, number=2, min_seats=12)
    factories.booking(factories.resource(), for_event=event)
    with transaction():
        copy = actions.copy_event(event.id, scope=scope(event), now=NOON)

    (needed,) = [each for each in rows(Requirement) if each.event_id == copy.id]
    assert (needed.kind, needed.number, needed.min_seats) == (Kind.VEHICLE, 2, 12)
    assert [each.event_id for each in rows(Booking)] == [event.id]


def test_days_on_which_all_is_free_are_offered_and_open_the_plan_on_that_day(client, event):
    caravan, driver = factories.resource(), factories.resource("唐方向", kind=Kind.DRIVER)
    hall = factories.resource("礼堂", kind=Kind.HALL, seats=200)
    for each in (caravan, driver, hall):
        factories.requirement(event, each.kind, resource_id=each.id)
        factories.booking(each, for_event=event)
    factories.booking(caravan, starts_at=NOON + 2 * DAY)
    factories.booking(driver, starts_at=NOON + 3 * DAY - 2 * HOUR)
    factories.booking(hall, starts_at=NOON + 4 * DAY, purpose=Purpose.MAINTENANCE)

    days = [span.start for span in queries.free_days(event, queries.resources_of(event), now=NOON)]
    assert days == [NOON + day * DAY for day in range(5, 22)]

    text = client.get(page_of(event)).text.split("三周内哪天都有空", 1)[1]
    assert "9月10日（周四） 12:00" in text
    assert "班" in text.split("9月20日（周日）", 1)[1].split("</li>")[0]
    form = client.get(f"/organise/events/{event.id}/edit?starts_at=2026-09-10T12:00").text
    assert 'value="2026-09-10T12:00"' in form
    assert 'value="2026-09-10T15:00"' in form
    assert rows(Booking)[0].starts_at == event.starts_at


@pytest.mark.parametrize("text", ["soon", "0001-01-01T00:00", "2026-99-01"])
def test_a_start_that_is_none_is_not_offered(client, event, text):
    form = client.get(f"/organise/events/{event.id}/edit?starts_at={text}").text
    assert 'value="2026-09-06T12:00"' in form


def test_another_organisation_s_event_is_not_theirs_to_equip(client, event):
    other = factories.event(of=factories.organisation(region_code="210603"),
                            at_venue=factories.venue(region_code="210603"))  # fmt: skip
    caravan = factories.resource()
    booking = factories.booking(caravan, for_event=other)

    assert client.get(page_of(other)).status_code == 404
    assert client.post(f"{page_of(other)}/{caravan.id}/book").status_code == 404
    release = f"/organise/events/{{}}/bookings/{booking.id}/release"
    assert client.post(release.format(other.id)).status_code == 404
    assert client.post(release.format(event.id)).status_code == 404
    assert len(rows(Booking)) == 1


def test_the_page_costs_the_same_with_one_and_with_many_things(client, event):
    def cost(number):
        for _ in range(number):
            each = factories.resource()
            factories.requirement(event, Kind.VEHICLE)
            factories.booking(each, for_event=event)
        client.get(page_of(event))
        with counted_queries() as statements:
            client.get(page_of(event))
        return len(statements)

    assert cost(1) == cost(3) <= 12


def test_a_cancelled_event_books_nothing(client, event):
    caravan = factories.resource()
    event.status = Status.CANCELLED
    db.session.commit()

    assert client.post(f"{page_of(event)}/{caravan.id}/book").status_code == 409
    assert rows(Booking) == []
