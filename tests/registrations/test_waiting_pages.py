from __future__ import annotations

import uuid

import pytest

from tests import factories
from tests.client import counted_queries
from tests.factories import HOUR, NOON
from volunteer_hub.core.database import db
from volunteer_hub.core.tokens import link_token
from volunteer_hub.core.transaction import transaction
from volunteer_hub.events.models import Status
from volunteer_hub.registrations import actions, queries
from volunteer_hub.registrations.models import Registration, RegistrationState
from volunteer_hub.registrations.rules import RegistrationDraft
from volunteer_hub.waiting.models import WaitingEntry

DAY = 24 * HOUR


@pytest.fixture
def event(app, at):
    at(NOON)
    event = factories.event(title="观鸟", capacity=1, max_companions=3, starts_at=NOON + 7 * DAY)
    factories.registration(event, name="钱小满")
    return event


@pytest.fixture
def staff(client, event):
    client.sign_in(db.session.get_one(factories.Person, event.created_by_id))
    return client


def in_line(event, name="赵麦芽", **more):
    with transaction():
        draft = RegistrationDraft(name=name, **more)
        return actions.wait(event.id, draft, person_id=None, now=NOON)


def ticket(registration):
    return f"/T/{queries.code_of(registration)}"


def offered(event):
    """Return somebody who waited, and the address of what they are offered."""
    registration = in_line(event)
    event.capacity = 2
    db.session.commit()
    with transaction():
        actions.settle_line(event.id, now=NOON)
    offer_id = queries.find_in_line(registration.id).offer_id
    return registration, f"/w/{link_token(actions.OFFER, offer_id)}"


def newest():
    return db.session.scalars(db.select(Registration).order_by(Registration.id.desc())).first()


def test_waiting_leads_to_a_page_with_the_place_in_line(client, event):
    in_line(event)
    sent = {"name": "孙候补", "request_key": uuid.uuid4().hex}

    answers = [client.post(f"/e/{event.id}/wait", data=sent) for _ in range(2)]
    waiting = newest()

    assert [answer.location for answer in answers] == [ticket(waiting)] * 2
    shown = client.get(ticket(waiting))
    assert "您排在第 2 位" in shown.text
    assert "入场码" not in shown.text
    assert shown.headers["Referrer-Policy"] == "no-referrer"
    assert "您在候补名单上" in client.get(f"/e/{event.id}/register").text


def test_the_page_to_wait_can_be_opened_by_its_address(client, event):
    assert "加入候补" in client.get(f"/e/{event.id}/wait").text
    assert "加入候补" in client.get(f"/e/{event.id}").text


def test_a_party_that_never_fits_keeps_what_was_typed(client, event):
    answer = client.post(f"/e/{event.id}/wait", data={"name": "孙候补", "companions": "3"})

    assert answer.status_code == 422
    assert "比这场活动的全部名额还多" in answer.text
    assert 'value="孙候补"' in answer.text


def test_waiting_where_there_is_room_is_registering(client, event):
    event.capacity = 5
    db.session.commit()

    answer = client.post(f"/e/{event.id}/wait", data={"name": "孙候补"}, follow_redirects=True)

    assert "报名成功" in answer.text


def test_an_offer_is_taken_by_one_button_and_by_nothing_else(client, event):
    registration, address = offered(event)

    for page in (address, ticket(registration)):
        shown = client.get(page)
        assert "有空位了" in shown.text
        assert f'action="{address}/accept"' in shown.text
        assert registration.state is RegistrationState.WAITING
    answer = client.post(f"{address}/accept", follow_redirects=True)

    assert "名额是您的了" in answer.text
    assert "入场码" in answer.text
    assert "名额是您的了" in client.get(address).text
    assert "您已经报过名了" in client.get(f"/e/{event.id}/register").text


def test_an_offer_is_declined_by_one_button(client, event):
    registration, address = offered(event)

    answer = client.post(f"{address}/decline", follow_redirects=True)

    assert "您说不来了" in answer.text
    assert registration.state is RegistrationState.CANCELLED
    assert client.post(f"{address}/accept").status_code == 409


def test_what_is_left_of_an_offer_that_ran_out(client, event, at):
    registration, address = offered(event)
    at(NOON + 3 * DAY)

    assert client.post(f"{address}/accept").status_code == 409
    assert "答复的时间已经过了" in client.get(address).text
    with transaction():
        actions.settle_line(event.id, now=NOON + 3 * DAY)
    assert "名额让给了下一位" in client.get(ticket(registration)).text


