"""Assignments that the clock's jobs have to do something about."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import exists, func, or_, select, update
from sqlalchemy.orm import contains_eager

from volunteer_hub.assignments.models import Assignment, State
from volunteer_hub.assignments.queries import LIVE, WITH_EVENT, WITH_PERSON, change_key
from volunteer_hub.assignments.rules import hours_are_due_on, hours_are_overdue
from volunteer_hub.core import outbox
from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.database import db
from volunteer_hub.events.models import Event, Post, Shift, Status
from volunteer_hub.regions.models import Venue
from volunteer_hub.volunteers.models import Volunteer
from volunteer_hub.waiting.models import WaitingEntry
from volunteer_hub.waiting.rules import LIVE as IN_LINE
from volunteer_hub.workdays.queries import work_calendar

log = logging.getLogger(__name__)
# A worker that stood still for a week still catches up.
CHANGES_ARE_NEWS: Final = timedelta(days=7)
OVERDUE_IS_NEWS: Final = timedelta(days=60)


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

    Whoever answered, was asked or confirmed after the change knows it; whoever was told already is
    left out.
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
            or_(Assignment.confirmed_at.is_(None), Assignment.confirmed_at < Event.changed_at),
        )
        .order_by(Assignment.id)
        .options(*WITH_PERSON, *WITH_EVENT)
    )
    keys = {}
    for row in db.session.scalars(statement):
        event = row.post.shift.event
        if event.changed_at is not None:
            keys[change_key(event.id, event.changed_at, row.id)] = row
    for known in outbox.queued_keys(keys):
        del keys[known]
    return [(row, key) for key, row in keys.items()]


@dataclass(frozen=True, slots=True)
class Standby:
    """A volunteer who stands by for a post, and the key of what they are to be told."""

    person_id: int
    post: Post
    key: str


def standbys_to_tell_of_changes(*, now: datetime) -> list[Standby]:
    """Return whoever stands by for a post of an event that changed since, and was not told yet."""
    statement = (
        select(WaitingEntry, Volunteer.person_id, Post)
        .join(Volunteer, WaitingEntry.volunteer_id == Volunteer.id)
        .join(Post, WaitingEntry.post_id == Post.id)
        .join(Post.shift)
        .join(Shift.event)
        .where(
            Event.status == Status.PUBLISHED,
            Event.changed_at > now - CHANGES_ARE_NEWS,
            Shift.ends_at > now,
            WaitingEntry.state.in_(IN_LINE),
            WaitingEntry.joined_at < Event.changed_at,
        )
        .order_by(WaitingEntry.id)
        .options(
            contains_eager(Post.shift)
            .contains_eager(Shift.event)
            .joinedload(Event.venue)
            .joinedload(Venue.region)
        )
    )
    found = {}
    for entry, person_id, post in db.session.execute(statement):
        event = post.shift.event
        if event.changed_at is not None:
            key = change_key(event.id, event.changed_at, entry.id, of="standby")
            found[key] = Standby(person_id, post, key)
    for known in outbox.queued_keys(found):
        del found[known]
    return list(found.values())


def forget_confirmations(assignment_ids: Sequence[int]) -> None:
    """Forget what people said about a plan that changed since; what they said after it stays."""
    changed_since = (
        exists()
        .where(
            Post.id == Assignment.post_id,
            Shift.id == Post.shift_id,
            Event.id == Shift.event_id,
            Event.changed_at > Assignment.confirmed_at,
        )
        .correlate(Assignment)
    )
    statement = (
        update(Assignment)
        .where(Assignment.id.in_(assignment_ids), changed_since)
        .values(confirmed_at=None, confirmed_by_id=None)
        .execution_options(synchronize_session="fetch")
    )
    db.session.execute(statement)


def events_with_overdue_hours(*, now: datetime) -> list[Event]:
    """Return the events whose hours should have been confirmed and whose organiser was not told."""
    has_volunteers = (
        select(Shift.event_id)
        .join(Post, Post.shift_id == Shift.id)
        .join(Assignment, Assignment.post_id == Post.id)
        .where(Assignment.state == State.ACCEPTED)
    )
    statement = (
        select(Event)
        .where(
            Event.status == Status.PUBLISHED,
            Event.ends_at <= now,
            Event.ends_at > now - OVERDUE_IS_NEWS,
            Event.id.in_(has_volunteers),
        )
        .order_by(Event.ends_at, Event.id)
    )
    here, calendar = now.astimezone(LOCAL), work_calendar()
    ended = {event: event.ends_at.astimezone(LOCAL) for event in db.session.scalars(statement)}
    overdue = {
        overdue_key(event.id): event
        for event, at in ended.items()
        if hours_are_overdue(at, here, calendar)
    }
    due_on = {hours_are_due_on(at.date(), calendar) for at in ended.values()}
    if not calendar.is_certain(*due_on):
        log.warning("the holidays of %s are not published here: counted Monday to Friday",
                    max(due_on).year)  # fmt: skip
    for known in outbox.queued_keys(overdue):
        del overdue[known]
    return list(overdue.values())


def overdue_key(event_id: int) -> str:
    """Return what makes a reminder to confirm hours the only one of its event."""
    return f"hours_overdue:{event_id}"
