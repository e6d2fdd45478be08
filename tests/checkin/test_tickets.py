from __future__ import annotations

import re

import pytest

from tests import factories
from tests.checkin.doors import code_of, number_of, scan, scans
from tests.factories import HOUR, NOON
from volunteer_hub.checkin.models import Scan
from volunteer_hub.checkin.rules import Direction, Method
from volunteer_hub.core.database import db
from volunteer_hub.events.models import Status
from volunteer_hub.registrations.models import RegistrationState

START = NOON + 24 * HOUR


@pytest.fixture
def event(app, at):
    at(START)
    return factories.event(title="观鸟")


def test_a_ticket_shows_what_the_door_needs(client, event, at):
    at(START - HOUR)
    registration = factories.registration(of=event, name="赵麦芽", companions=2)
    code = code_of(registration)

    shown = client.get(f"/T/{code}")
    grouped = " ".join([code[0], *re.findall("....", code[1:])])

    assert shown.status_code == 200
    parts = ["观鸟", "3 人入场", "9月6日（周日）", "通远堡镇中心小学", grouped, "赵*芽"]
    assert [part for part in [*parts, '<svg class="qr"'] if part not in shown.text] == []
    assert shown.headers["Referrer-Policy"] == "no-referrer"
    assert shown.headers["X-Robots-Tag"] == "noindex"
    assert f"/T/{code}/withdraw" in shown.text


def test_looking_changes_nothing(client, event, at):
    at(START - HOUR)
    code = code_of(factories.registration(of=event))

    for address in (f"/T/{code}", f"/T/{code}?paper=1", f"/T/{code}/withdraw"):
        assert client.get(address).status_code == 200

    assert number_of(Scan) == 0


def test_lower_case_leads_to_the_ticket(client, event):
    code = code_of(factories.registration(of=event))

    assert client.get(f"/t/{code.lower()}").location == f"/T/{code}"
    assert client.get(f"/T/{code.lower()}").status_code == 200


@pytest.mark.parametrize("code", ["R0000000000000000", "V0000000000000000", "x", "🎉", "R" * 300])
def test_a_code_of_nobody_is_kindly_refused(client, event, code):
    shown = client.get(f"/T/{code}")

    assert shown.status_code == 404
    assert "没有找到这张票" in shown.text


def test_a_replaced_ticket_is_nobodys(client, event):
    registration = factories.registration(of=event)
    old = code_of(registration)
    registration.ticket_revision, registration.ticket_hash = 2, "x" * 24
    db.session.commit()

    assert client.get(f"/T/{old}").status_code == 404


def test_a_ticket_says_when_its_holder_came(client, event):
    registration = factories.registration(of=event)
    scan(event, code_of(registration), now=START)

    shown = client.get(f"/T/{code_of(registration)}").text

    assert "已签到 12:00" in shown
    assert "取消报名" not in shown


def test_a_cancelled_ticket_and_a_cancelled_event_show_no_code(client, event):
    gone = factories.registration(of=event, state=RegistrationState.CANCELLED)
    cancelled = factories.event(status=Status.CANCELLED, cancel_reason="下大雨")

    first = client.get(f"/T/{code_of(gone)}").text
    second = client.get(f"/T/{code_of(factories.registration(of=cancelled))}").text

    assert "已经取消" in first
    assert "下大雨" in second
    on_paper = client.get(f"/T/{code_of(gone)}?paper=1").text
    assert '<svg class="qr"' not in first + second + on_paper
    assert "打印" not in first + second
    assert f'href="/e/{event.id}/register"' in first


def test_a_volunteers_pass_looks_the_same(client, event):
    assignment = factories.assignment(of=factories.post(factories.shift(event), title="讲解员"))
    scan(event, code_of(assignment), now=START)
    scan(event, code_of(assignment), direction=Direction.OUT, now=START + HOUR)

    shown = client.get(f"/T/{code_of(assignment)}").text

    for part in ("签到码", "岗位：讲解员", "已签退 13:00", '<svg class="qr"'):
        assert part in shown
    assert "withdraw" not in shown


def test_a_ticket_on_paper(client, event):
    shown = client.get(f"/T/{code_of(factories.registration(of=event))}?paper=1").text

    assert "sheet--ticket" in shown
    assert '<svg class="qr"' in shown


def test_staff_of_the_event_may_check_in_from_the_ticket(client, event):
    client.sign_in(db.session.get_one(factories.Person, event.created_by_id))
    registration = factories.registration(of=event)
    address = f"/T/{code_of(registration)}"
    shown = client.get(address).text
    scan_id = re.search(r'name="scan_id" value="([^"]+)"', shown).group(1)

    answer = client.post(
        f"/organise/events/{event.id}/door/tick",
        data={"key": f"r{registration.id}", "direction": "in", "scan_id": scan_id, "next": address},
    )

    assert "给这位签到" in shown
    assert answer.location == address
    assert "给这位签退" in client.get(address).text
    assert [(each.scan_id, each.method) for each in scans()] == [(scan_id, Method.SEARCH)]


def test_other_staff_and_visitors_see_no_button(client, event):
    address = f"/T/{code_of(factories.registration(of=event))}"
    assert "给这位签到" not in client.get(address).text

    client.sign_in(factories.organiser(factories.organisation(region_code="210681")))

    assert "给这位签到" not in client.get(address).text
