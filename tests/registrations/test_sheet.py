"""The attendees on paper."""

from __future__ import annotations

import re

import pytest

from tests import factories
from tests.client import counted_queries
from volunteer_hub.core.database import db
from volunteer_hub.registrations.models import RegistrationState


@pytest.fixture
def event(app):
    return factories.event(title="观鸟")


@pytest.fixture
def staff(client, event):
    client.sign_in(db.session.get_one(factories.Person, event.created_by_id))
    return client


def sheet(event):
    return f"/organise/events/{event.id}/registrations/sheet"


def lines(answer):
    """Return the cells of each line, as they are read."""
    rows = re.findall(r"<tr>(.*?)</tr>", answer.text, re.DOTALL)
    cells = [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL) for row in rows]
    return [[each.strip() for each in row] for row in cells if row[0].strip().isdigit()]


def test_everybody_who_holds_a_place_has_a_line_to_sign(staff, event):
    nameless = factories.registration(of=event, name=None, companions=0)
    nameless.pinyin = ""
    factories.registration(of=event, name="赵麦芽", phone="13900001234", companions=2)
    factories.registration(of=event, name="已取消", state=RegistrationState.CANCELLED)
    factories.registration(name="别的活动")

    answer = staff.get(sheet(event))

    assert lines(answer)[:3] == [
        ["1", "赵麦芽", "1234", "2", ""],
        ["2", "未留姓名", "", "0", ""],
        ["3", "", "", "", ""],
    ]
    assert "已报名 4 人" in answer.text
    assert "1390000" not in answer.text
    assert not {"已取消", "别的活动"} & {line[1] for line in lines(answer)}


def test_a_sheet_for_an_event_nobody_registered_for_has_room_for_who_comes(staff, event):
    found = lines(staff.get(sheet(event)))

    assert [line[0] for line in found] == [str(number) for number in range(1, 13)]
    assert {cell for line in found for cell in line[1:]} == {""}


def test_the_list_leads_to_it(staff, event):
    assert f'href="{sheet(event)}"' in staff.get(f"/organise/events/{event.id}/registrations").text


def test_another_organiser_has_no_sheet_of_it(client, event):
    client.sign_in(factories.organiser(factories.organisation(region_code="210681")))

    assert client.get(sheet(event)).status_code == 404


def test_a_long_sheet_costs_no_more_than_a_short_one(staff, event):
    address, event_id = sheet(event), event.id

    def cost():
        db.session.remove()
        with counted_queries() as statements:
            assert staff.get(address).status_code == 200
        return len(statements)

    staff.get(address)
    short = cost()
    for _ in range(3):
        factories.registration(of=db.session.get_one(factories.Event, event_id))

    assert cost() == short <= 12
