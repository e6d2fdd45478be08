from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from volunteer_hub.complaints import queries
from volunteer_hub.complaints.errors import ComplaintClosedError
from volunteer_hub.complaints.models import Complaint, ComplaintEntry
from volunteer_hub.complaints.rules import Draft, State
from volunteer_hub.core import audit, outbox
from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.database import db
from volunteer_hub.core.tokens import link_token
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.organisations.queries import Scope

PURPOSE: Final = "complaint"  # of the address at which it is tracked
DUE_SOON: Final = timedelta(days=2)


def file(draft: Draft, *, person_id: int | None, now: datetime) -> Complaint:
    """Write down what somebody complains about or suggests.

    Args:
        draft: What.
        person_id: Who, when they are signed in.
        now: When.
    """
    complaint = Complaint(
        kind=draft.kind,
        state=State.OPEN,
        person_id=person_id,
        contact=draft.contact or None,
        county_id=draft.county_id,
        filed_at=now,
        due_on=queries.due_on(now.astimezone(LOCAL).date()),
    )
    complaint.entries.append(ComplaintEntry(said_at=now, text=draft.text))
    db.session.add(complaint)
    db.session.flush()
    audit.record("complaint.file", complaint, by=person_id, now=now)
    return complaint


def note_look_up(complaint_id: int, *, now: datetime) -> None:
    """Write down that somebody found it by its number and code.

    Raises:
        NotFoundError: There is no such complaint.
    """
    complaint = queries.complaint_by_id(complaint_id)
    audit.record("complaint.look_up", complaint, by=None, now=now)


def add(complaint_id: int, text: str, *, now: datetime) -> Complaint:
    """Add what whoever filed it has to say besides; an answered one is looked at again.

    Raises:
        NotFoundError: There is no such complaint.
        ComplaintClosedError: It is over.
    """
    complaint = queries.lock_complaint(complaint_id)
    _refuse_closed(complaint)
    _say(complaint, text, by=None, now=now)
    if complaint.state is State.ANSWERED:
        complaint.state = State.TAKEN
        complaint.due_on = queries.due_on(now.astimezone(LOCAL).date())
    return complaint


def take(complaint_id: int, *, scope: Scope, now: datetime) -> Complaint:
    """Note that somebody of the office looks after it.

    Raises:
        NotFoundError: There is none, or it is not this office's business.
        ComplaintClosedError: It is over.
    """
    complaint = _of_office(complaint_id, scope)
    complaint.handled_by_id = scope.person_id
    if complaint.state is State.OPEN:
        complaint.state = State.TAKEN
    audit.record("complaint.take", complaint, by=scope.person_id, now=now)
    return complaint


def note(complaint_id: int, text: str, *, scope: Scope, now: datetime) -> Complaint:
    """Add what only the office reads.

    Raises:
        NotFoundError: There is none, or it is not this office's business.
        ComplaintClosedError: It is over.
    """
    complaint = _of_office(complaint_id, scope)
    _say(complaint, text, by=scope.person_id, now=now, is_note=True)
    return complaint


def answer(complaint_id: int, text: str, *, scope: Scope, now: datetime) -> Complaint:
    """Answer it; whoever filed it while signed in is told.

    Raises:
        NotFoundError: There is none, or it is not this office's business.
        ComplaintClosedError: It is over.
    """
    complaint = _of_office(complaint_id, scope)
    complaint.handled_by_id, complaint.state = scope.person_id, State.ANSWERED
    entry = _say(complaint, text, by=scope.person_id, now=now)
    audit.record("complaint.answer", complaint, by=scope.person_id, now=now)
    if complaint.person_id is not None:
        outbox.enqueue(
            "complaint_answered",
            to=outbox.to_person(complaint.person_id),
            now=now,
            dedupe_key=f"complaint:{entry.id}",
            params={"path": f"/feedback/t/{link_token(PURPOSE, complaint.id)}"},
        )
    return complaint


def close(complaint_id: int, *, scope: Scope, now: datetime) -> Complaint:
    """Note that it is over: nobody said more after the answer.

    Raises:
        NotFoundError: There is none, or it is not this office's business.
        ComplaintClosedError: It is over.
    """
    complaint = _of_office(complaint_id, scope)
    complaint.state, complaint.closed_at = State.CLOSED, now
    audit.record("complaint.close", complaint, by=scope.person_id, now=now)
    return complaint


def remind(*, now: datetime) -> int:
    """Remind whoever looks after what is due soon, or the city's office; once for each last day."""
    today = now.astimezone(LOCAL).date()
    due = queries.nearly_due(today=today, within=DUE_SOON)
    office = organisations.people_of_the_city_office() if due else []
    drafts = [
        outbox.Draft(
            kind="complaint_due",
            to=outbox.to_person(person_id),
            dedupe_key=f"complaint_due:{complaint.id}:{complaint.due_on}:{person_id}",
            params={"until": complaint.due_on.isoformat(), "path": "/office/complaints"},
        )
        for complaint in due
        for person_id in ([complaint.handled_by_id] if complaint.handled_by_id else office)
    ]
    if drafts:
        outbox.enqueue_all(drafts, now=now)
    return len(drafts)


def _of_office(complaint_id: int, scope: Scope) -> Complaint:
    complaint = queries.lock_complaint(complaint_id, queries.seen_by(scope))
    _refuse_closed(complaint)
    return complaint


def _refuse_closed(complaint: Complaint) -> None:
    if complaint.state is State.CLOSED:
        raise ComplaintClosedError


def _say(
    complaint: Complaint, text: str, *, by: int | None, now: datetime, is_note: bool = False
) -> ComplaintEntry:
    entry = ComplaintEntry(
        complaint_id=complaint.id, said_at=now, by_id=by, is_note=is_note, text=text
    )
    db.session.add(entry)
    db.session.flush()
    return entry
