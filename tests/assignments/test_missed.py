"""Whoever the messages did not reach is rung: they stand on the call lists."""

from __future__ import annotations

import pytest

from tests import factories
from tests.assignments.pages import DAY, agreed, change, words
from tests.factories import HOUR, NOON
from tests.notifications.conftest import Mailbox
from tests.notifications.sending import deliveries, work
from volunteer_hub.assignments import queries, tasks
from volunteer_hub.core.database import db
from volunteer_hub.core.transaction import transaction
from volunteer_hub.events.concerned import Reach, concerned_by
from volunteer_hub.events.models import Event, Status
from volunteer_hub.notifications import actions, channels
from volunteer_hub.notifications.channels import RefusedError
from volunteer_hub.registrations import tasks as registration_tasks

ASKED = NOON + 2 * HOUR  # a day before it begins
START = ASKED + DAY
MOVED = NOON + HOUR


@pytest.fixture
def box(app, at, monkeypatch):
    """Return the application's one channel; it is noon."""
    at(NOON)
    mailbox = Mailbox()
    monkeypatch.setitem(app.extensions, channels.EXTENSION, {"sms": mailbox})
    return mailbox


@pytest.fixture
def event(organiser):
    who, of = organiser
    return factories.event(of=of, by=who, starts_at=START)


@pytest.fixture
def row(event):
    who = factories.person(name="林小禾", phone="13800000001")
    post = factories.post(factories.shift(event), max_people=9)
    return agreed(post, to=factories.volunteer(who=who))


def remind(box, error=None, now=ASKED):
    """Send what is due, which the other side takes or refuses."""
    tasks.follow_events(now)
    tasks.remind(now)
    registration_tasks.tell_registrants(now)
    box.error = error
    work(now)
    db.session.rollback()


def at_risk(event, now):
    return queries.at_risk_counts([event.id], now=now)[event.id]


def test_whoever_got_the_question_has_time_to_answer(box, event, row):
    remind(box)
    assert at_risk(event, ASKED) == 0
    assert at_risk(event, ASKED + 3 * HOUR) == 1


def test_whoever_did_not_is_on_the_call_list_at_once(client, at, box, event, row):
    remind(box, RefusedError("no such number"))

    assert at_risk(event, ASKED) == 1
    at(ASKED)
    page = words(client.get(f"/organise/events/{event.id}/at-risk").text)
    assert "林小禾" in page
    assert "消息没送到" in page
    assert "消息没送到" in client.get(f"/organise/events/{event.id}/roster").text


def test_they_leave_it_when_the_message_is_sent_again_or_read_on_the_site(box, event, row):
    remind(box, RefusedError("no such number"))
    with transaction():
        actions.send_again(deliveries()[0].id, by=row.volunteer.person_id, now=ASKED)
    assert at_risk(event, ASKED) == 0  # it is on its way

    box.error = RefusedError("still not")
    work(ASKED)
    assert at_risk(event, ASKED) == 1

    with transaction():
        actions.mark_all_read(row.volunteer.person_id, now=ASKED)
    assert at_risk(event, ASKED) == 0


def test_an_earlier_message_that_failed_does_not_count_once_a_later_one_came(box, event, row):
    first = START - 3 * DAY
    remind(box, RefusedError("not now"), now=first)
    assert at_risk(event, first) == 1

    remind(box, now=ASKED)
    assert at_risk(event, ASKED) == 0


def moved(event):
    change(db.session.get(Event, event.id), MOVED, reason="大雨")


def test_whom_news_of_a_change_did_not_reach_is_to_be_rung(client, box, event, row):
    factories.registration(event, name="赵麦芽", phone="13900000002")
    moved(event)
    remind(box, RefusedError("no such number"), now=MOVED)

    found = concerned_by(db.session.get(Event, event.id))
    assert [(each.name, each.reach) for each in found] == [
        ("林小禾", Reach.PHONE), ("赵麦芽", Reach.PHONE)
    ]  # fmt: skip
    page = words(client.get(f"/organise/events/{event.id}/change/calls").text)
    assert page.count("消息没送到") == 2
    assert "已告诉 0 / 2" in page


def test_news_of_another_event_or_an_earlier_change_does_not_count(box, event, row, organiser):
    moved(event)
    remind(box, now=MOVED)
    who, of = organiser
    other = factories.event("别的活动", of=of, by=who, starts_at=START + DAY)
    agreed(factories.post(factories.shift(other)), to=row.volunteer)
    moved(other)
    remind(box, RefusedError("full"), now=MOVED)

    def reach_of(one):
        return [each.reach for each in concerned_by(db.session.get(Event, one.id))]

    assert (reach_of(event), reach_of(other)) == ([Reach.MESSAGE], [Reach.PHONE])


def test_a_cancellation_that_reached_nobody_is_rung_too(box, event, row):
    event.status, event.cancelled_at, event.cancel_reason = Status.CANCELLED, NOON, "停电"
    db.session.commit()
    remind(box, RefusedError("no such number"), now=NOON)

    [one] = concerned_by(db.session.get(Event, event.id))
    assert (one.was_missed, one.reach) == (True, Reach.PHONE)


def test_what_is_still_on_its_way_is_not_missed(box, event, row):
    moved(event)
    remind(box, OSError("busy"), now=MOVED)
    assert not concerned_by(db.session.get(Event, event.id))[0].was_missed
