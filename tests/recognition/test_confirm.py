from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests import factories
from tests.factories import HOUR, NOON
from volunteer_hub.checkin.models import Attendance
from volunteer_hub.core.database import db
from volunteer_hub.core.outbox import OutboxMessage
from volunteer_hub.events.models import Event
from volunteer_hub.notifications.kinds import render
from volunteer_hub.recognition.models import (
    ClaimState,
    Departure,
    HoursClaim,
    HoursKind,
    ServiceRecord,
)

AFTER = NOON + 30 * HOUR


def came(assignment, hours=2.0, out=True):
    shift = assignment.post.shift
    row = Attendance(
        event_id=shift.event_id,
        assignment_id=assignment.id,
        in_at=shift.starts_at,
        out_at=shift.starts_at + timedelta(hours=hours) if out else None,
    )
    db.session.add(row)
    db.session.commit()


def records():
    db.session.expire_all()
    return db.session.scalars(select(ServiceRecord).order_by(ServiceRecord.id)).all()


@pytest.fixture
def event(client, at):
    at(AFTER)
    event = factories.event()
    client.sign_in(factories.office())
    return event


def confirm(client, event, **answers):
    return client.post(f"/organise/events/{event.id}/confirm", data=answers)


def test_the_record_shows_the_hours_that_in_and_out_gave(client, event):
    assignment = factories.assignment(factories.post(factories.shift(event, hours=3)))
    came(assignment, hours=2.5)

    answer = confirm(client, event, **{f"row-{assignment.id}-answer": "as_timed"})

    assert answer.status_code == 302
    (record,) = records()
    assert (record.minutes, record.kind) == (150, HoursKind.TIMED)
    assert db.session.get(Event, event.id).status == "confirmed"
    (told,) = db.session.scalars(select(OutboxMessage))
    assert (told.kind, told.params["minutes"]) == ("hours_confirmed", 150)
    said = render(told.kind, told.params, "林小禾")
    assert "记为 2.5 小时。" in said.lines


def test_hours_added_by_hand_need_a_reason_and_somebody_else(client, event):
    assignment = factories.assignment(factories.post(factories.shift(event)))
    row = f"row-{assignment.id}"

    refused = confirm(client, event, **{f"{row}-answer": "added", f"{row}-hours": "１.５"})

    assert refused.status_code == 422
    assert "原因" in refused.text
    assert 'value="１.５"' in refused.text
    assert records() == []

    confirm(
        client,
        event,
        **{f"{row}-answer": "added", f"{row}-hours": "1.5", f"{row}-reason": "手机没电"},
    )
    (claim,) = db.session.scalars(select(HoursClaim))
    assert (claim.minutes, claim.state, claim.reason) == (90, ClaimState.WAITING, "手机没电")
    assert claim.assignment_id == assignment.id
    assert records() == []


def test_without_check_out_nobody_is_credited_by_keeping_silent(client, event):
    assignment = factories.assignment(factories.post(factories.shift(event, hours=2)))
    came(assignment, out=False)

    answers = {f"row-{assignment.id}-answer": "pending"}
    assert confirm(client, event, **answers).status_code == 302
    assert records() == []
    assert "先不记" in client.get(f"/organise/events/{event.id}/confirm").text


def test_the_organiser_takes_the_time_that_the_volunteer_says(client, event):
    assignment = factories.assignment(factories.post(factories.shift(event, hours=3)))
    came(assignment, out=False)
    left_at = assignment.post.shift.starts_at + 2 * HOUR
    db.session.add(Departure(assignment_id=assignment.id, asked_at=NOON, left_at=left_at))
    db.session.commit()
    page = client.get(f"/organise/events/{event.id}/confirm")
    assert "本人说 14:00 离开" in page.text

    confirm(client, event, **{f"row-{assignment.id}-answer": "as_proposed"})

    (record,) = records()
    assert (record.minutes, record.kind) == (120, HoursKind.ADDED)
    client.sign_in(assignment.volunteer.person)
    assert "本人说 14:00 离开，负责人确认" in client.get("/me/record").text


def test_a_missing_check_out_is_settled_with_one_tap(client, event):
    assignment = factories.assignment(factories.post(factories.shift(event, hours=2)))
    came(assignment, out=False)

    confirm(client, event, **{f"row-{assignment.id}-answer": "as_shift"})

    (record,) = records()
    assert (record.minutes, record.kind) == (120, HoursKind.ADDED)


def test_a_no_show_gets_no_hours_and_no_message(client, event):
    assignment = factories.assignment(factories.post(factories.shift(event)))

    confirm(client, event, **{f"row-{assignment.id}-answer": "no_show"})

    (record,) = records()
    assert (record.minutes, record.kind) == (0, HoursKind.NO_SHOW)
    assert db.session.scalars(select(OutboxMessage)).all() == []


@pytest.mark.parametrize("hours", ["很多", "🙂", "-1", "25", "NaN", "Infinity", "9" * 9])
def test_odd_hours_are_refused_and_kept(client, event, hours):
    assignment = factories.assignment(factories.post(factories.shift(event)))
    row = f"row-{assignment.id}"

    page = confirm(
        client, event, **{f"{row}-answer": "added", f"{row}-hours": hours, f"{row}-reason": "x"}
    )

    assert page.status_code == 422
    assert hours in page.text
    assert records() == []


def test_nothing_is_confirmed_before_the_end_or_twice(client, event, at):
    assignment = factories.assignment(factories.post(factories.shift(event)))
    answers = {f"row-{assignment.id}-answer": "no_show"}

    at(event.ends_at - timedelta(minutes=1))
    assert confirm(client, event, **answers).status_code == 409
    at(AFTER)
    assert confirm(client, event, **answers).status_code == 302
    assert confirm(client, event, **answers).status_code == 409
    assert len(records()) == 1


def test_a_stale_page_keeps_the_answers(client, event):
    assignment = factories.assignment(factories.post(factories.shift(event)))
    row = f"row-{assignment.id}"

    page = client.post(
        f"/organise/events/{event.id}/confirm",
        data={f"{row}-answer": "added", f"{row}-hours": "2", f"{row}-reason": "队长证明"},
        csrf=False,
    )

    assert page.status_code == 422
    assert "队长证明" in page.text
    assert records() == []


def test_a_volunteer_reads_why_it_is_this_number(client, event):
    assignment = factories.assignment(factories.post(factories.shift(event, hours=3)))
    came(assignment, hours=2.5)
    confirm(client, event, **{f"row-{assignment.id}-answer": "as_timed"})
    client.sign_in(assignment.volunteer.person)

    page = client.get("/me/record")

    assert "2.5 小时" in page.text
    assert "签到 12:00、签退 14:30" in page.text


def test_someone_who_is_no_volunteer_is_told_how_to_become_one(client, event):
    assert 'href="/join"' in client.get("/me/record").text
