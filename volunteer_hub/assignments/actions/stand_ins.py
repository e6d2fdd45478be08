"""Somebody takes over a place: its holder is responsible until that moment."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete

from volunteer_hub.assignments import queries, rules
from volunteer_hub.assignments.actions import exchanges, line, places
from volunteer_hub.assignments.actions.telling import facts_of, invitation_path
from volunteer_hub.assignments.errors import (
    NotComingError,
    StandInGoneError,
    TooLateToWithdrawError,
)
from volunteer_hub.assignments.models import (
    Assignment,
    Exchange,
    ExchangeState,
    Source,
    StandInSearch,
    State,
)
from volunteer_hub.core import audit, outbox
from volunteer_hub.core.database import db
from volunteer_hub.core.outbox import Draft
from volunteer_hub.events import queries as events
from volunteer_hub.events.models import Post
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.volunteers.models import Volunteer


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


def take_over(assignment_id: int, volunteer_id: int, *, now: datetime) -> Assignment | None:
    """Give a place to whoever takes it over, if the hard rules allow it at this moment.

    Taking it over twice changes nothing. Both and the organiser are told. None comes back where the
    organiser approves first; until then it stays its holder's.

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
    if queries.needs_approval([post.shift.event_id]):
        _wait_for_approval(row, post, volunteer_id, now=now)
        return None
    return _hand_over(row, post, people[volunteer_id], now=now)


def _wait_for_approval(row: Assignment, post: Post, volunteer_id: int, *, now: datetime) -> None:
    pending = queries.pending_of(row.id)
    if pending is not None and pending.volunteer_id == volunteer_id and pending.to_id is None:
        return
    exchanges.withdraw_exchange(row, now=now)
    asked = Exchange(from_id=row.id, volunteer_id=volunteer_id, state=ExchangeState.WAITING,
                     asked_at=now, answered_at=now)  # fmt: skip
    db.session.add(asked)
    db.session.flush()
    audit.record("stand_in.ask", asked, by=None, now=now)
    exchanges.tell_organisers(asked, [post], now=now)


def decide_stand_in(exchange_id: int, *, approves: bool, scope: Scope, now: datetime) -> None:
    """Let a stand-in take the place, or not, as the organiser says; the rules are asked again.

    Raises:
        NotFoundError: There is no such exchange, or it is not this person's business.
        StandInGoneError: It is answered, or its holder looks for nobody any more.
        DomainError: One of `places.ERRORS`: why they cannot take the post.
    """
    seen = queries.exchange_by_id(exchange_id)
    place = queries.assignment_by_id(seen.from_id)
    events.event_for_staff(place.post.shift.event_id, scope, with_posts=False)
    people = places.lock_volunteers({place.volunteer_id, seen.volunteer_id})
    post, row = events.lock_post(place.post_id), queries.lock_assignment(place.id)
    exchange = queries.lock_exchange(exchange_id)
    if exchange.state is not ExchangeState.WAITING:
        raise StandInGoneError
    exchange.decided_by_id = scope.person_id
    stand_in = people.get(exchange.volunteer_id)
    if not approves:
        _refuse(exchange, row, stand_in, by=scope.person_id, now=now)
        return
    search = queries.find_stand_in_search(row.id)
    if search is None or row.state is not State.ACCEPTED or stand_in is None:
        raise StandInGoneError
    applicant = line.applicant_of(stand_in, post)
    why_not = rules.sign_up_refusal(queries.opening_of(post, own=1), applicant, now=now)
    if why_not is not None:
        raise places.ERRORS[why_not]
    exchange.state = ExchangeState.DONE
    audit.record("stand_in.approve", exchange, by=scope.person_id, now=now)
    _hand_over(row, post, stand_in, now=now)


def _refuse(
    exchange: Exchange, row: Assignment, stand_in: Volunteer | None, *, by: int, now: datetime
) -> None:
    """Note that the organiser wants no stand-in, and tell both: they were promised an answer."""
    exchange.state, exchange.answered_at = ExchangeState.REFUSED, now
    audit.record("stand_in.refuse", exchange, by=by, now=now)
    told = [(row.volunteer.person_id, invitation_path(row))]
    if stand_in is not None:
        told.append((stand_in.person_id, f"/e/{row.post.shift.event_id}"))
    exchanges.tell("swap_ended", told, row.post, exchange, now=now)


def _hand_over(row: Assignment, post: Post, stand_in: Volunteer, *, now: datetime) -> Assignment:
    """Give the place of one to another; both are held, and the rules allow it."""
    db.session.execute(delete(StandInSearch).where(StandInSearch.assignment_id == row.id))
    places.end(row, State.WITHDRAWN, "", now=now)
    own = queries.find_assignment(post.id, stand_in.id)
    taken = places.begin_anew(own, post, stand_in, Source.SIGN_UP, now=now)
    places.give(taken, now=now)
    by = stand_in.person_id
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
