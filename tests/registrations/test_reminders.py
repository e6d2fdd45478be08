from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests import factories
from tests.client import counted_queries
from tests.factories import HOUR, NOON
from volunteer_hub.core.database import db
from volunteer_hub.core.outbox import OutboxMessage
from volunteer_hub.events.models import Status
from volunteer_hub.registrations import actions, tasks
from volunteer_hub.registrations.models import RegistrationState
from volunteer_hub.registrations.rules import is_reminder_due

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
START = NOON + 5 * DAY


def registered(event=None, phone="13900000001", created_at=NOON - DAY, **more):
    row = factories.registration(event or factories.event(starts_at=START), phone=phone, **more)
    row.created_at = created_at
    db.session.commit()
    return row


def sent():
    return db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()


@pytest.mark.parametrize(
    ("known_before", "now_before", "expected"),
    [
        (2 * DAY, DAY + MINUTE, False),
        (2 * DAY, DAY, True),
        (2 * DAY, MINUTE, True),
        (2 * DAY, 0 * DAY, False),
        (DAY + MINUTE, DAY, True),
        (DAY, HOUR, False),
    ],
)
def test_a_reminder_is_due_for_a_day_to_whoever_knew_before(known_before, now_before, expected):
    verdict = is_reminder_due(
        starts_at=START, known_at=START - known_before, now=START - now_before
    )

    assert verdict is expected


def test_attendees_who_left_a_number_are_reminded_once(app):
    row = registered()
    registered(phone=None)

    for moment in (START - DAY - MINUTE, START - DAY, START - HOUR, START):
        tasks.remind_registrants(moment)

    [reminder] = sent()
    assert (reminder.kind, reminder.queued_at) == ("registration_reminder", START - DAY)
    assert reminder.recipient_id == row.id
    assert reminder.expires_at == START
    assert reminder.params["path"].startswith("/T/R")


@pytest.mark.parametrize("status", [Status.DRAFT, Status.CANCELLED, Status.CONFIRMED])
def test_nobody_is_reminded_of_what_does_not_take_place(app, status):
    registered(factories.event(starts_at=START, status=status))

    tasks.remind_registrants(START - HOUR)

    assert sent() == []


def test_whoever_gave_the_place_back_is_not_reminded(app):
    registered(state=RegistrationState.CANCELLED)

    tasks.remind_registrants(START - HOUR)

    assert sent() == []


def test_whoever_was_just_told_of_a_change_is_not_reminded_too(app):
    row = registered()
    row.event.changed_at = START - DAY
    db.session.commit()

    tasks.remind_registrants(START - HOUR)

    assert sent() == []


def test_an_event_that_moved_is_reminded_of_again(app):
    row = registered()
    tasks.remind_registrants(START - DAY)
    event = db.session.get(type(row.event), row.event_id)
    event.changed_at = START - HOUR
    event.starts_at, event.ends_at = START + 7 * DAY, START + 7 * DAY + HOUR
    db.session.commit()

    tasks.remind_registrants(START + 6 * DAY)

    assert len(sent()) == 2


def test_many_are_reminded_in_few_queries_and_in_parts(app, monkeypatch):
    event = factories.event(starts_at=START)
    for _ in range(7):
        registered(event)

    with counted_queries() as statements:
        tasks.remind_registrants(START - DAY)
    assert len(statements) <= 5
    assert len(sent()) == 7

    monkeypatch.setattr(actions, "AT_ONCE", 2)
    other = factories.event(starts_at=START + HOUR)
    for _ in range(5):
        registered(other)
    tasks.remind_registrants(START + HOUR - DAY)
    assert len(sent()) == 12
