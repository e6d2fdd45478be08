from __future__ import annotations

import re

import pytest

from tests import factories
from tests.client import counted_queries
from tests.factories import HOUR, NOON
from tests.notifications.sending import messages, work
from volunteer_hub.core import outbox
from volunteer_hub.core.database import db
from volunteer_hub.core.sealing import destroy_key, seal
from volunteer_hub.core.transaction import transaction
from volunteer_hub.notifications import actions, packing, queries
from volunteer_hub.notifications.channels import RefusedError
from volunteer_hub.notifications.topics import Means, Topic


def tell(person, kind="welcome", **params):
    with transaction():
        outbox.enqueue(kind, to=outbox.to_person(person.id), now=NOON, params=params)


def test_the_outbox_page_shows_messages_as_recipients_see_them(client):
    tell(
        factories.person(name="林小禾", phone="13912345678"),
        event="大篷车",
        path="/i/1-A",
        kind="invitation",
    )

    page = client.get("/dev/outbox").text

    assert "林小禾，您好：" in page
    assert "林*禾 139****5678" in page
    assert 'href="/i/1-A"' in page


def test_the_outbox_page_says_how_far_a_message_got(client, mailbox):
    tell(factories.person())
    assert "等待送出" in client.get("/dev/outbox").text
    work(NOON)
    assert "已送出" in client.get("/dev/outbox").text
    tell(factories.person())
    mailbox.error = RefusedError("no")
    work(NOON)
    assert "未能送出" in client.get("/dev/outbox").text


def test_in_development_every_message_counts_as_sent(client):
    tell(factories.person())
    work(NOON, channel="development")
    assert "已送出" in client.get("/dev/outbox").text


def test_the_outbox_page_can_show_one_recipient(client):
    first, second = factories.person(name="林小禾"), factories.person(name="赵麦芽")
    tell(first)
    tell(second)

    page = client.get(f"/dev/outbox?to=person:{second.id}").text

    assert "赵麦芽，您好：" in page
    assert "林小禾，您好：" not in page


def test_odd_arguments_of_the_outbox_page_are_ignored(client):
    for query in (
        "to=nobody:1",
        "to=person:①",
        "to=person:" + "9" * 30,
        "page=x",
        "page=-3",
        "page=" + "9" * 30,
    ):
        assert client.get(f"/dev/outbox?{query}").status_code == 200


def test_the_outbox_page_is_for_development_only(app, client, monkeypatch):
    monkeypatch.setitem(app.config, "IS_DEVELOPMENT", False)

    assert client.get("/dev/outbox").status_code == 404


def test_an_empty_outbox_says_what_will_be_in_it(client):
    assert "还没有消息" in client.get("/dev/outbox").text


def test_the_outbox_page_costs_the_same_queries_for_many_messages(client):
    tell(factories.person())
    with counted_queries() as for_one:
        client.get("/dev/outbox")
    for _ in range(25):
        tell(factories.person())
    with counted_queries() as for_many:
        page = client.get("/dev/outbox").text

    assert len(for_many) == len(for_one) <= 12
    assert "page=2" in page


def test_people_read_their_own_messages_and_no_codes(client, at):
    at(NOON)
    me, other = factories.person(name="林小禾"), factories.person(name="赵麦芽")
    tell(me)
    tell(me, kind="sign_in_code", code="246810")
    tell(other, kind="invitation", event="别人的活动")
    client.sign_in(me)

    page = client.get("/me/messages").text

    assert "欢迎加入科普志愿者" in page
    assert "246810" not in page
    assert "别人的活动" not in page


