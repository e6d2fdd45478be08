"""Text messages, robots and the webhook, to a real gateway in another process."""

from __future__ import annotations

import base64
import hashlib
import hmac
import socket
from dataclasses import replace
from urllib.parse import parse_qs

import pytest
from sqlalchemy import select

from tests import factories
from tests.factories import NOON
from tests.notifications.sending import deliveries, only_delivery, queue, work
from volunteer_hub.core import outbox
from volunteer_hub.core.database import db
from volunteer_hub.core.transaction import transaction
from volunteer_hub.notifications.channels.robots import RobotChannel
from volunteer_hub.notifications.channels.sms import SmsChannel
from volunteer_hub.notifications.channels.webhook import WebhookChannel
from volunteer_hub.notifications.models import ChannelState, DeliveryState

AT = str(int(NOON.timestamp()))


@pytest.fixture
def sms(gateway, only_channels):
    """Return the channel to the gateway, the only one."""
    channel = SmsChannel(
        url=f"http://127.0.0.1:{gateway.port}/sms", key="kepu", secret="s3cret",
        signature="丹东科普", templates={"invitation": "SMS_1"}, timeout_s=0.5,
    )  # fmt: skip
    only_channels(channel)
    return channel


def send(phone="13800001111", kind="invitation"):
    params = {"event": "科普大篷车进校园", "path": "/i/1-ABC"} if kind == "invitation" else {}
    queue(factories.person(phone=phone), kind, params=params)
    work(NOON)


def channel_state():
    db.session.rollback()
    return db.session.scalars(select(ChannelState)).one()


def mac(secret, text):
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256)


def test_a_text_message_is_signed_and_carries_template_and_signature(sms, gateway):
    send()

    (taken,) = gateway.taken()
    headers = taken["headers"]
    key = f"vh-{only_delivery().id}-0"
    assert (headers["X-Key"], headers["X-Timestamp"], taken["key"]) == ("kepu", AT, key)
    assert (
        headers["X-Signature"] == "v1=" + mac("s3cret", f"{AT}\n{key}\n{taken['raw']}").hexdigest()
    )
    assert taken["body"] == {
        "to": "13800001111",
        "kind": "invitation",
        "text": "【丹东科普】想请您当志愿者：“科普大篷车进校园”。能来吗？请答复： http://localhost/i/1-ABC",
        "signature": "丹东科普",
        "template": "SMS_1",
        "variables": {
            "event": "科普大篷车进校园",
            "path": "/i/1-ABC",
            "link": "http://localhost/i/1-ABC",
        },
        "language": "zh",
    }
    assert (only_delivery().state, only_delivery().remote_id) == (DeliveryState.SENT, f"gw-{key}")


def test_several_text_messages_share_a_connection(sms, gateway):
    for number in range(3):
        queue(factories.person(phone=f"1380000222{number}"), "welcome")

    work(NOON)

    assert len(gateway.taken()) == 3


def test_a_landline_gets_no_text_message(sms):
    send(phone="04152123456")
    assert deliveries() == []


def test_a_number_the_gateway_refuses_is_a_dead_letter_at_once(sms):
    send("13800000400")

    assert only_delivery().state is DeliveryState.FAILED
    assert only_delivery().last_error == "400: no such number"


def test_trouble_at_the_gateway_is_tried_again(sms):
    send("13800000500")
    assert (only_delivery().state, only_delivery().attempts) == (DeliveryState.WAITING, 1)


@pytest.mark.parametrize("phone", ["13800000401", "13800000429", "13800000302"])
def test_what_is_not_the_messages_fault_costs_no_attempt(sms, phone):
    send(phone)

    assert (only_delivery().state, only_delivery().attempts) == (DeliveryState.WAITING, 0)
    assert channel_state().last_error.startswith(phone[-3:])


def test_the_gateway_may_say_how_long_to_wait(sms):
    send("13800000429")
    assert (channel_state().next_at - NOON).total_seconds() == 120


def test_a_message_taken_without_an_answer_comes_again_under_the_same_key(sms, gateway):
    send("13800000999")
    assert only_delivery().state is DeliveryState.WAITING

    work(only_delivery().due_at)

    assert [taken["repeated"] for taken in gateway.taken()] == [False, True]
    assert only_delivery().state is DeliveryState.SENT


