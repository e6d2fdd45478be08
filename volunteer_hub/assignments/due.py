"""Assignments that the clock's jobs have to do something about."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select

from volunteer_hub.assignments.models import Assignment, State
from volunteer_hub.assignments.queries import LIVE, WITH_EVENT, WITH_PERSON
from volunteer_hub.core.database import db
from volunteer_hub.core.outbox import OutboxMessage
from volunteer_hub.events.models import Event, Post, Shift, Status

# A worker that stood still for a week still catches up.
CHANGES_ARE_NEWS = timedelta(days=7)


def lock_overdue_invitations(*, now: datetime) -> list[Assignment]:
    """Return the invitations whose answer is overdue, without those being answered right now."""
    statement = (
        select(Assignment)
        .where(Assignment.state == State.INVITED, Assignment.expires_at <= now)
        .order_by(Assignment.id)
        .with_for_update(of=Assignment, skip_locked=True)
    )
    return list(db.session.scalars(statement))


def lock_assignments_of_cancelled_events() -> list[Assignment]:
    """Return whoever was asked or agreed to come to an event that was cancelled since."""
    statement = (
        select(Assignment)
        .join(Assignment.post)
        .join(Post.shift)
        .join(Shift.event)
        .where(Event.status == Status.CANCELLED, Assignment.state.in_(LIVE))
        .order_by(Assignment.id)
        .options(*WITH_PERSON, *WITH_EVENT)
        .with_for_update(of=Assignment)
    )
    return list(db.session.scalars(statement))


def assignments_to_tell_of_changes(*, now: datetime) -> list[tuple[Assignment, str]]:
    """Return whoever has to be told that an event changed, each with the key of the message.

    Whoever answered or was asked after the change knows it; whoever was told already is left out.
    """
    statement = (
        select(Assignment)
        .join(Assignment.post)
        .join(Post.shift)
        .join(Shift.event)
        .where(
            Event.status == Status.PUBLISHED,
            Event.changed_at > now - CHANGES_ARE_NEWS,
            Shift.ends_at > now,
            Assignment.state.in_(LIVE),
            func.coalesce(Assignment.answered_at, Assignment.created_at) < Event.changed_at,
        )
        .order_by(Assignment.id)
        .options(*WITH_PERSON, *WITH_EVENT)
    )
    keys = {_change_key(row): row for row in db.session.scalars(statement)}
    told = select(OutboxMessage.dedupe_key).where(OutboxMessage.dedupe_key.in_(keys))
    for known in db.session.scalars(told):
        keys.pop(known or "", None)
    return [(row, key) for key, row in keys.items()]


def _change_key(row: Assignment) -> str:
    event = row.post.shift.event
    moment = event.changed_at.timestamp() if event.changed_at else 0
    return f"event_changed:{event.id}:{moment:.0f}:assignment:{row.id}"