def test_new_messages_are_marked_until_their_reader_says_they_were_seen(client, at):
    at(NOON)
    me, other = factories.person(), factories.person()
    tell(me)
    tell(me, kind="invitation", event="灯会")
    tell(me, kind="sign_in_code", code="246810")
    tell(other)
    client.sign_in(me)

    page = client.get("/me/messages").text
    assert "都看过了（2 条新消息）" in page
    assert page.count("新消息</span>") == 3  # the two, and the count in the header
    assert "，2 条新消息" in client.get("/").text
    assert "2 条新的" in client.get("/me").text

    answer = client.post("/me/messages/read")
    assert answer.location == "/me/messages"
    assert "新消息" not in client.get("/me/messages").text
    assert "条新" not in client.get("/").text + client.get("/me").text
    client.sign_in(other)
    assert "，1 条新消息" in client.get("/").text


def test_reading_alone_writes_nothing(client, at):
    at(NOON)
    me = factories.person()
    tell(me)
    client.sign_in(me)

    client.get("/me/messages")

    assert messages()[0].read_at is None


def test_messages_for_later_are_neither_shown_nor_counted(client, at):
    at(NOON)
    me = factories.person()
    with transaction():
        draft = outbox.Draft(kind="welcome", to=outbox.to_person(me.id), not_before=NOON + HOUR)
        outbox.enqueue_all([draft], now=NOON)
    client.sign_in(me)

    assert "还没有消息" in client.get("/me/messages").text
    client.post("/me/messages/read")
    assert messages()[0].read_at is None


def test_the_list_of_messages_costs_the_same_queries_for_many(client, at):
    at(NOON)
    me = factories.person()
    client.sign_in(me)
    tell(me)
    with counted_queries() as for_one:
        client.get("/me/messages")
    for _ in range(3):
        tell(me)
    with counted_queries() as for_many:
        client.get("/me/messages")

    assert len(for_many) == len(for_one) <= 12


def test_a_sealed_code_is_shown_to_developers_and_gone_with_its_key(client):
    reader = factories.person()
    with transaction():
        sealed = seal(reader.id, {"code": "246810", "minutes": 10})
        params = {"sealed": sealed}
        outbox.enqueue("sign_in_code", to=outbox.to_person(reader.id), now=NOON, params=params)
    assert "246810" in client.get("/dev/outbox").text

    with transaction():
        destroy_key(reader.id)
    assert "246810" not in client.get("/dev/outbox").text


def test_messages_need_a_sign_in(client):
    assert client.get("/me/messages").status_code == 302
    assert client.get("/me/messages/preferences").status_code == 302


def test_the_list_is_empty_kindly(client):
    client.sign_in(factories.person())

    assert "还没有消息" in client.get("/me/messages").text


def test_a_message_without_wording_does_not_break_the_page(client):
    tell(factories.person(), kind="surprise")

    assert "surprise" in client.get("/dev/outbox").text
    assert db.session.info.get("written") is not True


def test_preferences_show_the_usual_first(client):
    me = factories.person(phone="13912345678")
    client.sign_in(me)

    page = client.get("/me/messages/preferences").text

    assert checked(page) == {
        "topic_reminders": ["sms", "email"],
        "topic_invitations": ["sms", "email"],
        "topic_bookings": ["sms", "email"],
        "topic_record": ["email"],
        "topic_digest": ["email"],
        "topic_news": ["sms", "email"],
        "language": ["zh"],
    }
    assert "139 1234 5678" in page.replace("\u00a0", " ")
    assert "没有留邮箱" in page
    assert "我负责的活动" not in page


def checked(page) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", page):
        if " checked" in tag:
            name = re.search(r'name="([^"]+)"', tag)[1]
            found.setdefault(name, []).append(re.search(r'value="([^"]+)"', tag)[1])
    return found


def test_preferences_are_kept(client):
    me = factories.person()
    client.sign_in(me)
    chosen = {"topic_invitations": ["email"], "topic_record": ["sms", "email"], "language": "en"}

    answer = client.post("/me/messages/preferences", data=chosen)

    assert answer.location == "/me/messages/preferences"
    page = client.get("/me/messages/preferences").text
    assert checked(page) == {
        "topic_invitations": ["email"],
        "topic_record": ["sms", "email"],
        "language": ["en"],
    }
    assert queries.find_recipient(me.id).language == "en"
    assert queries.wanted_by(me.id)[Topic.REMINDERS] == frozenset()


