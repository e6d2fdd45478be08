"""Places that are to change hands."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from volunteer_hub.accounts.models import Person
from volunteer_hub.assignments.models import Assignment, Exchange, ExchangeApproval, State
from volunteer_hub.assignments.queries.places import WITH_EVENT, WITH_PERSON
from volunteer_hub.assignments.rules import PENDING, ExchangeState
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.events.models import Event, Post, Shift, Status
from volunteer_hub.volunteers.models import Volunteer

AHEAD: Final = timedelta(days=60)
MOST_POSTS: Final = 60


def exchange_by_id(exchange_id: int) -> Exchange:
    """Return an exchange.

    Raises:
        NotFoundError: There is no such exchange.
    """
    found = db.session.get(Exchange, exchange_id)
    if found is None:
        raise NotFoundError
    return found


def lock_exchange(exchange_id: int) -> Exchange:
    """Return an exchange held against other writers; hold people, posts and places before.

    Raises:
        NotFoundError: There is no such exchange.
    """
    statement = select(Exchange).where(Exchange.id == exchange_id).with_for_update(of=Exchange)
    found = db.session.scalar(statement.execution_options(populate_existing=True))
    if found is None:
        raise NotFoundError
    return found


def pending_of(assignment_id: int) -> Exchange | None:
    """Return what is to become of a place, or None."""
    statement = (
        select(Exchange)
        .where(Exchange.from_id == assignment_id, Exchange.state.in_(PENDING))
        .order_by(Exchange.id.desc())
    )
    return db.session.scalars(statement).first()


def waiting_in(event_id: int) -> list[Exchange]:
    """Return what waits for the organiser of an event, whichever of its places it is about."""
    own = (
        select(Assignment.id)
        .join(Post, Assignment.post_id == Post.id)
        .join(Shift, Post.shift_id == Shift.id)
        .where(Shift.event_id == event_id)
    )
    statement = (
        select(Exchange)
        .where(
            Exchange.state == ExchangeState.WAITING,
            or_(Exchange.from_id.in_(own), Exchange.to_id.in_(own)),
        )
        .order_by(Exchange.asked_at, Exchange.id)
    )
    return list(db.session.scalars(statement))


def places_of(exchanges: Iterable[Exchange]) -> dict[int, Assignment]:
    """Return the places that exchanges are about, with people, posts and events."""
    ids = {each for row in exchanges for each in (row.from_id, row.to_id) if each is not None}
    statement = select(Assignment).where(Assignment.id.in_(ids)).options(*WITH_PERSON, *WITH_EVENT)
    return {row.id: row for row in db.session.scalars(statement)}


def needs_approval(event_ids: Collection[int]) -> bool:
    """Tell whether one of these events wants to approve who takes whose place."""
    statement = select(ExchangeApproval.id).where(ExchangeApproval.event_id.in_(event_ids))
    return db.session.scalar(statement.limit(1)) is not None


def find_approval(event_id: int) -> ExchangeApproval | None:
    """Return that an event wants to approve, or None."""
    return db.session.scalar(select(ExchangeApproval).where(ExchangeApproval.event_id == event_id))


def posts_to_swap_for(post: Post, *, now: datetime) -> list[Post]:
    """Return other posts of the organisation's coming events, by time."""
    event = joinedload(Post.shift).joinedload(Shift.event)
    statement = (
        select(Post)
        .join(Post.shift)
        .join(Shift.event)
        .where(
            Event.organisation_id == post.shift.event.organisation_id,
            Event.status == Status.PUBLISHED,
            Shift.starts_at > now,
            Shift.starts_at < now + AHEAD,
            Post.id != post.id,
        )
        .order_by(Shift.starts_at, Post.id)
        .limit(MOST_POSTS)
        .options(event)
    )
    return list(db.session.scalars(statement))


def holder_by_phone(post_id: int, phone: str) -> Assignment | None:
    """Return the place at a post of whoever has this number, or None."""
    statement = (
        select(Assignment)
        .join(Assignment.volunteer)
        .join(Volunteer.person)
        .where(
            Assignment.post_id == post_id,
            Assignment.state == State.ACCEPTED,
            Person.phone == phone,
            Person.erased_at.is_(None),
        )
    )
    found: Assignment | None = db.session.scalar(statement)
    return found
