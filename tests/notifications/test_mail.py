"""E-mail to a real server in another process, on its good days and its bad ones."""

from __future__ import annotations

import email
import email.policy
import socket
import time

import pytest
from sqlalchemy import select

from tests import factories
from tests.factories import NOON
from tests.notifications.conftest import running
from tests.notifications.sending import deliveries, only_delivery, queue, work
from volunteer_hub.core.database import db
from volunteer_hub.notifications import kinds, rules
from volunteer_hub.notifications.actions import set_preferences
from volunteer_hub.notifications.channels.mail import MailChannel, MailServer
from volunteer_hub.notifications.models import ChannelState, DeliveryState
from volunteer_hub.notifications.topics import Topic
from volunteer_hub.notifications.wording import Attachment

TIMEOUT_S = 0.5


def channel(server, **more):
    return MailChannel(
        server=MailServer(host="127.0.0.1", port=server.port, timeout_s=TIMEOUT_S,
                          **{"security": "plain", **more}),
        sender="kepu@example.cn", sender_name="丹东科普", domain="kepu.example.cn",
    )  # fmt: skip


@pytest.fixture
def send(mail_server, only_channels):
    """Return a function that queues a message to a box and lets the worker send it."""
    only_channels(channel(mail_server))

    def send_to(box, kind="invitation", now=NOON, **params):
        reader = factories.person(name="林小禾", email=f"{box}@example.cn")
        queue(reader, kind, params={"event": "科普大篷车进校园", "path": "/i/1-ABC", **params})
        work(now, channel="email")
        return reader

    return send_to


def mails(server):
    return [
        email.message_from_string(line["mail"], policy=email.policy.default)
        for line in server.taken()
    ]


def channel_error():
    db.session.rollback()
    return db.session.scalars(select(ChannelState.last_error)).one()


def test_a_mail_has_text_and_html_and_says_how_to_refuse_more(send, mail_server):
    reader = send("lin")

    (mail,) = mails(mail_server)
    assert mail["From"] == "丹东科普 <kepu@example.cn>"
    assert mail["To"] == "林小禾 <lin@example.cn>"
    assert mail["Subject"] == "邀请您参加“科普大篷车进校园”"
    assert mail["Message-ID"] == f"<vh-{only_delivery().id}-0@kepu.example.cn>"
    assert (mail["Auto-Submitted"], mail["Content-Language"]) == ("auto-generated", "zh-CN")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = mail["List-Unsubscribe"].strip("<>")
    assert f"List-Unsubscribe: <{address}>\n" in mail_server.taken()[0]["mail"].replace("\r", "")
    assert address.startswith(f"http://localhost/unsubscribe/invitations/{reader.id}-")
    text = mail.get_body(("plain",)).get_content()
    html = mail.get_body(("html",)).get_content()
    for part in (text, html):
        assert "林小禾，您好：" in part
        assert "http://localhost/i/1-ABC" in part
        assert address in part
    assert only_delivery().state is DeliveryState.SENT


def test_titles_cannot_break_out_of_the_mail(send, mail_server):
    send("lin", event="灯会\r\nBcc: all@example.cn <script>alert(1)</script>")

    (mail,) = mails(mail_server)
    assert mail["Bcc"] is None
    assert "<script>" not in mail.get_body(("html",)).get_content()


def test_a_message_nobody_can_do_without_has_no_way_to_refuse_it(send, mail_server):
    send("lin", kind="event_cancelled")

    (mail,) = mails(mail_server)
    assert mail["List-Unsubscribe"] is None
    assert "/unsubscribe/" not in mail.get_body(("html",)).get_content()


def test_a_reader_of_english_gets_english(mail_server, only_channels):
    only_channels(channel(mail_server))
    reader = factories.person(name="Ann Example", email="ann@example.cn")
    set_preferences(reader.id, {}, language="en")
    db.session.commit()
    queue(reader, "welcome")

    work(NOON, channel="email")

    (mail,) = mails(mail_server)
    assert mail["Content-Language"] == "en"
    assert mail["Subject"] != "欢迎加入科普志愿者"


def test_a_calendar_goes_along_as_a_reading_and_as_a_file(send, mail_server, monkeypatch):
    calendar = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nSUMMARY:科普\r\nEND:VCALENDAR\r\n"
    file = Attachment("event.ics", "text/calendar; method=REQUEST", calendar.encode())
    usual = kinds.kind_named("invitation")
    with_calendar = kinds.replace(usual, attachments=lambda _facts: (file,))
    monkeypatch.setitem(kinds._kinds, "invitation", with_calendar)

    send("lin")

    (mail,) = mails(mail_server)
    parts = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    assert [part.get_content_disposition() for part in parts] == [None, "attachment"]
    assert [part.get_param("method") for part in parts] == ["REQUEST", "REQUEST"]
    assert parts[1].get_filename() == "event.ics"
    assert "SUMMARY:科普" in parts[0].get_content()
    assert "SUMMARY:科普" in parts[1].get_payload(decode=True).decode()


def test_a_greylisted_mail_is_tried_again(send, mail_server):
    send("grey")

    delivery = only_delivery()
    assert (delivery.state, delivery.attempts) == (DeliveryState.WAITING, 1)
    assert delivery.last_error == "451 4.7.1 greylisted, try again in five minutes"
    assert delivery.due_at == rules.next_attempt_at(1, seed=delivery.id, now=NOON)


