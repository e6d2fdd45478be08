"""Claims for hours: those of a volunteer, those of staff, those in the public notice."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from volunteer_hub.accounts.models import Person
from volunteer_hub.assignments.models import Assignment
from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.numbers import value_of
from volunteer_hub.events.models import Event, Post, Shift, Status
from volunteer_hub.events.queries import in_scope
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.organisations.models import Membership
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.organisations.rules import Function
from volunteer_hub.recognition import numbers
from volunteer_hub.recognition.models import ClaimState, HoursClaim, HoursObjection
from volunteer_hub.recognition.rules import OPEN
from volunteer_hub.volunteers.models import Volunteer

MOST_EVENTS: Final = 60
AT_ONCE: Final = 500


def _to_claim(volunteer: Volunteer, now: datetime) -> Select[Event]:
    """Return the statement for events at which a volunteer may have worked without a scan."""
    own = select(Membership.organisation_id).where(Membership.person_id == volunteer.person_id)
    had_place = (
        select(Shift.event_id)
        .join(Post, Post.shift_id == Shift.id)
        .join(Assignment, Assignment.post_id == Post.id)
        .where(Assignment.volunteer_id == volunteer.id)
    )
    since = now - timedelta(days=value_of(numbers.CLAIM_DAYS.key))
    return select(Event).where(
        Event.status == Status.CONFIRMED,
        Event.ends_at >= since,
        Event.ends_at <= now,
        or_(Event.organisation_id.in_(own), Event.id.in_(had_place)),
    )


def events_to_claim(volunteer: Volunteer, *, now: datetime) -> list[Event]:
    """Return the events for which a volunteer may ask for hours, the latest first."""
    statement = _to_claim(volunteer, now).order_by(Event.starts_at.desc()).limit(MOST_EVENTS)
    return list(db.session.scalars(statement))


def event_to_claim(event_id: int, volunteer: Volunteer, *, now: datetime) -> Event:
    """Return one of them.

    Raises:
        NotFoundError: It is none of them.
    """
    found = db.session.scalar(_to_claim(volunteer, now).where(Event.id == event_id))
    if found is None:
        raise NotFoundError
    return found


def has_open_claim(event_id: int, volunteer_id: int, assignment_id: int | None) -> bool:
    """Tell whether hours of a volunteer at an event are asked for and not settled."""
    statement = select(HoursClaim.id).where(
        HoursClaim.event_id == event_id,
        HoursClaim.volunteer_id == volunteer_id,
        HoursClaim.assignment_id == assignment_id,
        HoursClaim.state.in_(OPEN),
    )
    return db.session.scalar(statement.limit(1)) is not None


def _whole() -> Select[HoursClaim]:
    return select(HoursClaim).options(
        joinedload(HoursClaim.event).joinedload(Event.organisation),
        joinedload(HoursClaim.volunteer).joinedload(Volunteer.person),
    )


def _one(statement: Select[HoursClaim], *, locked: bool) -> HoursClaim:
    if locked:
        statement = statement.with_for_update(of=HoursClaim)
    statement = statement.execution_options(populate_existing=True)
    found = db.session.scalar(statement)
    if found is None:
        raise NotFoundError
    return found


def claim_for_staff(claim_id: int, scope: Scope) -> HoursClaim:
    """Return a claim with what is objected to it.

    Raises:
        NotFoundError: There is none, or it is not this person's business.
    """
    statement = _whole().options(
        selectinload(HoursClaim.objections), joinedload(HoursClaim.asked_by)
    )
    return _one(statement.where(HoursClaim.id == claim_id, _business(scope)), locked=False)


def _business(scope: Scope) -> ColumnElement[bool]:
    return HoursClaim.event_id.in_(select(Event.id).where(in_scope(scope)))


def lock_claim(claim_id: int) -> HoursClaim:
    """Return a claim held against other writers until the transaction ends.

    Raises:
        NotFoundError: There is none.
    """
    return _one(_whole().where(HoursClaim.id == claim_id), locked=True)


def lock_claim_for_staff(claim_id: int, scope: Scope) -> HoursClaim:
    """Return a claim of this person's business, held.

    Raises:
        NotFoundError: There is none, or it is not their business.
    """
    return _one(_whole().where(HoursClaim.id == claim_id, _business(scope)), locked=True)


def lock_claim_of(claim_id: int, person_id: int) -> HoursClaim:
    """Return a claim that this person asked for, held.

    Raises:
        NotFoundError: They asked for no such thing.
    """
    mine = HoursClaim.asked_by_id == person_id
    return _one(_whole().where(HoursClaim.id == claim_id, mine), locked=True)


def claims_of_staff(
    scope: Scope, states: Collection[ClaimState], *, page: int, per_page: int
) -> list[HoursClaim]:
    """Return one page of the claims of this person's business, the oldest first."""
    statement = (
        _whole()
        .where(HoursClaim.state.in_(states), _business(scope))
        .order_by(HoursClaim.asked_at, HoursClaim.id)
    )
    return list(db.session.scalars(statement.offset((page - 1) * per_page).limit(per_page)))


