"""What people follow, and who waits for a digest."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import contains_eager, joinedload

from volunteer_hub.accounts.models import Person
from volunteer_hub.assignments.models import Follow, FollowKind
from volunteer_hub.core.database import db
from volunteer_hub.events.models import Event, Status
from volunteer_hub.organisations.models import Organisation
from volunteer_hub.regions.models import Venue
from volunteer_hub.volunteers.models import Volunteer
from volunteer_hub.volunteers.queries import is_active

Wish = tuple[FollowKind, str]


def lock_follower(person_id: int) -> Person:
    """Return a person whose wishes are about to change, held until the transaction ends."""
    statement = select(Person).where(Person.id == person_id).with_for_update(of=Person)
    return db.session.scalars(statement).one()


def follows_of(person_id: int) -> list[Follow]:
    """Return what a person follows, in the order they chose it."""
    statement = select(Follow).where(Follow.person_id == person_id).order_by(Follow.id)
    return list(db.session.scalars(statement))


def follower(person_id: int) -> tuple[Volunteer | None, set[Wish]]:
    """Return a person's profile as a volunteer, if they have one, and what they follow."""
    statement = (
        select(Volunteer, Follow.kind, Follow.code)
        .select_from(Person)
        .outerjoin(Volunteer, Volunteer.person_id == Person.id)
        .outerjoin(Follow, Follow.person_id == Person.id)
        .where(Person.id == person_id)
    )
    rows: list[tuple[Volunteer | None, FollowKind | None, str]] = [
        (profile, kind, code) for profile, kind, code in db.session.execute(statement)
    ]
    wishes = {(kind, code) for _profile, kind, code in rows if kind is not None}
    return (rows[0][0] if rows else None), wishes


def wishes_by_person(person_ids: Collection[int]) -> dict[int, set[Wish]]:
    """Return what each of these people follows."""
    statement = select(Follow.person_id, Follow.kind, Follow.code).where(
        Follow.person_id.in_(person_ids)
    )
    found: dict[int, set[Wish]] = {}
    for person_id, kind, code in db.session.execute(statement):
        found.setdefault(person_id, set()).add((kind, code))
    return found


def followers_after(last_id: int, *, limit: int, today: date) -> dict[int, Volunteer | None]:
    """Return some of the people who follow something and do not pause, by id.

    Args:
        last_id: Only ids above this one.
        limit: At most this many.
        today: The day on which they take no break.

    Returns:
        Their profile as a volunteer, or None for whoever only comes to events.
    """
    statement = (
        select(Person.id, Volunteer)
        .outerjoin(Volunteer, Volunteer.person_id == Person.id)
        .where(
            Person.id.in_(select(Follow.person_id)),
            Person.id > last_id,
            or_(Volunteer.id.is_(None), is_active(today)),
            Person.erased_at.is_(None),
        )
        .order_by(Person.id)
        .limit(limit)
        .options(joinedload(Volunteer.person))
    )
    return dict(db.session.execute(statement).all())


def coming_events(*, after: datetime, before: datetime) -> list[Event]:
    """Return the published events that begin between two moments, the earliest first."""
    statement = (
        select(Event)
        .outerjoin(Event.venue)
        .where(Event.status == Status.PUBLISHED, Event.starts_at > after, Event.starts_at < before)
        .order_by(Event.starts_at, Event.id)
        .options(
            contains_eager(Event.venue).joinedload(Venue.region),
            joinedload(Event.region),
            joinedload(Event.campaign),
            joinedload(Event.organisation),
        )
    )
    return list(db.session.scalars(statement))


def teams() -> dict[str, str]:
    """Return the names of the teams and units that can be followed, by id, in their order."""
    statement = select(Organisation.id, Organisation.name).order_by(Organisation.name)
    return {str(number): name for number, name in db.session.execute(statement)}


def digest_key(person_id: int, week: str) -> str:
    """Return what makes a digest the only one of its week."""
    return f"digest:p{person_id}:{week}"
