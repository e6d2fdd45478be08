from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests import factories
from tests.factories import HOUR, NOON
from volunteer_hub.assignments import tasks
from volunteer_hub.assignments.models import Assignment, State
from volunteer_hub.core.database import db
from volunteer_hub.core.outbox import OutboxMessage
from volunteer_hub.events.models import Status

MINUTE = timedelta(minutes=1)


def state_of(row):
    return db.session.get(Assignment, row.id).state


def messages():
    return db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()


def change(event, at, what=("time",)):
    event.changed_at, event.changes = at, list(what)
    db.session.commit()


def test_overdue_invitations_expire_at_their_moment(app):
    due = factories.assignment(state=State.INVITED, expires_at=NOON)
    later = factories.assignment(state=State.INVITED, expires_at=NOON + MINUTE)
    agreed = factories.assignment(expires_at=NOON)

    tasks.follow_events(NOON)

    assert state_of(due) is State.EXPIRED
    assert state_of(later) is State.INVITED
    assert state_of(agreed) is State.ACCEPTED


def test_a_cancelled_event_calls_everyone_off_and_tells_them_once(app):
    event = factories.event(status=Status.CANCELLED, cancel_reason="大雨")
    post = factories.post(factories.shift(event))
    agreed = factories.assignment(post)
    asked = factories.assignment(post, state=State.INVITED)
    declined = factories.assignment(post, state=State.DECLINED)
    other = factories.assignment()

    tasks.follow_events(NOON)
    tasks.follow_events(NOON + MINUTE)

    assert (state_of(agreed), state_of(asked)) == (State.CANCELLED, State.CANCELLED)
    assert (state_of(declined), state_of(other)) == (State.DECLINED, State.ACCEPTED)
    told = messages()
    assert [each.kind for each in told] == ["event_cancelled"] * 2
    assert {each.recipient_id for each in told} == {
        agreed.volunteer.person_id,
        asked.volunteer.person_id,
    }
    assert told[0].params["reason"] == "大雨"


def test_a_changed_event_is_told_once_for_each_change(app):
    known = factories.assignment()
    event = known.post.shift.event
    change(event, NOON + HOUR)

    tasks.follow_events(NOON + HOUR)
    event.summary = "别的改动"
    db.session.commit()
    tasks.follow_events(NOON + HOUR + MINUTE)
    assert len(messages()) == 1

    change(event, NOON + 2 * HOUR, ("place",))
    tasks.follow_events(NOON + 2 * HOUR)

    first, second = messages()
    assert (first.kind, first.params["changes"]) == ("event_changed", ["time"])
    assert second.params["changes"] == ["place"]
    assert second.params["when"] == known.post.shift.starts_at.isoformat()


def test_whoever_answered_after_the_change_is_not_told(app):
    before = factories.assignment()
    change(before.post.shift.event, NOON + MINUTE)
    after = factories.assignment(before.post)
    after.answered_at = NOON + 2 * MINUTE
    db.session.commit()

    tasks.follow_events(NOON + HOUR)

    assert [each.recipient_id for each in messages()] == [before.volunteer.person_id]


@pytest.mark.parametrize("state", [State.DECLINED, State.WITHDRAWN, State.CANCELLED, State.EXPIRED])
def test_whoever_is_not_coming_is_not_told_of_changes(app, state):
    known = factories.assignment(state=state)
    change(known.post.shift.event, NOON + HOUR)

    tasks.follow_events(NOON + HOUR)

    assert messages() == []


def test_changes_after_the_shift_are_no_news(app):
    known = factories.assignment()
    ended_at = known.post.shift.ends_at
    change(known.post.shift.event, ended_at)

    tasks.follow_events(ended_at)

    assert messages() == []