def test_a_message_sent_again_by_hand_is_no_repetition(sms, gateway):
    send()
    db.session.rollback()
    delivery = only_delivery()
    delivery.state, delivery.finished_at, delivery.round = DeliveryState.WAITING, None, 1
    db.session.commit()

    work(NOON)

    assert [taken["repeated"] for taken in gateway.taken()] == [False, False]


def test_a_gateway_that_is_away_costs_no_attempt(sms, only_channels):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    only_channels(replace(sms, url=f"http://127.0.0.1:{port}/sms"))
    send()

    assert only_delivery().attempts == 0
    assert channel_state().last_error.startswith("cannot connect: ")


def to_office(now=NOON):
    with transaction():
        params = {"failed": 3, "channels": "sms", "path": "/admin/messages"}
        outbox.enqueue("delivery_trouble", to=outbox.to_office(), now=now, params=params)


POSTED = "有消息没有送到\n过去一小时有 3 条消息没有送到收件人。\n渠道：sms\n"


@pytest.mark.parametrize("name", ["wecom", "dingtalk", "feishu"])
def test_a_robot_posts_what_concerns_the_office(gateway, only_channels, name):
    url = f"http://127.0.0.1:{gateway.port}/{name}?access=1"
    only_channels(RobotChannel(name, url, "" if name == "wecom" else "s3cret"))
    to_office()

    work(NOON, channel=name)

    (taken,) = gateway.taken()
    body = taken["body"]
    text = body["content"]["text"] if name == "feishu" else body["text"]["content"]
    assert text.startswith(POSTED)
    assert text.endswith("http://localhost/admin/messages")
    assert taken["query"].startswith("access=1")
    assert only_delivery().state is DeliveryState.SENT


def test_dingtalk_and_feishu_sign_as_they_say(gateway, only_channels):
    base = f"http://127.0.0.1:{gateway.port}"
    only_channels(
        RobotChannel("dingtalk", f"{base}/dingtalk", "SEC1"),
        RobotChannel("feishu", f"{base}/feishu", "SEC2"),
    )
    to_office()
    work(NOON, channel="dingtalk")
    work(NOON, channel="feishu")

    dingtalk, feishu = gateway.taken()
    query = parse_qs(dingtalk["query"])
    expected = base64.b64encode(mac("SEC1", f"{AT}000\nSEC1").digest()).decode()
    assert query == {"timestamp": [f"{AT}000"], "sign": [expected]}
    expected = base64.b64encode(hmac.new(f"{AT}\nSEC2".encode(), b"", "sha256").digest()).decode()
    assert (feishu["body"]["timestamp"], feishu["body"]["sign"]) == (AT, expected)


@pytest.mark.parametrize(
    ("path", "state", "attempts"),
    [
        ("wecom?busy", DeliveryState.WAITING, 0),
        ("wecom?bad", DeliveryState.FAILED, 1),
        ("notjson", DeliveryState.WAITING, 0),
    ],
)
def test_a_robot_may_refuse(gateway, only_channels, path, state, attempts):
    only_channels(RobotChannel("wecom", f"http://127.0.0.1:{gateway.port}/{path}"))
    to_office()

    work(NOON, channel="wecom")

    assert (only_delivery().state, only_delivery().attempts) == (state, attempts)


def test_people_are_not_written_to_through_the_offices_robot(gateway, only_channels):
    only_channels(RobotChannel("wecom", f"http://127.0.0.1:{gateway.port}/wecom"))
    send()
    assert deliveries() == []


def test_a_webhook_is_told_what_the_office_is_told(gateway, only_channels):
    only_channels(WebhookChannel(f"http://127.0.0.1:{gateway.port}/webhook", "s3cret"))
    to_office()

    work(NOON, channel="webhook")

    (taken,) = gateway.taken()
    key = taken["headers"]["Idempotency-Key"]
    assert taken["headers"]["X-Signature"] == (
        "v1=" + mac("s3cret", f"{AT}\n{key}\n{taken['raw']}").hexdigest()
    )
    assert taken["body"]["kind"] == "delivery_trouble"
    assert taken["body"]["title"] == "有消息没有送到"
