"""Notes about people who were rung when an event moved or was cancelled."""

from __future__ import annotations

from datetime import datetime

from volunteer_hub.assignments import queries
from volunteer_hub.assignments.models import Call
from volunteer_hub.assignments.queries import Key
from volunteer_hub.core import audit
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.events.concerned import concerned_by
from volunteer_hub.events.models import Event
from volunteer_hub.events.queries import lock_event_for_staff
from volunteer_hub.organisations.queries import Scope


def note_call(event_id: int, about_at: datetime, who: Key, *, scope: Scope, now: datetime) -> Call:
    """Note that somebody was told of a change. Twice changes nothing.

    Args:
        event_id: Which event.
        about_at: The moment of the change.
        who: Kind and id of the recipient.
        scope: Who told them.
        now: The moment.

    Raises:
        NotFoundError: There is no such event in this scope, or it does not concern them.
    """
    event = lock_event_for_staff(event_id, scope)
    known = queries.calls_about(event_id, about_at).get(who)
    if known is not None:
        return known
    if who not in {(each.kind, each.recipient_id) for each in concerned_by(event)}:
        raise NotFoundError
    call = Call(
        event_id=event_id,
        about_at=about_at,
        recipient_kind=who[0],
        recipient_id=who[1],
        done_at=now,
        done_by_id=scope.person_id,
    )
    db.session.add(call)
    db.session.flush()
    _record("event.note_call", event, who, scope, now)
    return call


def take_back_call(
    event_id: int, about_at: datetime, who: Key, *, scope: Scope, now: datetime
) -> None:
    """Take back a note that was made by mistake.

    Raises:
        NotFoundError: There is no such event in this scope.
    """
    event = lock_event_for_staff(event_id, scope)
    known = queries.calls_about(event_id, about_at).get(who)
    if known is not None:
        db.session.delete(known)
        _record("event.take_back_call", event, who, scope, now)


def show_phones(event: Event, people: list[Key], *, by: int, now: datetime) -> None:
    """Write down that staff looks at these people's phone numbers, to ring them."""
    details = {"shown": [[str(kind), recipient_id] for kind, recipient_id in people]}
    audit.record("event.show_phones", event, by=by, now=now, details=details)


def _record(action: str, event: Event, who: Key, scope: Scope, now: datetime) -> None:
    details = {"recipient": [str(who[0]), who[1]]}
    audit.record(action, event, by=scope.person_id, now=now, details=details)
