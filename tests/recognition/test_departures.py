"""A missing check-out: asked for, proposed, closed after some hours, never credited silently."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests import factories
from tests.factories import HOUR, NOON
from volunteer_hub.checkin.models import Attendance
from volunteer_hub.core.database import db
from volunteer_hub.core.outbox import OutboxMessage
from volunteer_hub.recognition import tasks
from volunteer_hub.recognition.models import Departure, HoursEntry

END = NOON - HOUR  # of the shift


@pytest.fixture
def stayed(app):
    """Return somebody who came at eight and whom nobody checked out."""
    event = factories.event(starts_at=END - 4 * HOUR, hours=4)
    shift = factories.shift(event, hours=4)
    row = factories.assignment(factories.post(shift))
    db.session.add(Attendance(event_id=event.id, assignment_id=row.id, in_at=event.starts_at))
    db.session.commit()
    return row


def asked():
    db.session.expire_all()
    return db.session.scalars(select(OutboxMessage)).all()


def link():
    return asked()[0].params["path"]


@pytest.mark.parametrize(("hours", "number"), [(0.4, 0), (0.5, 1), (3.9, 1), (4.1, 0)])
def test_they_are_asked_between_half_an_hour_and_four_hours_after(stayed, hours, number):
    for _ in range(2):
        tasks.follow_departures(END + hours * HOUR)

    assert [message.kind for message in asked()] == ["departure_missing"] * number


def test_who_was_checked_out_is_not_asked(stayed):
    db.session.scalars(select(Attendance)).one().out_at = END
    db.session.commit()
    tasks.follow_departures(NOON)

    assert asked() == []


def test_they_say_when_they_left_and_nothing_is_credited_yet(client, stayed, at):
    at(NOON)
    tasks.follow_departures(NOON)
    assert "没有签退" in client.get(link()).text

    answer = client.post(link(), data={"left_at": "2026-09-05T10:30"})

    assert answer.status_code == 302
    assert db.session.scalars(select(Departure)).one().left_at == END - 0.5 * HOUR
    assert db.session.scalars(select(HoursEntry)).all() == []


@pytest.mark.parametrize(
    "moment", ["2026-09-05T06:59", "2026-09-05T12:01", "2026-09-05T11:31", "早"]
)
def test_a_time_that_cannot_be_is_asked_again(client, stayed, at, moment):
    at(NOON)
    tasks.follow_departures(NOON)

    answer = client.post(link(), data={"left_at": moment})

    assert answer.status_code == 422
    assert moment in answer.text
    assert db.session.scalars(select(Departure)).one().left_at is None


def test_after_four_hours_it_is_only_pending(client, stayed, at):
    tasks.follow_departures(NOON)
    path = link()
    tasks.follow_departures(END + 4 * HOUR)
    at(END + 4 * HOUR)

    assert db.session.scalars(select(Departure)).one().closed_at is not None
    answer = client.post(path, data={"left_at": "2026-09-05T10:30"})
    assert answer.status_code == 409
    assert "请联系活动负责人" in answer.text
    assert db.session.scalars(select(HoursEntry)).all() == []


def test_a_made_up_link_leads_nowhere(client, stayed):
    assert client.get(f"/leaving/{stayed.id}-AAAAAAAAAAAAAAAA").status_code == 404
