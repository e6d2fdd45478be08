from __future__ import annotations

import uuid

import pytest

from tests import factories
from tests.client import counted_queries
from tests.factories import HOUR, NOON
from volunteer_hub.core.database import db
from volunteer_hub.core.outbox import OutboxMessage
from volunteer_hub.events.models import Asks, Status
from volunteer_hub.registrations import queries
from volunteer_hub.registrations.models import Channel, Registration, RegistrationState


@pytest.fixture
def event(app, at):
    at(NOON)
    return factories.event(title="观鸟", max_companions=3)


@pytest.fixture
def staff(client, event):
    client.sign_in(db.session.get_one(factories.Person, event.created_by_id))
    return client


def address(event):
    return f"/e/{event.id}/register"


def roll(event, more=""):
    return f"/organise/events/{event.id}/registrations{more}"


def kept():
    return list(db.session.scalars(db.select(Registration).order_by(Registration.id)))


# The attendee


def test_an_event_asks_only_what_it_wants(client, event):
    event.asks_name, event.asks_phone, event.max_companions = Asks.NO, Asks.NO, 0
    db.session.commit()

    shown = client.get(address(event)).text

    for field in ("name", "phone", "companions"):
        assert f'name="{field}"' not in shown
    assert 'name="age_band"' in shown
    assert client.post(address(event), data={}).status_code == 302


def test_registering_leads_to_the_ticket_and_the_phone_remembers(client, event):
    sent = {"name": "赵麦芽", "phone": "１３９ ００００ １２３４", "companions": "２"}

    answer = client.post(address(event), data=sent)
    (registration,) = kept()

    assert answer.location == f"/T/{queries.code_of(registration)}"
    assert "报名成功" in client.get(answer.location).text
    assert (registration.phone, registration.companions) == ("13900001234", 2)
    assert "您已经报过名了" in client.get(address(event)).text
    cookie = client.get_cookie("vh_tickets")
    assert (cookie.http_only, cookie.same_site) == (True, "Lax")


def test_a_forged_cookie_is_no_ticket(client, event):
    client.set_cookie("vh_tickets", '["R0000000000000000"].x')

    assert "您已经报过名了" not in client.get(address(event)).text


def test_a_doubled_submit_is_one_registration(client, event):
    sent = {"name": "赵麦芽", "request_key": uuid.uuid4().hex}

    answers = [client.post(address(event), data=sent) for _ in range(2)]

    assert answers[0].location == answers[1].location
    assert len(kept()) == 1


def test_a_signed_in_person_types_nothing_again(client, event):
    person = factories.person(name="林小禾", phone="13900009999")
    client.sign_in(person)

    shown = client.get(address(event)).text
    client.post(address(event), data={"name": "林小禾", "phone": "13900009999"})

    assert 'value="13900009999"' in shown
    assert kept()[0].person_id == person.id
    assert "您已经报过名了" in client.get(address(event)).text


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({"name": "字" * 61}, "60"),
        ({"phone": "12"}, "请填写手机号"),
        ({"phone": "电话"}, "请填写手机号"),
        ({"companions": "4"}, "最多可以带 3 位"),
        ({"companions": "-1"}, "最多可以带 3 位"),
        ({"companions": "两个"}, "请填写一个整数"),
        ({"age_band": "ancient"}, "error"),
    ],
)
def test_odd_answers_are_asked_again(client, event, sent, message):
    answer = client.post(address(event), data={"name": "赵麦芽", **sent})

    assert answer.status_code == 422
    assert message in answer.text
    assert next(iter(sent.values()))[:20] in answer.text or "age_band" in sent
    assert kept() == []


def test_what_must_be_answered(client, event):
    event.asks_name = event.asks_phone = Asks.REQUIRED
    db.session.commit()

    answer = client.post(address(event), data={"name": " ", "phone": ""})

    assert answer.status_code == 422
    assert "请填写姓名" in answer.text
    assert "请填写电话" in answer.text


def test_emoji_and_markup_in_a_name_are_only_letters(client, event):
    client.post(address(event), data={"name": "小麦🌾<b>"})

    assert kept()[0].name == "小麦🌾<b>"


def test_a_stale_page_keeps_what_was_typed(client, event):
    answer = client.post(address(event), data={"name": "赵麦芽"}, csrf=False)

    assert answer.status_code == 422
    assert 'value="赵麦芽"' in answer.text
    assert kept() == []