def number_of_claims(scope: Scope) -> dict[ClaimState, int]:
    """Return how many claims of this person's business stand where."""
    statement = (
        select(HoursClaim.state, func.count()).where(_business(scope)).group_by(HoursClaim.state)
    )
    return {row[0]: row[1] for row in db.session.execute(statement)}


def claims_of_volunteer(volunteer_id: int) -> list[HoursClaim]:
    """Return what was asked for a volunteer, the latest first."""
    statement = _whole().where(HoursClaim.volunteer_id == volunteer_id)
    return list(db.session.scalars(statement.order_by(HoursClaim.id.desc()).limit(AT_ONCE)))


def claims_in_notice(*, now: datetime, page: int, per_page: int) -> list[HoursClaim]:
    """Return one page of what hangs out, the last to go first."""
    statement = (
        _whole()
        .where(_hangs_out(now))
        .order_by(HoursClaim.notice_until.desc(), HoursClaim.id.desc())
    )
    return list(db.session.scalars(statement.offset((page - 1) * per_page).limit(per_page)))


def number_in_notice(*, now: datetime) -> int:
    """Return how much hangs out."""
    counted = select(func.count(HoursClaim.id)).where(_hangs_out(now))
    return int(db.session.scalar(counted) or 0)


def _hangs_out(now: datetime) -> ColumnElement[bool]:
    today = now.astimezone(LOCAL).date()
    return and_(HoursClaim.state == ClaimState.NOTICE, HoursClaim.notice_until >= today)


def claim_in_notice(claim_id: int, *, now: datetime) -> HoursClaim:
    """Return one of those that hang out.

    Raises:
        NotFoundError: It does not.
    """
    return _one(_whole().where(HoursClaim.id == claim_id, _hangs_out(now)), locked=False)


def claims_past_notice(*, now: datetime) -> list[int]:
    """Return what hung out for long enough, and nobody's objection is open."""
    today = now.astimezone(LOCAL).date()
    objected = select(HoursObjection.claim_id).where(HoursObjection.settled_at.is_(None))
    statement = (
        select(HoursClaim.id)
        .where(
            HoursClaim.state == ClaimState.NOTICE,
            HoursClaim.notice_until < today,
            HoursClaim.id.not_in(objected),
        )
        .order_by(HoursClaim.id)
        .limit(AT_ONCE)
    )
    return list(db.session.scalars(statement))


def has_open_objection(claim_id: int) -> bool:
    """Tell whether somebody objects and nobody said yet whether they are right."""
    statement = select(HoursObjection.id).where(
        HoursObjection.claim_id == claim_id, HoursObjection.settled_at.is_(None)
    )
    return db.session.scalar(statement.limit(1)) is not None


def objection_by_id(objection_id: int) -> HoursObjection:
    """Return an objection as it is now.

    Raises:
        NotFoundError: There is none.
    """
    found = db.session.get(HoursObjection, objection_id, populate_existing=True)
    if found is None:
        raise NotFoundError
    return found


def person_of(volunteer_id: int) -> int:
    """Return the account of a volunteer."""
    statement = select(Volunteer.person_id).where(Volunteer.id == volunteer_id)
    return db.session.scalars(statement).one()


def who_may_agree(event: Event) -> list[int]:
    """Return who plans the unit's events; where there are not three of them, the city's office too.

    Of three at least one asked for nothing and is not the volunteer.
    """
    statement = (
        select(Membership.person_id)
        .join(Person, Membership.person_id == Person.id)
        .where(
            Membership.organisation_id == event.organisation_id,
            Membership.function == Function.ORGANISER,
            Person.erased_at.is_(None),
        )
        .order_by(Membership.person_id)
    )
    own = list(db.session.scalars(statement))
    return own if len(own) > 2 else [*own, *organisations.people_of_the_city_office()]


def find_claim(claim_id: int) -> HoursClaim | None:
    """Return a claim, wherever it stands, or None."""
    return db.session.scalar(_whole().where(HoursClaim.id == claim_id))


def claim_of_objection(objection_id: int, scope: Scope) -> int:
    """Return which claim of this person's business somebody objected to.

    Raises:
        NotFoundError: There is no such objection in this scope.
    """
    statement = (
        select(HoursClaim.id)
        .join(HoursObjection, HoursObjection.claim_id == HoursClaim.id)
        .where(HoursObjection.id == objection_id, _business(scope))
    )
    found = db.session.scalar(statement)
    if found is None:
        raise NotFoundError
    return found
