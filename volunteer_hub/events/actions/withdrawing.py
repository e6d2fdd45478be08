"""Taking a published event back while it is nobody's business yet."""

from __future__ import annotations

from datetime import datetime

from volunteer_hub.core import audit
from volunteer_hub.core.database import db
from volunteer_hub.events import queries
from volunteer_hub.events.concerned import concerned_by
from volunteer_hub.events.errors import EventClosedError, SomebodySignedUpError
from volunteer_hub.events.models import Event, Status
from volunteer_hub.organisations.queries import Scope


def withdraw_event(event_id: int, *, scope: Scope, now: datetime) -> Event:
    """Make a published event a draft again. Doing it twice changes nothing.

    Signing up holds the post or the event, so nobody slips in meanwhile.

    Raises:
        NotFoundError: There is no such event in this scope.
        EventClosedError: It began, is cancelled or confirmed.
        SomebodySignedUpError: Somebody agreed, was asked, registered or waits.
    """
    event = queries.lock_event_for_staff(event_id, scope)
    if event.status is Status.DRAFT:
        return event
    if event.status is not Status.PUBLISHED or event.starts_at <= now:
        raise EventClosedError
    for post_id in sorted(post.id for shift in event.shifts for post in shift.posts):
        queries.lock_post(post_id)
    if concerned_by(event):
        raise SomebodySignedUpError
    event.status, event.published_at = Status.DRAFT, None
    event.changed_at, event.changes, event.moved_from, event.change_reason = None, [], None, ""
    db.session.flush()
    audit.record("event.withdraw", event, by=scope.person_id, now=now)
    return event
