from __future__ import annotations

from tests import factories
from tests.client import counted_queries
from tests.factories import NOON
from volunteer_hub.core import outbox
from volunteer_hub.core.database import db
from volunteer_hub.core.sealing import destroy_key, seal
from volunteer_hub.core.transaction import transaction


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


def test_people_read_their_own_messages_and_no_codes(client):
    me, other = factories.person(name="林小禾"), factories.person(name="赵麦芽")
    tell(me)
    tell(me, kind="sign_in_code", code="246810")
    tell(other, kind="invitation", event="别人的活动")
    client.sign_in(me)

    page = client.get("/me/messages").text

    assert "欢迎加入科普志愿者" in page
    assert "246810" not in page
    assert "别人的活动" not in page


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


def test_the_list_is_empty_kindly(client):
    client.sign_in(factories.person())

    assert "还没有消息" in client.get("/me/messages").text


def test_a_message_without_wording_does_not_break_the_page(client):
    tell(factories.person(), kind="surprise")

    assert "surprise" in client.get("/dev/outbox").text
    assert db.session.info.get("written") is not True
