from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests import factories
from tests.client import counted_queries
from tests.factories import NOON
from tests.notifications.conftest import Mailbox
from tests.notifications.sending import (
    deliveries,
    messages,
    only_delivery,
    queue,
    work,
)
from volunteer_hub.core import outbox
from volunteer_hub.core.audit import AuditEntry
from volunteer_hub.core.database import db
from volunteer_hub.core.transaction import transaction
from volunteer_hub.notifications import broadcasts, channels, kinds, queries, tasks
from volunteer_hub.notifications.channels import ChannelDownError, RefusedError
from volunteer_hub.notifications.models import DeliveryState

EVENT = {"event": "科普大篷车进校园"}


@pytest.fixture(autouse=True)
def box(app, at, monkeypatch):
    """Return the application's one channel; it is noon."""
    at(NOON)
    mailbox = Mailbox()
    monkeypatch.setitem(app.extensions, channels.EXTENSION, {"sms": mailbox})
    return mailbox


@pytest.fixture
def office(client):
    """Return the client of somebody in the city's office."""
    client.sign_in(factories.office())
    return client


def queue_failed(box, phone="13912345678", **draft):
    reader = factories.person(name="林小禾", phone=phone)
    queue(reader, "invitation", params=EVENT, **draft)
    box.error = RefusedError(f"no such number {phone}")
    work(NOON)
    box.error = None
    return reader


def audited():
    db.session.rollback()
    return db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()


def test_the_page_shows_how_far_messages_got_and_nothing_personal(office, box):
    queue_failed(box)
    queue(factories.person(name="赵麦芽", phone="13800009999"), "welcome")

    page = office.get("/admin/messages").text

    assert "林*禾 139****5678" in page
    assert "赵*芽 138****9999" in page
    for personal in ("林小禾", "13912345678", "赵麦芽", "13800009999"):
        assert personal not in page
    assert "no such number ***" in page
    assert "科普大篷车进校园" in page


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("shelf=waiting", {"志愿者退出"}),
        ("shelf=sent", {"志愿者报名成功"}),
        ("shelf=failed", {"邀请志愿者"}),
        ("shelf=dropped", {"活动有变化"}),
        ("kind=invitation", {"邀请志愿者"}),
        ("channel=sms", {"邀请志愿者", "志愿者报名成功"}),
        ("shelf=sent&channel=email", set()),
        ("shelf=odd&kind=odd&channel=odd&page=x",
         {"邀请志愿者", "志愿者报名成功", "志愿者退出", "活动有变化"}),
    ],
)  # fmt: skip
def test_filters_show_what_they_say(office, box, address, shown):
    queue_failed(box)
    queue(factories.person(), "assignment_confirmed", params=EVENT)
    work(NOON)
    queue(factories.person(), "event_changed", params=EVENT, expires_at=NOON)
    tasks.route(NOON)
    later = NOON + timedelta(hours=1)
    queue(factories.person(), "assignment_withdrawn", params=EVENT, not_before=later)

    page = office.get(f"/admin/messages?{address}").text

    labels = {"邀请志愿者", "志愿者报名成功", "志愿者退出", "活动有变化"}
    assert {label for label in labels if f"<strong>{label}</strong>" in page} == shown


def test_the_figures_count_deliveries(office, box):
    queue_failed(box)
    queue(factories.person(), "welcome")

    counts = queries.counts_by_shelf()
    assert [counts[shelf] for shelf in ("waiting", "sent", "failed", "dropped")] == [1, 0, 1, 0]
    assert "没有送到" in office.get("/admin/messages").text


def test_a_dead_letter_can_be_sent_again_and_that_is_noted(office, box):
    queue_failed(box)
    delivery_id = only_delivery().id

    answer = office.post(f"/admin/deliveries/{delivery_id}/again")

    assert answer.location == "/admin/messages?shelf=waiting"
    assert (only_delivery().state, only_delivery().attempts) == (DeliveryState.WAITING, 0)
    entry = audited()
    assert (entry.action, entry.subject_id) == ("delivery.again", delivery_id)
    work(NOON)
    assert [parcel.key for parcel in box.parcels] == [f"vh-{delivery_id}-1"]


def test_it_is_sent_again_once_however_often_the_button_is_pressed(office, box):
    queue_failed(box)
    delivery_id = only_delivery().id
    office.post(f"/admin/deliveries/{delivery_id}/again")

    second = office.post(f"/admin/deliveries/{delivery_id}/again")

    assert second.status_code == 409
    assert only_delivery().round == 1


def test_what_is_of_no_use_any_more_is_not_sent_again(office, box, at):
    queue_failed(box, expires_at=NOON + timedelta(hours=1))
    at(NOON + timedelta(hours=1))

    assert "再发一次" not in office.get("/admin/messages").text
    answer = office.post(f"/admin/deliveries/{only_delivery().id}/again")
    assert answer.status_code == 409
    assert "已经过期" in answer.text


def test_everything_that_failed_over_a_channel_can_be_sent_again(office, box):
    for number in range(3):
        queue_failed(box, phone=f"1391234000{number}")
    assert "全部再发一次" in office.get("/admin/messages?shelf=failed&channel=sms").text

    office.post("/admin/channels/sms/again")

    assert [d.state for d in deliveries()] == [DeliveryState.WAITING] * 3
    entry = audited()
    assert entry.action == "delivery.all_again"
    assert entry.details["deliveries"] == [d.id for d in reversed(deliveries())]
    answer = office.post("/admin/channels/sms/again", follow_redirects=True)
    assert "没有可以再发的" in answer.text