def test_staff_choose_for_what_they_run_too(client):
    client.sign_in(factories.organiser())
    assert "我负责的活动" in client.get("/me/messages/preferences").text


@pytest.mark.parametrize(
    "odd", [{"language": "fr"}, {"topic_invitations": "pigeon"}, {"language": "😀" * 500}]
)
def test_odd_preferences_are_refused_and_change_nothing(client, odd):
    me = factories.person()
    client.sign_in(me)

    answer = client.post("/me/messages/preferences", data=odd)

    assert answer.status_code == 422
    assert queries.wanted_by(me.id)[Topic.INVITATIONS] == {Means.SMS, Means.EMAIL}


def test_fixed_topics_cannot_be_switched_off_by_a_forged_form(client):
    me = factories.person()
    client.sign_in(me)

    client.post("/me/messages/preferences", data={"language": "zh", "topic_changes": "sms"})

    assert queries.wishes_of([me.id]).get(me.id, {}).keys() <= {
        (topic, means) for topic in Topic if topic is not Topic.CHANGES for means in Means
    }


def test_a_stale_page_keeps_what_was_chosen(client):
    me = factories.person()
    client.sign_in(me)

    answer = client.post(
        "/me/messages/preferences",
        data={"language": "en", "topic_invitations": ["sms"]},
        csrf=False,
    )

    assert answer.status_code == 422
    assert checked(answer.text) == {"topic_invitations": ["sms"], "language": ["en"]}
    assert queries.find_recipient(me.id).language == "zh"


def unsubscribe_address(person, topic=Topic.INVITATIONS, of=None):
    token = packing.unsubscribe_token(of or topic, person.id)
    return f"/unsubscribe/{topic}/{token}"


def test_opening_the_link_of_a_mail_asks_first(client):
    reader = factories.person()

    page = client.get(unsubscribe_address(reader)).text

    assert "不再收这类邮件？" in page
    assert Means.EMAIL in queries.wanted_by(reader.id)[Topic.INVITATIONS]


def test_mail_programs_unsubscribe_with_one_click_and_without_a_session(client):
    """RFC 8058: a POST of one form value, no cookies, no form token."""
    reader = factories.person()
    one_click = {"List-Unsubscribe": "One-Click"}

    for _ in range(2):
        answer = client.post(unsubscribe_address(reader), data=one_click, csrf=False)
        assert answer.status_code == 200
        assert "已退订" in answer.text

    assert queries.wanted_by(reader.id)[Topic.INVITATIONS] == {Means.SMS}
    assert queries.wanted_by(reader.id)[Topic.BOOKINGS] == {Means.SMS, Means.EMAIL}


def test_a_link_is_good_for_its_reader_and_topic_alone(client):
    reader = factories.person()
    good = unsubscribe_address(reader)
    for address in (
        unsubscribe_address(reader, Topic.BOOKINGS, of=Topic.INVITATIONS),
        good.replace(f"/{reader.id}-", f"/{reader.id + 1}-"),
        good[:-1] + ("A" if good[-1] != "A" else "B"),
        "/unsubscribe/nothing/1-A",
        "/unsubscribe/changes/" + packing.unsubscribe_token(Topic.CHANGES, reader.id),
    ):
        assert client.get(address).status_code == 404, address
        assert client.post(address, csrf=False).status_code == 404, address
    assert queries.wishes_of([reader.id]) == {}


def test_a_person_can_undo_what_a_mail_program_did(app):
    reader = factories.person()
    with transaction():
        actions.unsubscribe(reader.id, Topic.INVITATIONS, Means.EMAIL)
    with transaction():
        actions.set_preferences(
            reader.id, {Topic.INVITATIONS: {Means.SMS, Means.EMAIL}}, language="zh"
        )
    assert queries.wishes_of([reader.id]) == {}
