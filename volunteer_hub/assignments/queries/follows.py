"""What volunteers follow, and who waits for a digest."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from volunteer_hub.accounts.models import Person
from volunteer_hub.assignments.models import Follow, FollowKind
from volunteer_hub.core.database import db
from volunteer_hub.volunteers.models import Volunteer
from volunteer_hub.volunteers.queries import is_active

Wish = tuple[FollowKind, str]


def follows_of(volunteer_id: int) -> list[Follow]:
    """Return what a volunteer follows, in the order they chose it."""
    statement = select(Follow).where(Follow.volunteer_id == volunteer_id).order_by(Follow.id)
    return list(db.session.scalars(statement))


def wishes_by_volunteer(volunteer_ids: Collection[int]) -> dict[int, set[Wish]]:
    """Return what each of these volunteers follows."""
    statement = select(Follow.volunteer_id, Follow.kind, Follow.code).where(
        Follow.volunteer_id.in_(volunteer_ids)
    )
    found: dict[int, set[Wish]] = {}
    for volunteer_id, kind, code in db.session.execute(statement):
        found.setdefault(volunteer_id, set()).add((kind, code))
    return found


def followers_after(last_id: int, *, limit: int, today: date) -> list[Volunteer]:
    """Return some of the volunteers who follow something and do not pause, by id.

    Args:
        last_id: Only ids above this one.
        limit: At most this many.
        today: The day on which they take no break.
    """
    statement = (
        select(Volunteer)
        .join(Volunteer.person)
        .where(
            Volunteer.id.in_(select(Follow.volunteer_id)),
            Volunteer.id > last_id,
            is_active(today),
            Person.erased_at.is_(None),
        )
        .order_by(Volunteer.id)
        .limit(limit)
        .options(joinedload(Volunteer.person))
    )
    return list(db.session.scalars(statement))


def digest_key(volunteer_id: int, week: str) -> str:
    """Return what makes a digest the only one of its week."""
    return f"digest:{volunteer_id}:{week}"