def test_a_message_without_a_way_can_have_another_turn(office, box, app, monkeypatch):
    registration = factories.registration(phone="13800002222")
    with transaction():
        to = outbox.to_registration(registration.id)
        outbox.enqueue("registration_confirmed", to=to, now=NOON, params=EVENT)
    monkeypatch.setitem(app.extensions, channels.EXTENSION, {})
    work(NOON)
    assert "没有能送到的渠道" in office.get("/admin/messages?shelf=dropped").text

    monkeypatch.setitem(app.extensions, channels.EXTENSION, {"sms": box})
    office.post(f"/admin/messages/{messages()[0].id}/again")
    work(NOON)

    assert len(box.parcels) == 1
    assert audited().action == "message.again"
    assert office.post(f"/admin/messages/{messages()[0].id}/again").status_code == 409


def test_things_that_do_not_exist_are_not_found(office):
    assert office.post("/admin/deliveries/987654/again").status_code == 404
    assert office.post("/admin/messages/987654/again").status_code == 404


def test_a_stale_page_sends_nothing_again(office, box):
    queue_failed(box)

    answer = office.post(f"/admin/deliveries/{only_delivery().id}/again", csrf=False)

    assert answer.status_code == 400
    assert only_delivery().state is DeliveryState.FAILED


def test_a_channel_that_is_down_is_on_top_of_the_page(office, box):
    queue(factories.person(), "welcome")
    box.error = ChannelDownError("cannot connect: refused by kepu@example.cn")
    work(NOON)

    page = office.get("/admin/messages").text

    assert "“短信”现在发不出去" in page
    assert "refused by ***@example.cn" in page


def test_an_emergency_shows_its_reason(office, box):
    queue(factories.person(), "welcome", emergency="山洪预警")
    assert "紧急：山洪预警" in office.get("/admin/messages").text


def test_a_code_is_never_shown(office, box):
    queue(factories.person(), "sign_in_code", params={"code": "246810", "minutes": 10})
    work(NOON)
    assert "246810" not in office.get("/admin/messages").text


def test_an_empty_page_says_what_will_be_there(office):
    assert "这里没有消息" in office.get("/admin/messages").text


def test_the_page_costs_the_same_queries_for_many_messages(office, box):
    queue_failed(box)
    registration = factories.registration(phone="13800002222")
    with transaction():
        to = outbox.to_registration(registration.id)
        outbox.enqueue("registration_confirmed", to=to, now=NOON, params=EVENT)
    with counted_queries() as for_one:
        office.get("/admin/messages")
    for _ in range(25):
        queue(factories.person(), "welcome")
    with counted_queries() as for_many:
        page = office.get("/admin/messages").text

    assert len(for_many) <= len(for_one) <= 12  # the first one also looks up an attendee
    assert "page=2" in page


@pytest.mark.parametrize("who", ["organiser", "county"])
def test_only_the_citys_office_looks_at_messages_and_jobs(client, who):
    client.sign_in(factories.organiser() if who == "organiser" else factories.office("210682"))
    for path in ("/admin/messages", "/admin/messages/preview", "/admin/jobs"):
        assert client.get(path).status_code == 403


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_kind_can_be_looked_at(office, language):
    for kind in kinds.registered():
        page = office.get(f"/admin/messages/preview?kind={kind.name}&in={language}").text
        assert "字，按" in page
        assert "【丹东科普】" in page


def test_the_preview_takes_odd_arguments(office):
    assert office.get("/admin/messages/preview?kind=odd&in=fr").status_code == 200


def test_the_preview_says_how_long_a_text_message_is(office):
    page = office.get("/admin/messages/preview?kind=sign_in_code").text
    assert "登录验证码 246810，10 分钟内有效" in page
    assert "字，按 2 条计费" in page  # the sample carries a link, which a code does not


def test_the_preview_shows_the_latest_real_message_without_its_address(office):
    reader = factories.person(name="赵麦芽")
    queue(reader, "invitation", params={"event": "观星之夜", "path": "/i/12-SECRET"})

    page = office.get("/admin/messages/preview?kind=invitation&on=real").text

    assert "观星之夜" in page
    assert "SECRET" not in page
    assert "赵麦芽" not in page
    assert "还没有发过" not in page


@pytest.mark.parametrize("params", [None, {"event": "观星之夜", "odd": 1}])
def test_the_preview_falls_back_to_invented_values(office, params):
    if params:
        queue(factories.person(), "invitation", params=params)

    page = office.get("/admin/messages/preview?kind=invitation&on=real").text

    assert "科普大篷车进校园" in page
    assert "还没有发过这种消息" in page


def test_a_code_is_never_shown_in_the_preview(office):
    queue(factories.person(), "sign_in_code", params={"sealed": "x"})
    page = office.get("/admin/messages/preview?kind=sign_in_code&on=real").text
    assert "246810" in page


def test_the_page_shows_how_far_a_message_to_everybody_got(office):
    people = [factories.person(phone=f"1391234567{number}") for number in range(3)]
    drafts = list(broadcasts.announcement("山洪", "停课通知", "今天的活动全部改期。"))
    broadcasts.broadcast(drafts, now=NOON)
    work(NOON)

    page = office.get("/admin/messages").text

    assert "群发：山洪" in page
    assert f"已处理 {len(people) + 1} / {len(people) + 1}" in page
    assert "群发" not in office.get("/admin/messages?shelf=sent").text


@pytest.mark.parametrize(("language", "said"), [("zh", "欢迎加入科普志愿者"), ("en", "Welcome")])
def test_all_wordings_stand_on_one_page(office, language, said):
    page = office.get(f"/admin/messages/all?in={language}").text

    assert all(kind.name in page for kind in kinds.registered())
    assert said in page
