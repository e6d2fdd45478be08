"""Posts as the rules see them, and who stands by for one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from volunteer_hub.accounts.models import Person
from volunteer_hub.assignments.models import Assignment, StandInSearch, State
from volunteer_hub.assignments.queries.places import PostCount, counts_of_posts, post_with_event
from volunteer_hub.assignments.queries.standing import demands_of
from volunteer_hub.assignments.rules import Opening, Span
from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.database import db
from volunteer_hub.events.models import Event, Post, Shift, Status
from volunteer_hub.volunteers.models import Volunteer
from volunteer_hub.waiting import queries as lines
from volunteer_hub.waiting.errors import OfferNotFoundError
from volunteer_hub.waiting.models import EntryState, OfferState, WaitingEntry, WaitingOffer
from volunteer_hub.waiting.rules import LIVE


def opening_of(post: Post, *, own: int = 0) -> Opening:
    """Return a post as the rules see it, with the places left at this moment.

    Args:
        post: The post.
        own: Places that are kept for whoever asks, and so are free for them.
    """
    count = counts_of_posts([post.id]).get(post.id, PostCount())
    return as_opening(post, count.accepted, kept=count.kept - own)


def as_opening(post: Post, accepted: int, *, kept: int = 0) -> Opening:
    """Return a post as the rules see it, given how many people agreed to it.

    Args:
        post: The post.
        accepted: How many agreed.
        kept: How many places are kept for people who stood by and have yet to answer.
    """
    shift, event = post.shift, post.shift.event
    return Opening(
        is_event_on=event.status in (Status.PUBLISHED, Status.CONFIRMED),
        event_ends_at=event.ends_at,
        shift_id=shift.id,
        span=Span(shift.starts_at, shift.ends_at),
        free_places=post.max_people - accepted - kept,
        needs={skill.skill_code: skill.level for skill in post.skills},
        first=shift.starts_at.astimezone(LOCAL).date(),
        last=shift.ends_at.astimezone(LOCAL).date(),
        demands=demands_of(post),
    )


@dataclass(frozen=True, slots=True)
class StandingBy:
    """Somebody who stands by for a post.

    Attributes:
        position: Their place in line, the first is 1; None when they are offered a place.
        offer_id: What they are offered.
        expires_at: Until when it is kept for them.
    """

    volunteer_id: int
    name: str
    position: int | None
    offer_id: int | None
    expires_at: datetime | None


def standing_by(post_ids: Collection[int]) -> dict[int, list[StandingBy]]:
    """Return who stands by for each of these posts that have anybody, the first first."""
    is_open = and_(WaitingOffer.entry_id == WaitingEntry.id, WaitingOffer.state == OfferState.OPEN)
    statement = (
        select(
            WaitingEntry.post_id,
            WaitingEntry.volunteer_id,
            Person.name,
            WaitingEntry.state,
            WaitingOffer.id,
            WaitingOffer.expires_at,
        )
        .join(Volunteer, WaitingEntry.volunteer_id == Volunteer.id)
        .join(Person, Volunteer.person_id == Person.id)
        .outerjoin(WaitingOffer, is_open)
        .where(WaitingEntry.post_id.in_(post_ids), WaitingEntry.state.in_(LIVE))
        .order_by(WaitingEntry.post_id, WaitingEntry.joined_at, WaitingEntry.id)
    )
    found: dict[int, list[StandingBy]] = {}
    for post_id, volunteer_id, name, state, offer_id, expires_at in db.session.execute(statement):
        line = found.setdefault(post_id or 0, [])
        waits = state is EntryState.WAITING
        position = 1 + sum(each.position is not None for each in line) if waits else None
        line.append(StandingBy(volunteer_id or 0, name, position, offer_id, expires_at))
    return found


def own_standby(volunteer_id: int, post_ids: Collection[int]) -> dict[int, StandingBy]:
    """Return where a volunteer stands in the lines for these posts."""
    return {
        post_id: each
        for post_id, line in standing_by(post_ids).items()
        for each in line
        if each.volunteer_id == volunteer_id
    }


def find_volunteer(person_id: int) -> tuple[Volunteer | None, bool]:
    """Return what a person offers as a volunteer, if anything, and whether they stand by."""
    stands_by = select(WaitingEntry.id).where(
        WaitingEntry.volunteer_id == Volunteer.id, WaitingEntry.state.in_(LIVE)
    )
    row = db.session.execute(
        select(Volunteer, stands_by.exists()).where(Volunteer.person_id == person_id)
    ).first()
    return (row[0], row[1]) if row else (None, False)


def posts_stood_by(volunteer_id: int) -> list[tuple[Post, int | None]]:
    """Return the posts for which a volunteer stands by, by shift, with what they are offered."""
    is_open = and_(WaitingOffer.entry_id == WaitingEntry.id, WaitingOffer.state == OfferState.OPEN)
    statement = (
        select(Post, WaitingOffer.id)
        .join(Post.shift)
        .join(WaitingEntry, WaitingEntry.post_id == Post.id)
        .outerjoin(WaitingOffer, is_open)
        .where(WaitingEntry.volunteer_id == volunteer_id, WaitingEntry.state.in_(LIVE))
        .order_by(Shift.starts_at, Post.id)
        .options(joinedload(Post.shift).joinedload(Shift.event))
    )
    return [(post, offer_id) for post, offer_id in db.session.execute(statement)]


def offered_post(offer_id: int) -> tuple[WaitingOffer, Post]:
    """Return an offer of a place at a post, and the post with its skills, shift and event.

    Raises:
        OfferNotFoundError: There is none.
    """
    offer = lines.offer_by_id(offer_id)
    if offer.entry.post_id is None:
        raise OfferNotFoundError
    return offer, post_with_event(offer.entry.post_id)


def people_at_post(post_id: InstrumentedAttribute[int]) -> ColumnElement[int]:
    """Return how many people agreed to a post, as a part of a larger statement."""
    statement = select(func.count(Assignment.id)).where(
        Assignment.post_id == post_id, Assignment.state == State.ACCEPTED
    )
    return statement.scalar_subquery()


def posts_to_settle(*, now: datetime) -> list[int]:
    """Return the posts whose line may have to move: an offer ran out, or a place is free."""
    of_post = WaitingEntry.post_id == Post.id
    waits = select(WaitingEntry.id).where(of_post, WaitingEntry.state == EntryState.WAITING)
    lives = select(WaitingEntry.id).where(of_post, WaitingEntry.state.in_(LIVE))
    taken = people_at_post(Post.id) + lines.kept_at_post(Post.id)
    is_over = or_(Event.status.not_in((Status.PUBLISHED, Status.CONFIRMED)), Shift.starts_at <= now)
    statement = (
        select(Post.id)
        .join(Post.shift)
        .join(Shift.event)
        .where(
            or_(
                and_(is_over, lives.exists()),
                lines.has_overdue_offer(of_post, now=now),
                and_(Post.max_people > taken, waits.exists()),
            )
        )
    )
    return list(db.session.scalars(statement.order_by(Post.id)))


def find_stand_in_search(assignment_id: int) -> StandInSearch | None:
    """Return that whoever has a place looks for somebody to take it over, or None."""
    return db.session.scalar(
        select(StandInSearch).where(StandInSearch.assignment_id == assignment_id)
    )