@pytest.mark.parametrize("box", ["full", "later"])
def test_what_is_put_off_is_tried_again(send, box):
    send(box)
    assert only_delivery().state is DeliveryState.WAITING


@pytest.mark.parametrize(
    ("box", "said"),
    [
        ("unknown", "550 5.1.1 <***@example.cn> no such user"),
        ("spam", "554 5.7.1 refused by policy"),
        ("not an address", "no mail address"),
    ],
)
def test_what_is_refused_is_a_dead_letter_at_once(send, box, said):
    send(box)
    assert (only_delivery().state, only_delivery().last_error) == (DeliveryState.FAILED, said)


def test_one_bad_address_does_not_keep_the_others(send, mail_server, only_channels):
    for box in ("unknown", "lin", "grey", "zhao"):
        reader = factories.person(email=f"{box}@example.cn")
        queue(reader, "welcome")

    work(NOON, channel="email")

    assert [line["to"] for line in mail_server.taken()] == ["lin@example.cn", "zhao@example.cn"]


def test_a_server_that_hangs_up_in_the_middle_is_tried_again(send):
    send("hangup")

    assert (only_delivery().state, only_delivery().attempts) == (DeliveryState.WAITING, 1)
    assert only_delivery().last_error.startswith("no answer: ")


def test_a_server_that_closes_is_left_alone_for_a_while(send):
    send("closing")

    assert (only_delivery().state, only_delivery().attempts) == (DeliveryState.WAITING, 0)
    assert channel_error() == "421 4.3.2 closing down"


def test_a_slow_server_is_not_waited_for(send):
    started_s = time.monotonic()
    send("slow")

    assert time.monotonic() - started_s < 10 * TIMEOUT_S
    assert only_delivery().state is DeliveryState.WAITING
    assert "no answer" in only_delivery().last_error


def test_a_mail_taken_without_an_answer_comes_again_under_the_same_id(send, mail_server):
    send("deaf")
    work(only_delivery().due_at, channel="email")

    ids = [mail["Message-ID"] for mail in mails(mail_server)]
    assert len(ids) == 2
    assert len(set(ids)) == 1


def test_a_server_that_is_down_costs_no_attempt(only_channels, mail_server):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        mail_server.port = closed.getsockname()[1]
    only_channels(channel(mail_server))
    queue(factories.person(email="lin@example.cn"), "welcome")

    work(NOON, channel="email")

    assert (only_delivery().state, only_delivery().attempts) == (DeliveryState.WAITING, 0)
    assert channel_error().startswith("cannot connect: ConnectionRefusedError")


def test_a_sender_that_is_not_ours_is_trouble_of_the_channel(mail_server, only_channels):
    forged = channel(mail_server)
    only_channels(MailChannel(server=forged.server, sender="forged@example.cn", sender_name="科普",
                              domain="kepu.example.cn"))  # fmt: skip
    queue(factories.person(email="lin@example.cn"), "welcome")

    work(NOON, channel="email")

    assert only_delivery().attempts == 0
    assert channel_error() == "553 5.7.1 not your address"


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.usefixtures("app")
def test_mail_goes_over_tls_with_a_password(tmp_path, certificate, only_channels, security):
    with running("smtp", tmp_path, "--tls", security, "--cert", str(certificate)) as server:
        only_channels(channel(server, security=security, ca_file=str(certificate), user="kepu",
                              password="kepu-password"))  # fmt: skip
        queue(factories.person(email="lin@example.cn"), "welcome")

        work(NOON, channel="email")

        assert [line["secure"] for line in server.taken()] == [True]


@pytest.mark.usefixtures("app")
def test_a_wrong_password_is_trouble_of_the_channel(tmp_path, certificate, only_channels):
    with running("smtp", tmp_path, "--tls", "starttls", "--cert", str(certificate)) as server:
        only_channels(channel(server, security="starttls", ca_file=str(certificate), user="kepu",
                              password="wrong"))  # fmt: skip
        queue(factories.person(email="lin@example.cn"), "welcome")

        work(NOON, channel="email")

    assert channel_error() == "cannot sign in: 535 5.7.8 wrong password"


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.usefixtures("app")
def test_a_certificate_nobody_trusts_stops_the_mail(tmp_path, certificate, only_channels, security):
    with running("smtp", tmp_path, "--tls", security, "--cert", str(certificate)) as server:
        only_channels(channel(server, security=security))
        queue(factories.person(email="lin@example.cn"), "welcome")

        work(NOON, channel="email")

        assert server.taken() == []
    assert only_delivery().attempts == 0
    assert "CERTIFICATE_VERIFY_FAILED" in channel_error()


def test_a_server_without_tls_gets_no_mail_that_should_be_safe(mail_server, only_channels):
    only_channels(channel(mail_server, security="starttls"))
    queue(factories.person(email="lin@example.cn"), "welcome")

    work(NOON, channel="email")

    assert mail_server.taken() == []
    assert "STARTTLS" in channel_error()


def test_invented_people_are_never_written_to(mail_server, only_channels):
    only_channels(channel(mail_server))
    invented = factories.person(email="demo@example.cn")
    invented.is_demo = True
    db.session.commit()
    queue(invented, "welcome")

    work(NOON, channel="email")

    assert deliveries() == []


def test_every_topic_that_can_be_refused_has_a_sample_kind(app):
    topics = {kind.topic for kind in kinds.registered()}
    assert {Topic.INVITATIONS, Topic.BOOKINGS, Topic.CHANGES} <= topics
