"""Whom to tell what: of changes, of tomorrow; how attendees are reached."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import contains_eager

from volunteer_hub.core import outbox
from volunteer_hub.core.database import db
from volunteer_hub.core.outbox import RecipientKind
from volunteer_hub.events.concerned import Concerned
from volunteer_hub.events.models import Event, Status
from volunteer_hub.notifications.recipients import Recipient
from volunteer_hub.registrations import rules
from volunteer_hub.registrations.models import Registration
from volunteer_hub.registrations.queries.places import BY_SPELLING, CONFIRMED, holds, locked


def events_to_tell_of(*, since: datetime, now: datetime) -> list[int]:
    """Return the events whose registrants may not know yet that it changed or was cancelled."""
    changed = (
        (Event.status == Status.PUBLISHED) & (Event.changed_at >= since) & (Event.ends_at > now)
    )
    cancelled = (Event.status == Status.CANCELLED) & (Event.cancelled_at >= since)
    registered = select(Registration.event_id).where(holds(with_waiting=True))
    statement = select(Event.id).where(or_(changed, cancelled), Event.id.in_(registered))
    return list(db.session.scalars(statement.order_by(Event.id)))


def lock_live_of(event: Event) -> list[Registration]:
    """Return every place still held at the event, against other writers.

    Whoever waits hears of changes as well; when it is cancelled, with the end of the line.
    """
    is_held = holds(with_waiting=event.status is not Status.CANCELLED)
    statement = locked().where(Registration.event_id == event.id, is_held)
    return list(db.session.scalars(statement.order_by(Registration.id)))


def concerned_by(event: Event) -> list[Concerned]:
    """Return whoever holds a place at the event, also those its cancellation has sent away."""
    is_concerned = holds(with_waiting=True)
    if event.status is Status.CANCELLED:
        is_concerned = or_(is_concerned, Registration.cancelled_at >= event.cancelled_at)
    statement = (
        select(Registration.id, Registration.name, Registration.phone, Registration.companions)
        .where(Registration.event_id == event.id, is_concerned)
        .order_by(*BY_SPELLING)
    )
    return [
        Concerned(RecipientKind.REGISTRATION, row.id, row.name, row.phone, None,
                  people=1 + row.companions)
        for row in db.session.execute(statement)
    ]  # fmt: skip


def due_reminders(*, now: datetime, limit: int) -> list[tuple[str, Registration]]:
    """Return attendees to be reminded and not reminded before, each with the message's key."""
    statement = (
        select(Registration)
        .join(Registration.event)
        .where(
            CONFIRMED,
            Registration.phone.is_not(None),
            Event.status == Status.PUBLISHED,
            Event.starts_at > now,
            Event.starts_at <= now + rules.REMIND_BEFORE,
        )
        .order_by(Event.starts_at, Registration.id)
        .options(contains_eager(Registration.event).joinedload(Event.venue))
    )
    due = {_reminder_key(row): row for row in db.session.scalars(statement) if _is_due(row, now)}
    for known in outbox.queued_keys(due):
        del due[known]
    return list(due.items())[:limit]


def _is_due(row: Registration, now: datetime) -> bool:
    changed_at = row.event.changed_at
    known_at = max(row.created_at, changed_at) if changed_at else row.created_at
    return rules.is_reminder_due(starts_at=row.event.starts_at, known_at=known_at, now=now)


def _reminder_key(row: Registration) -> str:
    """Return what makes a reminder the only one; an event that moved has its own."""
    return f"remind:registration:{row.id}:{row.event.starts_at:%Y%m%d%H%M}"


def attendees_to_write_to(registration_ids: Collection[int]) -> dict[int, Recipient]:
    """Return how to reach these attendees, without those who left no number.

    Whoever registered for an invented event is invented too.
    """
    statement = (
        select(Registration.id, Registration.name, Registration.phone, Event.is_demo)
        .join(Registration.event)
        .where(Registration.id.in_(registration_ids), Registration.phone.is_not(None))
    )
    return {
        row.id: Recipient(row.name, row.phone, None, is_demo=row.is_demo)
        for row in db.session.execute(statement)
    }
