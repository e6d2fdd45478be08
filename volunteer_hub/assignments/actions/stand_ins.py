"""Somebody takes over a place: its holder is responsible until that moment."""

from __future__ import annotations

from datetime import datetime

from volunteer_hub.assignments import queries, rules
from volunteer_hub.assignments.actions import line, places
from volunteer_hub.assignments.actions.telling import facts_of, invitation_path
from volunteer_hub.assignments.errors import (
    NotComingError,
    StandInGoneError,
    TooLateToWithdrawError,
)
from volunteer_hub.assignments.models import Assignment, Source, StandInSearch, State
from volunteer_hub.core import audit, outbox
from volunteer_hub.core.database import db
from volunteer_hub.core.outbox import Draft
from volunteer_hub.events import queries as events


def look_for_stand_in(assignment_id: int, *, now: datetime) -> Assignment:
    """Let the holder of a place look for somebody to take it over. Twice changes nothing.

    Raises:
        NotFoundError: There is no such assignment.
        NotComingError: They have no place.
        TooLateToWithdrawError: The shift has begun.
    """
    row, post = places.lock(assignment_id)
    if row.state is not State.ACCEPTED:
        raise NotComingError
    if now >= post.shift.starts_at:
        raise TooLateToWithdrawError
    if queries.find_stand_in_search(assignment_id) is None:
        db.session.add(StandInSearch(assignment_id=row.id, asked_at=now))
        audit.record("stand_in.look", row, by=row.volunteer.person_id, now=now)
    return row


def stop_looking(assignment_id: int) -> Assignment:
    """Let the holder of a place look for nobody any more. Twice changes nothing.

    Raises:
        NotFoundError: There is no such assignment.
    """
    row, _post = places.lock(assignment_id)
    search = queries.find_stand_in_search(assignment_id)
    if search is not None:
        db.session.delete(search)
    return row


def take_over(assignment_id: int, volunteer_id: int, *, now: datetime) -> Assignment:
    """Give a place to whoever takes it over, if the hard rules allow it at this moment.

    Taking it over twice changes nothing. Both and the organiser are told.

    Args:
        assignment_id: The place.
        volunteer_id: Who takes it over.
        now: The moment.

    Raises:
        NotFoundError: There is no such assignment or volunteer.
        StandInGoneError: Another was quicker, or its holder looks for nobody any more.
        DomainError: One of `places.ERRORS`: why they cannot take the post.
    """
    seen = queries.assignment_by_id(assignment_id)
    people = places.lock_volunteers({seen.volunteer_id, volunteer_id})
    post = events.lock_post(seen.post_id)
    row = queries.lock_assignment(assignment_id)
    own = queries.find_assignment(post.id, volunteer_id)
    if own is not None and own.state is State.ACCEPTED:
        return own
    search = queries.find_stand_in_search(assignment_id)
    if search is None or row.state is not State.ACCEPTED or volunteer_id not in people:
        raise StandInGoneError
    applicant = line.applicant_of(people[volunteer_id], post)
    why_not = rules.sign_up_refusal(queries.opening_of(post, own=1), applicant, now=now)
    if why_not is not None:
        raise places.ERRORS[why_not]
    db.session.delete(search)
    places.end(row, State.WITHDRAWN, "", now=now)
    taken = places.begin_anew(own, post, people[volunteer_id], Source.SIGN_UP, now=now)
    places.give(taken, now=now)
    by = people[volunteer_id].person_id
    audit.record("stand_in.take", taken, by=by, now=now, details={"from": row.id})
    _tell(row, taken, now=now)
    return taken


def _tell(row: Assignment, taken: Assignment, *, now: datetime) -> None:
    """Tell who is free now, and who organises the event."""
    event = row.post.shift.event
    params = facts_of(row.post)
    drafts = [
        Draft(
            kind="stand_in_found",
            to=outbox.to_person(person_id),
            dedupe_key=f"stand_in_found:{taken.id}:{now:%Y%m%d%H%M%S%f}:{person_id}",
            params=params | {"path": path},
        )
        for person_id, path in (
            (row.volunteer.person_id, invitation_path(row)),
            (event.created_by_id, f"/organise/events/{event.id}/roster"),
        )
    ]
    outbox.enqueue_all(drafts, now=now)
