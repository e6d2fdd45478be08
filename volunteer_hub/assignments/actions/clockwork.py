"""What the clock's jobs do: close, call off, tell, remind. Repeating them sends nothing twice."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from volunteer_hub.assignments import due, queries
from volunteer_hub.assignments.actions.telling import facts_of, invitation_path, reminder_path
from volunteer_hub.assignments.due import Standby
from volunteer_hub.assignments.models import Assignment, State
from volunteer_hub.assignments.queries import Reminder
from volunteer_hub.assignments.rules import next_moment
from volunteer_hub.core import outbox
from volunteer_hub.core.outbox import Draft
from volunteer_hub.events.models import Post
from volunteer_hub.events.rules import is_imminent

AT_ONCE: Final = 1000


def expire_invitations(*, now: datetime) -> int:
    """Close every invitation whose answer is overdue; return how many there were."""
    rows = due.lock_overdue_invitations(now=now)
    for row in rows:
        row.state = State.EXPIRED
    return len(rows)


def follow_cancelled_events(*, now: datetime) -> int:
    """Call off everyone who was to come to a cancelled event, and tell them; return how many."""
    rows = due.lock_assignments_of_cancelled_events()
    for row in rows:
        row.state, row.answered_at = State.CANCELLED, now
        row.confirmed_at = row.confirmed_by_id = None
    outbox.enqueue_all([_cancelled(row, now) for row in rows], now=now)
    return len(rows)


def _cancelled(row: Assignment, now: datetime) -> Draft:
    event = row.post.shift.event
    return Draft(
        kind="event_cancelled",
        to=outbox.to_person(row.volunteer.person_id),
        dedupe_key=f"event_cancelled:{event.id}:assignment:{row.id}",
        params=facts_of(row.post)
        | {"reason": event.cancel_reason, "assignment_id": row.id, "path": "/events"},
        emergency="cancelled" if is_imminent(row.post.shift.starts_at, now=now) else None,
    )


def follow_changed_events(*, now: datetime) -> int:
    """Tell everyone who agreed, was asked or stood by before an event changed; return how many.

    Whoever agreed is asked anew: what they said about the earlier plan no longer counts. Each
    change is told once: the key holds the moment of the change, not the event's version, which
    also grows by what nobody needs to be told.
    """
    told = due.assignments_to_tell_of_changes(now=now)
    due.forget_confirmations([row.id for row, _key in told])
    outbox.enqueue_all([_changed(row, key, now) for row, key in told], now=now)
    standbys = due.standbys_to_tell_of_changes(now=now)
    outbox.enqueue_all([_changed_for_standby(each, now) for each in standbys], now=now)
    return len(told) + len(standbys)


def _changed(row: Assignment, key: str, now: datetime) -> Draft:
    is_coming = row.state is State.ACCEPTED
    more = {
        "asks": is_coming,
        "assignment_id": row.id,
        "path": reminder_path(row) if is_coming else invitation_path(row),
    }
    return _news(row.post, row.volunteer.person_id, key, more, now)


def _changed_for_standby(standby: Standby, now: datetime) -> Draft:
    """Return the news for whoever stands by: what may be offered them is another time now."""
    more = {"asks": False, "path": f"/e/{standby.post.shift.event_id}/volunteer"}
    return _news(standby.post, standby.person_id, standby.key, more, now)


def _news(post: Post, person_id: int, key: str, more: dict[str, Any], now: datetime) -> Draft:
    shift, event = post.shift, post.shift.event
    was_at = event.moved_from
    return Draft(
        kind="event_changed",
        to=outbox.to_person(person_id),
        dedupe_key=key,
        expires_at=shift.ends_at,
        params=facts_of(post)
        | {
            "changes": event.changes,
            "reason": event.change_reason,
            "was": was_at.isoformat() if was_at else None,
        }
        | more,
        emergency="changed" if is_imminent(was_at, shift.starts_at, now=now) else None,
    )


def send_reminders(*, now: datetime) -> int:
    """Queue reminders before shifts whose time it is, up to ``AT_ONCE``; return how many."""
    reminders = queries.due_reminders(now=now, limit=AT_ONCE)
    outbox.enqueue_all([_reminder(each) for each in reminders], now=now)
    return len(reminders)


def _reminder(reminder: Reminder) -> Draft:
    row, step, promise = reminder.row, reminder.step, queries.promise_of(reminder.row)
    event = row.post.shift.event
    must_answer = step.asks and not promise.is_confirmed
    more: dict[str, Any] = {
        "meeting": event.meeting_point,
        "bring": event.what_to_bring,
        "path": reminder_path(row) if must_answer else invitation_path(row),
    }
    if not step.is_soon:
        more["asks"] = must_answer
    return Draft(
        kind="shift_soon" if step.is_soon else "shift_reminder",
        to=outbox.to_person(row.volunteer.person_id),
        dedupe_key=reminder.key,
        expires_at=next_moment(step, promise),
        params=facts_of(row.post) | more,
    )


def remind_of_overdue_hours(*, now: datetime) -> int:
    """Remind organisers of events whose hours they should have confirmed; return how many."""
    events = due.events_with_overdue_hours(now=now)
    drafts = [
        Draft(
            kind="hours_overdue",
            to=outbox.to_person(event.created_by_id),
            dedupe_key=due.overdue_key(event.id),
            params={
                "event": event.title,
                "when": event.starts_at.isoformat(),
                "path": f"/organise/events/{event.id}/confirm",
            },
        )
        for event in events
    ]
    outbox.enqueue_all(drafts, now=now)
    return len(drafts)


def send_digests(digests: Iterable[Draft], *, now: datetime) -> None:
    """Queue digests that were put together before."""
    outbox.enqueue_all(list(digests), now=now)
