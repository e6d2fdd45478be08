"""Saying again that one comes, or that one cannot; and staff who heard it on the phone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from volunteer_hub.assignments import queries
from volunteer_hub.assignments.actions.places import lock, withdraw
from volunteer_hub.assignments.errors import (
    ChangedMeanwhileError,
    NotComingError,
    PostClosedError,
    RemovedFromPostError,
)
from volunteer_hub.assignments.models import Assignment, State
from volunteer_hub.core import audit
from volunteer_hub.events.models import Event, Status


def confirm(assignment_id: int, *, seen: str, now: datetime) -> Assignment:
    """Note that the volunteer comes, to the time and place that they saw.

    Confirming twice changes nothing.

    Args:
        assignment_id: Their place.
        seen: Which plan they saw; see ``plan_mark``.
        now: The moment of the answer.

    Raises:
        NotFoundError: There is no such assignment.
        RemovedFromPostError: The organiser took them off.
        NotComingError: They said before that they cannot come.
        PostClosedError: The event is cancelled or the shift is over.
        ChangedMeanwhileError: Time or place changed after they opened the page.
    """
    row, post = lock(assignment_id)
    _still_coming(row, now)
    if seen != plan_mark(post.shift.event):
        raise ChangedMeanwhileError
    if not queries.promise_of(row).is_confirmed:
        row.confirmed_at, row.confirmed_by_id = now, None
        audit.record("assignment.confirm", row, by=row.volunteer.person_id, now=now)
    return row


def cannot_come(assignment_id: int, reason: str, *, now: datetime) -> Assignment:
    """Free the volunteer's place; a reason may be added after the answer.

    Raises:
        NotFoundError: There is no such assignment.
        TooLateToWithdrawError: The shift has begun.
    """
    row, _post = lock(assignment_id)
    if row.state is State.WITHDRAWN and reason:
        row.reason_given = reason
        return row
    return withdraw(assignment_id, reason, now=now)


def note_confirmed(assignment_id: int, *, by: int, now: datetime) -> Assignment:
    """Note that the volunteer said on the phone that they come. Twice changes nothing.

    Raises:
        NotFoundError: There is no such assignment.
        RemovedFromPostError: The organiser took them off.
        NotComingError: They said that they cannot come.
        PostClosedError: The event is cancelled or the shift is over.
    """
    row, _post = lock(assignment_id)
    _still_coming(row, now)
    if not queries.promise_of(row).is_confirmed:
        row.confirmed_at, row.confirmed_by_id = now, by
        audit.record("assignment.note_confirmed", row, by=by, now=now)
    return row


def take_back_confirmed(assignment_id: int, *, by: int, now: datetime) -> Assignment:
    """Take back what was noted by mistake; what the volunteer said themselves stays.

    Raises:
        NotFoundError: There is no such assignment.
    """
    row, _post = lock(assignment_id)
    if row.confirmed_by_id is not None:
        row.confirmed_at = row.confirmed_by_id = None
        audit.record("assignment.take_back_confirmed", row, by=by, now=now)
    return row


def show_phones_at_risk(rows: Iterable[Assignment], *, by: int, now: datetime) -> None:
    """Write down that staff looks at these volunteers' phone numbers, to ring them."""
    for row in rows:
        details = {"assignment_id": row.id}
        audit.record("volunteer.show_contact", row.volunteer, by=by, now=now, details=details)


def plan_mark(event: Event) -> str:
    """Return what tells this time and place of an event from earlier and later ones."""
    return f"{event.changed_at.timestamp():.0f}" if event.changed_at else "0"


def _still_coming(row: Assignment, now: datetime) -> None:
    shift = row.post.shift
    if shift.event.status is not Status.PUBLISHED or now >= shift.ends_at:
        raise PostClosedError
    if row.state is State.CANCELLED:
        raise RemovedFromPostError
    if row.state is not State.ACCEPTED:
        raise NotComingError
