"""What is being filled again, what was done about it, and how often people were asked."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import and_, case, func, select

from volunteer_hub.assignments.models import (
    Assignment,
    Refill,
    RefillPause,
    RefillState,
    RefillStep,
    Source,
    State,
)
from volunteer_hub.assignments.queries.places import PostCount, counts_of_posts
from volunteer_hub.assignments.rules import ASKED_WITHIN, Asked, Need
from volunteer_hub.core.database import db
from volunteer_hub.events.models import Post, Shift


def find_refill_pause(event_id: int) -> RefillPause | None:
    """Return that the event's places are filled by hand, or None."""
    return db.session.scalar(select(RefillPause).where(RefillPause.event_id == event_id))


def is_refill_paused(event_id: int) -> bool:
    """Tell whether the event's places are filled by hand alone."""
    return find_refill_pause(event_id) is not None


def find_refill(post_id: int) -> Refill | None:
    """Return how filling a post goes, as it is now, or None."""
    statement = select(Refill).where(Refill.post_id == post_id)
    return db.session.scalar(statement.execution_options(populate_existing=True))


def lock_posts_with_refills(event_id: int) -> list[tuple[Post, Refill]]:
    """Return the posts of an event that are being filled, held against other writers."""
    statement = (
        select(Post, Refill)
        .join(Refill, Refill.post_id == Post.id)
        .join(Shift, Post.shift_id == Shift.id)
        .where(Shift.event_id == event_id, Refill.state == RefillState.OPEN)
        .order_by(Post.id)
        .with_for_update(of=Post)
    )
    return [(post, refill) for post, refill in db.session.execute(statement)]


def posts_to_refill(*, now: datetime) -> list[int]:
    """Return the posts whose refill is to be looked at."""
    statement = select(Refill.post_id).where(
        Refill.state == RefillState.OPEN, Refill.next_at <= now
    )
    return list(db.session.scalars(statement.order_by(Refill.next_at, Refill.post_id)))


def open_invitations(post_id: int, *, now: datetime) -> list[datetime]:
    """Return until when those who were invited to a post and have yet to answer may do so."""
    statement = select(Assignment.expires_at).where(
        Assignment.post_id == post_id,
        Assignment.state == State.INVITED,
        Assignment.expires_at > now,
    )
    return sorted(each for each in db.session.scalars(statement) if each is not None)


def need_of(post: Post, refill: Refill, *, now: datetime) -> tuple[Need, int]:
    """Return what a post still needs, and how many places are kept for standbys."""
    count = counts_of_posts([post.id]).get(post.id, PostCount())
    wanted = min(refill.target, post.max_people)
    asked = len(open_invitations(post.id, now=now))
    missing = wanted - count.accepted - count.kept
    return Need(missing=missing, asked=asked, wave=refill.wave), count.kept


def asking_of(volunteer_ids: Collection[int], *, now: datetime) -> dict[int, Asked]:
    """Return how often these volunteers were asked lately; whoever never was is left out."""
    is_unanswered = and_(
        Assignment.state.in_((State.INVITED, State.EXPIRED)),
        Assignment.created_at > now - ASKED_WITHIN,
    )
    statement = (
        select(
            Assignment.volunteer_id,
            func.max(Assignment.created_at),
            func.sum(case((is_unanswered, 1), else_=0)),
        )
        .where(Assignment.volunteer_id.in_(volunteer_ids), Assignment.source != Source.SIGN_UP)
        .group_by(Assignment.volunteer_id)
    )
    return {who: Asked(last_at, count) for who, last_at, count in db.session.execute(statement)}


def refill_steps_of(event_id: int) -> dict[int, list[RefillStep]]:
    """Return what was done to fill the posts of an event again, by post, the latest first."""
    statement = (
        select(RefillStep)
        .join(Post, RefillStep.post_id == Post.id)
        .join(Shift, Post.shift_id == Shift.id)
        .where(Shift.event_id == event_id)
        .order_by(RefillStep.at.desc(), RefillStep.id.desc())
    )
    found: dict[int, list[RefillStep]] = {}
    for step in db.session.scalars(statement):
        found.setdefault(step.post_id, []).append(step)
    return found