def test_a_full_event_offers_the_waiting_list(client, event):
    event.capacity, event.contact_phone = 2, "04152123456"
    factories.registration(of=event, companions=1)

    shown = client.get(address(event)).text
    answer = client.post(address(event), data={"name": "赵麦芽"})

    for text in (shown, answer.text):
        assert "加入候补" in text
        assert f'action="/e/{event.id}/wait"' in text
        assert "tel:04152123456" in text
    assert answer.status_code == 409
    assert "名额刚刚报满了" in answer.text
    assert 'value="赵麦芽"' in answer.text


def test_a_full_event_that_has_begun_offers_something_else(client, event, at):
    event.capacity, event.contact_phone = 2, "04152123456"
    factories.registration(of=event, companions=1)
    at(event.starts_at)

    shown = client.get(address(event)).text

    assert "加入候补" not in shown
    assert "不能再候补了" in shown
    assert "tel:04152123456" in shown
    assert "看看别的活动" in shown


def test_more_people_than_places_left(client, event):
    event.capacity = 2
    db.session.commit()

    answer = client.post(address(event), data={"name": "赵麦芽", "companions": "2"})

    assert answer.status_code == 409
    assert "还有 2 个名额" in answer.text
    assert f'formaction="/e/{event.id}/register"' in answer.text
    assert 'value="赵麦芽"' in answer.text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"status": Status.CANCELLED}, "这场活动已取消"),
        ({"starts_at": NOON - 9 * HOUR}, "已经结束"),
        ({"is_registration_open": False}, "直接来"),
    ],
)
def test_events_that_take_nobody_say_why(client, app, at, change, said):
    at(NOON)
    event = factories.event(**change)

    shown = client.get(address(event))
    answer = client.post(address(event), data={"name": "赵麦芽"})

    assert said in shown.text
    assert 'name="name"' not in shown.text
    assert answer.status_code == 409
    assert kept() == []


def test_drafts_and_nothing(client, app):
    draft = factories.event(status=Status.DRAFT)

    assert client.get(address(draft)).status_code == 404
    assert client.post(address(draft), data={"name": "x"}).status_code == 404
    assert client.get("/e/999999/register").status_code == 404


# Withdrawing


def test_withdrawing_asks_first(client, event):
    registration = factories.registration(of=event, companions=1)
    withdraw = f"/T/{queries.code_of(registration)}/withdraw"

    asked = client.get(withdraw)
    answer = client.post(withdraw)

    assert "共 2 人" in asked.text
    assert asked.headers["Referrer-Policy"] == "no-referrer"
    assert "已经取消" in client.get(answer.location).text
    assert kept()[0].state is RegistrationState.CANCELLED
    assert "报名已经取消" in client.get(withdraw).text


def test_withdrawing_needs_its_page_and_a_ticket(client, event, at):
    withdraw = f"/T/{queries.code_of(factories.registration(of=event))}/withdraw"

    assert client.post(withdraw, csrf=False).status_code == 400
    assert client.post("/T/R0000000000000000/withdraw").status_code == 404
    assert client.get("/T/x/withdraw").status_code == 404
    at(event.starts_at)
    assert client.get(withdraw).status_code == 409
    assert client.post(withdraw).status_code == 409
    assert kept()[0].state is RegistrationState.CONFIRMED


# The organiser


def test_the_list_hides_numbers(staff, event):
    factories.registration(of=event, phone="13900001234", companions=2)

    shown = staff.get(roll(event)).text

    assert "139****1234" in shown
    assert "13900001234" not in shown
    assert "3 人" in shown


def test_an_empty_list_says_what_to_do(staff, event):
    assert "还没有人报名" in staff.get(roll(event)).text


def test_the_list_is_searched_and_filtered(staff, event):
    factories.registration(of=event, name="赵麦芽")
    other = factories.registration(of=event, name="钱小满", state=RegistrationState.CANCELLED)
    other.pinyin, other.initials, other.channel = "qianxiaoman", "qxm", Channel.PHONE
    db.session.commit()

    def names(query):
        text = staff.get(roll(event, query)).text
        return [name for name in ("赵麦芽", "钱小满") if f"{name}\n" in text]

    assert names("") == ["赵麦芽"]
    assert names("?state=all") == ["赵麦芽", "钱小满"]
    assert names("?state=cancelled") == ["钱小满"]
    assert names("?state=all&channel=phone") == ["钱小满"]
    assert names("?state=all&q=qxm") == ["钱小满"]
    assert names("?q=%25") == []
    assert names("?state=odd&channel=odd&page=x") == ["赵麦芽"]


