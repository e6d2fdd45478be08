from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from tests import factories
from tests.client import counted_queries
from tests.factories import NOON
from volunteer_hub.core.database import db
from volunteer_hub.resources.models import Booking, Resource
from volunteer_hub.resources.rules import Kind, Purpose

LIST = "/organise/resources"
TIMES = {"starts_at": "2026-09-07T09:00", "ends_at": "2026-09-07T17:00"}


@pytest.fixture
def own(client, at):
    """Return the organisation whose organiser is signed in."""
    at(NOON)
    organisation = factories.organisation("凤城市科协示例")
    client.sign_in(factories.organiser(organisation))
    return organisation


def rows(model):
    db.session.rollback()
    return db.session.scalars(select(model)).all()


def vehicle(own, **changes):
    given = {
        "name": "科普大篷车", "organisation_id": str(own.id), "plate": "辽F·示例1",
        "seats": "１２", "valid_until": "2027/6/30", "contents": "球幕影院、机器狗",
        "before_minutes": "60", "after_minutes": "30", "is_shared": "y", "is_active": "y",
    }  # fmt: skip
    return {**given, **changes}


def test_a_vehicle_is_added_and_described_anew(client, own):
    assert "加什么" in client.get(f"{LIST}/new").text
    added = client.post(f"{LIST}/new/vehicle", data=vehicle(own))
    (row,) = rows(Resource)
    assert (row.seats, row.valid_until, row.before_minutes) == (12, date(2027, 6, 30), 60)
    assert "球幕影院、机器狗" in client.get(added.location).text

    client.post(f"{LIST}/{row.id}/edit", data=vehicle(own, seats="", is_active=""))
    (row,) = rows(Resource)
    assert (row.seats, row.is_active, row.plate) == (None, False, "辽F·示例1")
    assert "已停用" in client.get(LIST).text


@pytest.mark.parametrize(
    ("kind", "asked", "not_asked"),
    [
        ("driver", "准驾车型", "车牌号"),
        ("kit", "上次清点", "多少座"),
        ("hall", "多少座", "有效期"),
        ("projector", "里面有什么", "准驾车型"),
    ],
)
@pytest.mark.usefixtures("own")
def test_each_kind_is_asked_what_concerns_it(client, kind, asked, not_asked):
    text = client.get(f"{LIST}/new/{kind}").text
    assert asked in text
    assert not_asked not in text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "请填写名称"),
        ({"seats": "0"}, "请填写 1 到 5000 之间的数"),
        ({"valid_until": "2027-02-30"}, "请填写日期，例如"),
        ({"before_minutes": "-1"}, "请填写 0 到 1440 之间的数"),
        ({"organisation_id": "999999"}, "请从列表里选择一项"),
        ({"name": "已有的"}, "已经有一个叫这个名字的了"),
    ],
)
def test_what_cannot_be_comes_back_with_what_was_typed(client, own, wrong, said):
    factories.resource("已有的", of=own)
    answer = client.post(f"{LIST}/new/vehicle", data=vehicle(own, **wrong))

    assert answer.status_code == 422
    assert said in answer.text
    assert "球幕影院、机器狗" in answer.text
    assert len(rows(Resource)) == 1


def test_no_other_kind_and_no_other_s_resource(client, own):
    other = factories.resource(of=factories.organisation(region_code="210603"))
    assert client.get(f"{LIST}/new/rocket").status_code == 404
    assert client.get(f"{LIST}/{other.id}/edit").status_code == 403
    assert client.post(f"{LIST}/{other.id}/edit", data=vehicle(own)).status_code == 403
    page = client.get(f"{LIST}/{other.id}").text
    assert "修改资料" not in page
    assert "登记用途或检修" in page


def test_maintenance_is_noted_and_ends_other_bookings_of_that_time(client, own):
    caravan = factories.resource(of=own)
    address = f"{LIST}/{caravan.id}/book"
    repair = {"title": "年检", "purpose": Purpose.MAINTENANCE.value, **TIMES}

    assert client.post(address, data=repair).status_code == 302
    answer = client.post(address, data={"title": "借用", "purpose": "other", **TIMES})

    assert answer.status_code == 422
    assert "这段时间正在检修，不能预订（年检）" in answer.text
    assert "改一下检修的时间" in answer.text
    (booking,) = rows(Booking)
    assert "检修" in client.get(f"{LIST}/{caravan.id}").text
    for _twice in range(2):
        assert client.post(f"{LIST}/bookings/{booking.id}/release").status_code == 302
    assert rows(Booking) == []


@pytest.mark.parametrize(
    "wrong", [{"title": ""}, {"starts_at": "soon"}, {"ends_at": "2026-09-07T08:00"},
              {"starts_at": "2026-09-01T08:00", "ends_at": "2026-09-01T09:00"},
              {"purpose": "fun"}],
)  # fmt: skip
def test_a_booking_that_cannot_be_is_explained(client, own, wrong):
    caravan = factories.resource(of=own)
    given = {"title": "借用", "purpose": "other", **TIMES, **wrong}
    answer = client.post(f"{LIST}/{caravan.id}/book", data=given)
    assert answer.status_code == 422
    assert 'class="error' in answer.text
    assert rows(Booking) == []


def test_the_list_says_how_things_stand_now_and_can_be_narrowed(client, own):
    factories.booking(factories.resource("在路上的", of=own), starts_at=NOON)
    factories.resource("过期的", of=own, valid_until=date(2026, 9, 1))
    factories.resource("唐方向", of=own, kind=Kind.DRIVER, valid_until=None)
    text = client.get(LIST).text

    for name, tag in (("在路上的", "正在使用"), ("过期的", "已过期"), ("唐方向", "有效期不明")):
        assert tag in text.split(name, 1)[1].split("</li>")[0]
    drivers = client.get(f"{LIST}?kind=driver").text
    assert "唐方向" in drivers
    assert "在路上的" not in drivers
    assert client.get(f"{LIST}?kind=rocket").status_code == 200


def test_lists_cost_the_same_with_one_and_three(client, own):
    costs = []
    for number in (1, 2):
        for _ in range(number):
            caravan = factories.resource(of=own)
            factories.booking(caravan)
            factories.booking(caravan, starts_at=NOON)
        with counted_queries() as statements:
            client.get(LIST)
            client.get(f"{LIST}/{caravan.id}")
        costs.append(len(statements))
    assert costs[0] == costs[1]
