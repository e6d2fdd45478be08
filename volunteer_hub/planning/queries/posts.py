"""Posts that want people: of an event, a campaign, some days, within what somebody manages."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload, selectinload

from volunteer_hub.assignments import queries as assignments
from volunteer_hub.assignments.queries import PostCount
from volunteer_hub.core.database import db
from volunteer_hub.events.models import Event, Post, Shift, Status
from volunteer_hub.events.queries import in_scope
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.planning.rules import Reach
from volunteer_hub.programmes.models import Campaign
from volunteer_hub.regions.models import Venue

WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which posts are meant.

    Attributes:
        from_at, until_at: Between which moments their shifts begin.
    """

    reach: Reach
    from_at: datetime
    until_at: datetime
    event_id: int | None = None
    campaign_code: str = ""


def open_posts(wanted: Wanted, scope: Scope, *, now: datetime) -> list[Post]:
    """Return the posts with places left, by time; each with skills, shift, event and place."""
    return assignments.posts_with_places(*_conditions(wanted, scope, now))


def _conditions(wanted: Wanted, scope: Scope, now: datetime) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [
        in_scope(scope),
        Shift.starts_at > now,
        Shift.starts_at >= wanted.from_at,
        Shift.starts_at < wanted.until_at,
    ]
    if wanted.reach is Reach.EVENT:
        found.append(Event.id == wanted.event_id)
    elif wanted.reach is Reach.CAMPAIGN:
        found.append(Event.campaign.has(Campaign.code == wanted.campaign_code))
    return found


def open_posts_in(
    scope: Scope, from_at: datetime, until_at: datetime, *, now: datetime
) -> list[tuple[Post, PostCount]]:
    """Return the posts of some days that lack people for their minimum, with who there is."""
    wanted = Wanted(reach=Reach.ALL, from_at=from_at, until_at=until_at)
    posts = open_posts(wanted, scope, now=now)
    counts = assignments.counts_of_posts([post.id for post in posts]) if posts else {}
    pairs = [(post, counts.get(post.id, PostCount())) for post in posts]
    return [(post, count) for post, count in pairs if count.accepted < post.min_people]


def posts_by_id(post_ids: Collection[int]) -> dict[int, Post]:
    """Return these posts, each with skills, shift, event and place."""
    event = joinedload(Post.shift).joinedload(Shift.event)
    statement = (
        select(Post)
        .where(Post.id.in_(post_ids))
        .options(
            event.joinedload(Event.venue).joinedload(Venue.region),
            event.joinedload(Event.region),
            event.joinedload(Event.campaign),
            event.joinedload(Event.organisation),
            selectinload(Post.skills),
        )
    )
    return {post.id: post for post in db.session.scalars(statement)}


def still_manages(scope: Scope, post_ids: Collection[int], *, now: datetime) -> set[int]:
    """Return those of the posts that are still somebody's business and still to come."""
    statement = (
        select(Post.id)
        .join(Post.shift)
        .join(Shift.event)
        .where(
            Post.id.in_(post_ids),
            in_scope(scope),
            Event.status == Status.PUBLISHED,
            Shift.starts_at > now,
        )
    )
    return set(db.session.scalars(statement))