def test_long_lists_have_pages(staff, event):
    for _ in range(21):
        factories.registration(of=event)

    shown = staff.get(roll(event, "?q=zmy")).text

    assert "共 21 个报名" in shown
    assert "q=zmy&amp;page=2" in shown or "page=2&amp;q=zmy" in shown


def test_the_list_costs_the_same_whatever_its_length(staff, event):
    event_id, page = event.id, roll(event)

    def one_more():
        factories.registration(of=db.session.get_one(factories.Event, event_id))

    def cost():
        db.session.remove()
        with counted_queries() as statements:
            assert staff.get(page).status_code == 200
        return len(statements)

    one_more()
    cost()  # the words of the catalogue are read once
    one = cost()
    one_more()
    one_more()

    assert cost() == one
    assert one <= 12


def test_booking_for_a_caller(staff, event):
    sent = {"name": "钱小满", "phone": "0415-2123456", "companions": "1", "age_band": "senior"}
    sent["request_key"] = uuid.uuid4().hex

    answers = [staff.post(roll(event, "/new"), data=sent) for _ in range(2)]
    shown = staff.get(answers[0].location).text
    (booked,) = kept()

    assert answers[0].location == answers[1].location
    assert "钱小满 已报名，共 2 人" in shown
    assert f"/T/{queries.code_of(booked)}?paper=1" in shown
    assert (booked.channel, booked.phone) == (Channel.PHONE, "04152123456")
    assert [m.kind for m in db.session.scalars(db.select(OutboxMessage))] == [
        "registration_confirmed"
    ]


def test_nobody_else_is_shown_as_just_booked(staff, event):
    other = factories.registration(of=factories.event(), name="孙不在")

    for booked in (other.id, 999999, "x"):
        assert "孙不在" not in staff.get(roll(event, f"?booked={booked}")).text


@pytest.mark.parametrize(
    "sent",
    [{"name": ""}, {"name": "字" * 61}, {"companions": ""}, {"companions": "10"},
     {"companions": "abc"}, {"phone": "1"}, {"age_band": "x"}],
)  # fmt: skip
def test_odd_bookings_are_asked_again(staff, event, sent):
    answer = staff.post(roll(event, "/new"), data={"name": "钱小满", "companions": "0", **sent})

    assert answer.status_code == 422
    assert kept() == []


def test_a_full_event_refuses_a_caller_kindly(staff, event):
    event.capacity = 1
    factories.registration(of=event)

    answer = staff.post(roll(event, "/new"), data={"name": "钱小满", "companions": "0"})

    assert answer.status_code == 409
    assert "名额刚刚报满了" in answer.text
    assert 'value="钱小满"' in answer.text


def test_the_organiser_cancels_a_place(staff, event):
    registration = factories.registration(of=event, phone="13900001234")
    cancel = f"/organise/registrations/{registration.id}/cancel"

    answers = [staff.post(cancel, data={"next": "https://example.com"}) for _ in range(2)]

    assert {answer.location for answer in answers} == {roll(event)}
    assert kept()[0].state is RegistrationState.CANCELLED
    assert len(list(db.session.scalars(db.select(OutboxMessage)))) == 1


def test_another_organisers_list_is_not_there(client, event):
    registration = factories.registration(of=event)
    client.sign_in(factories.organiser(factories.organisation(region_code="210681")))

    answers = [
        client.get(roll(event)),
        client.get(roll(event, "/new")),
        client.post(roll(event, "/new"), data={"name": "x", "companions": "0"}),
        client.post(f"/organise/registrations/{registration.id}/cancel"),
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert [row.state for row in kept()] == [RegistrationState.CONFIRMED]


def test_visitors_and_volunteers_see_no_list(client, event):
    assert client.get(roll(event)).location.startswith("/sign-in")

    client.sign_in(factories.volunteer().person)

    assert client.get(roll(event)).status_code == 403
