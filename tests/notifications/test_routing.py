"""Which channels a message takes, and when."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests import factories
from tests.factories import HOUR, NOON
from tests.notifications.conftest import Mailbox
from tests.notifications.sending import deliveries, messages, queue
from volunteer_hub.accounts import actions as accounts
from volunteer_hub.core import outbox
from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.database import db
from volunteer_hub.core.outbox import Draft
from volunteer_hub.core.transaction import transaction
from volunteer_hub.notifications import actions, tasks
from volunteer_hub.notifications.channels.development import DevelopmentChannel
from volunteer_hub.notifications.topics import Means, Topic

NIGHT = datetime(2026, 9, 5, 23, 0, tzinfo=LOCAL)
MORNING = datetime(2026, 9, 6, 7, 0, tzinfo=LOCAL)
EVENT = {"event": "灯会"}


@pytest.fixture(autouse=True)
def boxes(only_channels):
    """Leave the application a mail and a text message channel."""
    only_channels(Mailbox("email"), Mailbox("sms"))


@pytest.fixture
def reader(app):
    person = factories.person(phone="13800001111")
    person.email = "lin@example.cn"
    db.session.commit()
    return person


def ways(now=NOON):
    tasks.route(now)
    return [delivery.channel for delivery in deliveries()]


def wish(person, topic, *means):
    with transaction():
        actions.set_preferences(person.id, {topic: frozenset(means)}, language="zh")


def test_a_message_takes_every_usual_way_of_its_topic(reader):
    queue(reader, "invitation", params=EVENT)
    queue(reader, "hours_confirmed", params=EVENT)

    assert ways() == ["email", "sms", "email"]


def test_a_person_chooses_the_ways_of_a_topic(reader):
    wish(reader, Topic.INVITATIONS, Means.SMS)
    wish(reader, Topic.RECORD)
    queue(reader, "invitation", params=EVENT)
    queue(reader, "hours_confirmed", params=EVENT)

    assert ways() == ["sms"]
    assert [m.dropped for m in messages()] == [None, None]


def test_what_the_usual_is_may_change_for_whoever_chose_nothing_else(reader):
    wish(reader, Topic.INVITATIONS, Means.SMS, Means.EMAIL)
    assert actions.set_preferences is not None
    assert db.session.query(actions.reading.MessagePreference).count() == 0


def test_nobody_can_do_without_what_concerns_everybody(reader):
    wish(reader, Topic.CHANGES)
    with transaction():
        actions.unsubscribe(reader.id, Topic.CHANGES, Means.EMAIL)
    queue(reader, "event_cancelled", params=EVENT)

    assert ways() == ["email", "sms"]


def test_an_emergency_overrides_wishes_night_and_limit(app, reader):
    wish(reader, Topic.RECORD)
    for _ in range(app.config["MESSAGES_A_DAY"]):
        queue(reader, "welcome", now=NOON)
    tasks.route(NOON)
    before = len(deliveries())
    queue(reader, "hours_confirmed", params=EVENT, now=NIGHT, emergency="山洪")

    assert ways(NIGHT)[before:] == ["email", "sms"]


def test_at_night_messages_wait_until_seven(reader):
    queue(reader, "invitation", params=EVENT, now=NIGHT)

    assert ways(NIGHT) == []
    assert messages()[0].route_at == MORNING
    assert ways(MORNING - timedelta(seconds=1)) == []
    assert ways(MORNING) == ["email", "sms"]


def test_at_night_a_code_goes_out(reader):
    queue(reader, "sign_in_code", params={"sealed": "x"}, now=NIGHT)
    assert ways(NIGHT) == ["email", "sms"]


@pytest.mark.parametrize(
    ("begins", "goes_out"), [(MORNING + 2 * HOUR, True), (MORNING + 4 * HOUR, False)]
)
def test_at_night_what_is_about_the_early_morning_goes_out(reader, begins, goes_out):
    params = {**EVENT, "when": begins.isoformat()}
    queue(reader, "event_cancelled", params=params, now=NIGHT)
    assert bool(ways(NIGHT)) is goes_out


def test_a_wish_made_while_the_message_waited_counts(reader):
    queue(reader, "invitation", params=EVENT, now=NIGHT)
    tasks.route(NIGHT)
    wish(reader, Topic.INVITATIONS, Means.EMAIL)

    assert ways(MORNING) == ["email"]


def test_more_than_the_limit_of_a_day_comes_the_next_morning(app, reader):
    most = app.config["MESSAGES_A_DAY"]
    for _ in range(most + 2):
        queue(reader, "invitation", params=EVENT)
    queue(factories.person(), "invitation", params=EVENT)

    assert len(ways()) == 2 * most + 1
    late = [m.route_at for m in messages() if m.route_at]
    assert late == [MORNING] * 2
    assert len(ways(MORNING)) == 2 * (most + 2) + 1


def test_the_limit_holds_over_several_rounds_and_spares_what_cannot_wait(app, reader):
    for _ in range(app.config["MESSAGES_A_DAY"] + 1):
        queue(reader, "invitation", params=EVENT)
        tasks.route(NOON)
    queue(reader, "event_changed", params=EVENT)

    before = len(deliveries())
    assert ways()[before:] == ["email", "sms"]
    assert len([m for m in messages() if m.route_at]) == 1


def test_an_attendee_is_reached_by_phone_alone(app):
    registration = factories.registration(phone="13800002222")
    with transaction():
        to = outbox.to_registration(registration.id)
        outbox.enqueue("registration_confirmed", to=to, now=NOON, params=EVENT)

    assert ways() == ["sms"]


def test_nobody_who_registered_for_an_invented_event_is_rung(app):
    registration = factories.registration(factories.event(is_demo=True), phone="13800002222")
    with transaction():
        to = outbox.to_registration(registration.id)
        outbox.enqueue("registration_confirmed", to=to, now=NOON, params=EVENT)

    assert ways() == []
    assert messages()[0].dropped == "unreachable"


@pytest.mark.parametrize(("contact", "way"), [("13800001111", "sms"), ("lin@example.cn", "email")])
def test_a_code_goes_to_the_contact_it_was_asked_for_alone(reader, contact, way):
    with transaction():
        accounts.send_code(contact, address="10.0.0.1", now=NOON)

    assert ways() == [way]


def test_a_code_whose_one_channel_is_not_set_up_is_missed_and_not_sent_elsewhere(
    reader, only_channels
):
    only_channels(Mailbox("email"))
    with transaction():
        accounts.send_code("13800001111", address="10.0.0.1", now=NOON)

    assert ways() == []
    assert messages()[0].dropped == "unreachable"


def test_in_development_a_code_for_any_contact_is_shown(reader, only_channels):
    only_channels(DevelopmentChannel())
    with transaction():
        accounts.send_code("lin@example.cn", address="10.0.0.1", now=NOON)

    assert ways() == ["development"]


def test_nobody_is_asked_twice_at_once(app, reader):
    to = outbox.to_person(reader.id)
    with transaction():
        outbox.enqueue_all([Draft(kind="welcome", to=to, dedupe_key="w")] * 3, now=NOON)

    assert ways() == ["email", "sms"]


def test_a_message_for_later_waits(reader):
    queue(reader, "welcome", not_before=NOON + HOUR)

    assert ways(NOON) == []
    assert ways(NOON + HOUR) == ["email", "sms"]
