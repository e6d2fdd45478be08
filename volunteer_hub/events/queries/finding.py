"""One event, shift or post, for those who may have it; held when it will be changed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import joinedload, selectinload

from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.events.models import Event, Post, Shift, Status
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.organisations.models import Organisation
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.regions.models import Region, Venue

WITH_PLACE = (
    joinedload(Event.organisation),
    joinedload(Event.campaign),
    joinedload(Event.venue).joinedload(Venue.region),
    joinedload(Event.region),
)
WITH_SHIFTS = (selectinload(Event.shifts).selectinload(Shift.posts),)
WITH_POSTS = (selectinload(Event.shifts).selectinload(Shift.posts).selectinload(Post.skills),)


def in_scope(scope: Scope) -> ColumnElement[bool]:
    """Return the condition that an event is this member of staff's business."""
    if scope.is_city_wide:
        return Event.id.is_not(None)
    counties = select(Region.id).where(
        or_(Region.county_id.in_(scope.county_ids), Region.id.in_(scope.county_ids))
    )
    return or_(
        Event.organisation_id.in_(select(Organisation.id).where(organisations.in_scope(scope))),
        Event.region_id.in_(counties),
    )


def event_for_staff(
    event_id: int, scope: Scope, *, with_posts: bool = True, with_skills: bool = True
) -> Event:
    """Return the event with place, shifts, posts and skills, for someone who may manage it.

    Args:
        event_id: Of the event.
        scope: Who asks.
        with_posts: Whether shifts and posts are needed.
        with_skills: Whether the skills of posts are needed.

    Raises:
        NotFoundError: There is no such event, or it is not this person's business.
    """
    posts = WITH_POSTS if with_skills else WITH_SHIFTS
    statement = _staff_statement(event_id, scope).options(*WITH_PLACE)
    return _one(statement.options(*posts) if with_posts else statement)


def lock_event_for_staff(event_id: int, scope: Scope) -> Event:
    """Return the event held against other writers until the transaction ends.

    Raises:
        NotFoundError: There is no such event, or it is not this person's business.
    """
    return _one(_staff_statement(event_id, scope).with_for_update(of=Event))


def _staff_statement(event_id: int, scope: Scope) -> Select[Any]:
    return select(Event).where(Event.id == event_id, in_scope(scope))


def public_event(event_id: int) -> Event:
    """Return an event that was published (perhaps cancelled since), with everything on its page.

    Raises:
        NotFoundError: There is no such event, or it is still a draft.
    """
    statement = select(Event).where(Event.id == event_id, Event.status != Status.DRAFT)
    return _one(statement.options(*WITH_PLACE, *WITH_POSTS))


def event_by_poster(poster_code: str) -> Event:
    """Return the published event that a poster's QR code belongs to.

    Raises:
        NotFoundError: No poster has this code.
    """
    statement = select(Event).where(
        Event.poster_code == poster_code.upper(), Event.status != Status.DRAFT
    )
    return _one(statement.options(*WITH_PLACE, *WITH_POSTS))


def lock_event(event_id: int) -> Event:
    """Return the event held against other writers; every decision on attendees' places starts here.

    Raises:
        NotFoundError: There is no such event.
    """
    return _one(select(Event).where(Event.id == event_id).with_for_update(of=Event))


def lock_post(post_id: int) -> Post:
    """Return the post held against other writers; every decision on its places starts here.

    Raises:
        NotFoundError: There is no such post.
    """
    found = db.session.scalar(select(Post).where(Post.id == post_id).with_for_update(of=Post))
    if found is None:
        raise NotFoundError
    return found


def shift_for_staff(shift_id: int, scope: Scope) -> Shift:
    """Return the shift with its event, posts and skills, for someone who may manage it.

    Raises:
        NotFoundError: There is no such shift, or it is not this person's business.
    """
    statement = (
        select(Shift)
        .join(Shift.event)
        .where(Shift.id == shift_id, in_scope(scope))
        .options(
            joinedload(Shift.event).options(*WITH_PLACE),
            selectinload(Shift.posts).selectinload(Post.skills),
        )
    )
    found = db.session.scalar(statement)
    if found is None:
        raise NotFoundError
    return found


def post_for_staff(post_id: int, scope: Scope) -> Post:
    """Return the post with its skills, shift and event, for someone who may manage it.

    Raises:
        NotFoundError: There is no such post, or it is not this person's business.
    """
    statement = (
        select(Post)
        .join(Post.shift)
        .join(Shift.event)
        .where(Post.id == post_id, in_scope(scope))
        .options(
            joinedload(Post.shift).joinedload(Shift.event).options(*WITH_PLACE),
            selectinload(Post.skills),
        )
    )
    found = db.session.scalar(statement)
    if found is None:
        raise NotFoundError
    return found


def lock_shift_for_staff(shift_id: int, scope: Scope) -> Shift:
    """Return the shift, its event held against other writers until the transaction ends.

    Raises:
        NotFoundError: There is no such shift, or it is not this person's business.
    """
    event_id = db.session.scalar(select(Shift.event_id).where(Shift.id == shift_id))
    lock_event_for_staff(event_id or 0, scope)
    found = db.session.scalar(select(Shift).where(Shift.id == shift_id))
    if found is None:
        raise NotFoundError
    return found


def lock_post_for_staff(post_id: int, scope: Scope) -> Post:
    """Return the post, it and its event held against other writers until the transaction ends.

    Raises:
        NotFoundError: There is no such post, or it is not this person's business.
    """
    of_post = select(Shift.event_id).join(Post, Post.shift_id == Shift.id).where(Post.id == post_id)
    lock_event_for_staff(db.session.scalar(of_post) or 0, scope)
    return lock_post(post_id)


def _one(statement: Select[Any]) -> Event:
    found: Event | None = db.session.scalar(statement)
    if found is None:
        raise NotFoundError
    return found