def test_an_offer_for_an_event_that_is_cancelled(client, event):
    _registration, address = offered(event)
    event.status, event.cancelled_at = Status.CANCELLED, NOON
    db.session.commit()

    assert "活动取消了" in client.get(address).text
    assert client.post(f"{address}/accept").status_code == 409


@pytest.mark.parametrize("purpose", ["invitation", "reminder"])
def test_links_for_something_else_are_no_offers(client, event, purpose):
    _registration, address = offered(event)
    number = int(address[3:].partition("-")[0])

    for token in (link_token(purpose, number), link_token(actions.OFFER, 99), "1-", "x"):
        assert client.get(f"/w/{token}").status_code == 404
        assert client.post(f"/w/{token}/accept").status_code == 404
    assert db.session.get_one(WaitingEntry, 1).state == "offered"


def test_leaving_the_line(client, event):
    registration = in_line(event)

    assert "退出候补" in client.get(f"{ticket(registration)}/withdraw").text
    answer = client.post(f"{ticket(registration)}/withdraw", follow_redirects=True)

    assert "已经取消" in answer.text
    assert queries.count_waiting(event.id) == 0


def test_bringing_fewer_people(client, event):
    registration = factories.registration(event, companions=2)
    address = f"{ticket(registration)}/fewer"

    assert f'href="{address}"' in client.get(ticket(registration)).text
    assert "同来的 2 位" in client.get(address).text
    assert client.post(address, data={"companions": "2"}).status_code == 422
    answer = client.post(address, data={"companions": "０"}, follow_redirects=True)

    assert "改好了" in answer.text
    assert registration.companions == 0
    assert "只登记了您一位" in client.get(address).text
    assert client.get("/T/R0000000000000000/fewer").status_code == 404


def test_waiting_is_no_ticket_at_the_door(staff, event, at):
    registration = in_line(event)
    at(event.starts_at)
    sent = {"code": queries.code_of(registration), "direction": "in", "scan_id": uuid.uuid4().hex}

    answer = staff.post(f"/organise/events/{event.id}/door/scan", data=sent, follow_redirects=True)

    assert "还在候补名单上" in answer.text
    assert "可以到现场问问工作人员" in staff.get(ticket(registration)).text


def test_the_organiser_sees_the_line(staff, event):
    in_line(event, phone="13900001234", companions=0)
    _second, _address = offered(event)
    in_line(event, "孙候补")

    shown = staff.get(f"/organise/events/{event.id}/waiting").text

    assert "等答复，到" in shown
    assert "第 1 位" in shown
    assert "13900001234" not in shown
    assert "候补名单：3 家" in staff.get(f"/organise/events/{event.id}/registrations").text


def test_an_empty_line_says_so(staff, event):
    assert "现在没有人候补" in staff.get(f"/organise/events/{event.id}/waiting").text


def test_the_line_costs_the_same_whatever_its_length(staff, event):
    costs, address = [], f"/organise/events/{event.id}/waiting"
    for _ in range(2):
        in_line(db.session.merge(event))
        db.session.remove()
        with counted_queries() as statements:
            staff.get(address)
        costs.append(len(statements))

    assert costs[0] == costs[1] <= 12


def test_promoting_wants_a_reason(staff, event):
    in_line(event)
    second = in_line(event, "孙候补")
    address = f"/organise/registrations/{second.id}/promote"

    assert "前面还有 1 家在等" in staff.get(address).text
    assert staff.post(address, data={"reason": " "}).status_code == 422
    assert second.state is RegistrationState.WAITING
    answer = staff.post(address, data={"reason": "行动不便"}, follow_redirects=True)

    assert "已经让这位进来" in answer.text
    assert "行动不便" in answer.text
    assert second.state is RegistrationState.CONFIRMED
    assert "已经不在候补名单上" in staff.get(address).text


def test_waiting_for_a_caller(staff, event):
    book = f"/organise/events/{event.id}/registrations/new"
    sent = {"name": "孙来电", "companions": "0", "phone": "13900001234"}

    assert f'formaction="/organise/events/{event.id}/waiting/new"' in staff.get(book).text
    assert staff.post(book, data=sent).status_code == 409
    answer = staff.post(f"/organise/events/{event.id}/waiting/new", data=sent)

    waiting = newest()
    assert answer.location == f"/organise/events/{event.id}/waiting?booked={waiting.id}"
    assert "孙来电 已加入候补" in staff.get(answer.location).text


def test_strangers_do_not_see_the_line(client, event):
    registration = in_line(event)
    client.sign_in(factories.organiser(factories.organisation(region_code="210681")))

    for path in (f"/organise/events/{event.id}/waiting",
                 f"/organise/registrations/{registration.id}/promote"):  # fmt: skip
        assert client.get(path).status_code == 404
