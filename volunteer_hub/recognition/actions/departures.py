"""A missing check-out: the volunteer says when they left; after some hours it is only pending."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from volunteer_hub.core import audit, outbox
from volunteer_hub.core.database import db
from volunteer_hub.core.outbox import Draft
from volunteer_hub.core.tokens import link_token
from volunteer_hub.recognition.errors import DepartureClosedError, WrongDepartureError
from volunteer_hub.recognition.models import Departure
from volunteer_hub.recognition.queries import departures as queries
from volunteer_hub.recognition.queries.serving import policy_for

DEPARTURE: Final = "departure"  # the purpose of the address
ASKED_AFTER: Final = timedelta(minutes=30)
PENDING_AFTER: Final = timedelta(hours=4)


def ask_when_they_left(*, now: datetime) -> int:
    """Ask volunteers whose shift is over and whom nobody checked out; return how many."""
    due = queries.to_ask(ended_since=now - PENDING_AFTER, ended_by=now - ASKED_AFTER)
    for assignment_id, _person_id, _title, _ends_at in due:
        db.session.add(Departure(assignment_id=assignment_id, asked_at=now))
    drafts = [
        Draft(
            kind="departure_missing",
            to=outbox.to_person(person_id),
            dedupe_key=f"departure:{assignment_id}",
            params={"event": title, "path": f"/leaving/{link_token(DEPARTURE, assignment_id)}"},
            expires_at=ends_at + PENDING_AFTER,
        )
        for assignment_id, person_id, title, ends_at in due
    ]
    outbox.enqueue_all(drafts, now=now)
    return len(drafts)


def close_departures(*, now: datetime) -> int:
    """Leave it to the organiser where the volunteer had hours to say something; return how many.

    Nothing is credited: what stays open is pending until somebody decides.
    """
    due = queries.to_close(ended_by=now - PENDING_AFTER)
    for departure in due:
        departure.closed_at = now
    return len(due)


def propose_departure(assignment_id: int, left_at: datetime, *, now: datetime) -> Departure:
    """Note when a volunteer says they left; said again, the last time counts.

    Args:
        assignment_id: The place they had.
        left_at: When they left.
        now: The moment.

    Raises:
        NotFoundError: Nobody asked them.
        DepartureClosedError: It is only pending by now, was checked out, or the hours are settled.
        WrongDepartureError: It is before they came, after now, or long after the shift.
    """
    departure, assignment = queries.departure_of(assignment_id, locked=True)
    came_at = queries.came_at(assignment_id)
    shift = assignment.post.shift
    if departure.closed_at or now > shift.ends_at + PENDING_AFTER or came_at is None:
        raise DepartureClosedError
    latest = shift.ends_at + timedelta(minutes=policy_for(shift.event).late_grace)
    if not came_at <= left_at <= min(now, latest):
        raise WrongDepartureError
    departure.left_at, departure.proposed_at = left_at, now
    audit.record("departure.propose", departure, by=None, now=now,
                 details={"left_at": left_at.isoformat()})  # fmt: skip
    return departure
