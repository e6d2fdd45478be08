from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.resources import rules
from volunteer_hub.resources.models import Booking, Requirement, Resource
from volunteer_hub.resources.rules import (
    Busy,
    Candidate,
    Kind,
    Need,
    ResourceFacts,
    Span,
    Verdict,
)

WIDEST: Final = timedelta(minutes=rules.MAX_BUFFER_MINUTES)
SHOWN: Final = 50


def resources(kind: Kind | None = None, *, with_retired: bool = False) -> list[Resource]:
    """Return what can be booked, with its owner, by kind and name."""
    statement = select(Resource).options(joinedload(Resource.organisation))
    if kind is not None:
        statement = statement.where(Resource.kind == kind)
    if not with_retired:
        statement = statement.where(Resource.is_active)
    return list(db.session.scalars(statement.order_by(Resource.kind, Resource.name, Resource.id)))


def resource_by_id(resource_id: int) -> Resource:
    """Return the resource with its owner.

    Raises:
        NotFoundError: There is no such resource.
    """
    return _one(_by_id(resource_id).options(joinedload(Resource.organisation)))


def lock_resource(resource_id: int) -> Resource:
    """Return the resource held against other writers; every decision on its time starts here.

    Raises:
        NotFoundError: There is no such resource.
    """
    return _one(_by_id(resource_id).with_for_update(of=Resource))


def _by_id(resource_id: int) -> Select[Any]:
    return select(Resource).where(Resource.id == resource_id)


def _one(statement: Select[Any]) -> Resource:
    found: Resource | None = db.session.scalar(statement)
    if found is None:
        raise NotFoundError
    return found


def find_twin(organisation_id: int, kind: Kind, name: str) -> Resource | None:
    """Return the organisation's resource of this kind and name, or None."""
    statement = select(Resource).where(
        Resource.organisation_id == organisation_id, Resource.kind == kind, Resource.name == name
    )
    return db.session.scalar(statement)


def own_organisation_ids(scope: Scope) -> set[int]:
    """Return the organisations whose resources this member of staff looks after."""
    return {each.id for each in organisations.organisations_in(scope)}


def facts_of(resource: Resource) -> ResourceFacts:
    """Return what rules ask about a resource."""
    return ResourceFacts(
        id=resource.id,
        kind=resource.kind,
        name=resource.name,
        seats=resource.seats,
        licence_class=resource.licence_class,
        valid_until=resource.valid_until,
        is_active=resource.is_active,
        before=timedelta(minutes=resource.before_minutes),
        after=timedelta(minutes=resource.after_minutes),
    )


def busy_of(booking: Booking) -> Busy:
    """Return what rules ask about a booking."""
    return Busy(
        booking.resource_id,
        Span(booking.busy_from, booking.busy_until),
        booking.purpose,
        booking.title,
        booking.event_id,
    )


def busy_around(
    resource_ids: Collection[int], span: Span, *, without_event: int | None = None
) -> list[Busy]:
    """Return when these resources are taken around a span, by time.

    Args:
        resource_ids: Which.
        span: When they would be used.
        without_event: An event whose own bookings do not count.
    """
    statement = (
        select(Booking)
        .where(
            Booking.resource_id.in_(resource_ids),
            Booking.busy_until > span.start - WIDEST,
            Booking.busy_from < span.end + WIDEST,
        )
        .order_by(Booking.busy_from, Booking.id)
    )
    if without_event is not None:
        own = Booking.event_id == without_event
        statement = statement.where(or_(Booking.event_id.is_(None), ~own))
    return [busy_of(row) for row in db.session.scalars(statement)]


def bookings_from(moment: datetime, resource_ids: Collection[int]) -> list[Booking]:
    """Return what is booked from a moment on, by time."""
    statement = (
        select(Booking)
        .where(Booking.resource_id.in_(resource_ids), Booking.busy_until > moment)
        .order_by(Booking.busy_from, Booking.id)
        .limit(SHOWN)
    )
    return list(db.session.scalars(statement))


def bookings_of_event(event_id: int) -> list[Booking]:
    """Return what is booked for an event, by resource."""
    statement = (
        select(Booking)
        .where(Booking.event_id == event_id)
        .order_by(Booking.resource_id)
        .options(joinedload(Booking.resource))
    )
    return list(db.session.scalars(statement))


def booking_by_id(booking_id: int) -> Booking:
    """Return the booking with its resource.

    Raises:
        NotFoundError: There is no such booking.
    """
    statement = select(Booking).where(Booking.id == booking_id)
    found = db.session.scalar(statement.options(joinedload(Booking.resource)))
    if found is None:
        raise NotFoundError
    return found


def find_booking(resource_id: int, event_id: int) -> Booking | None:
    """Return the event's booking of a resource, or None."""
    statement = select(Booking).where(
        Booking.resource_id == resource_id, Booking.event_id == event_id
    )
    return db.session.scalar(statement)


def requirements_of(event_id: int) -> list[Requirement]:
    """Return what an event needs, in the order it was asked for."""
    statement = select(Requirement).where(Requirement.event_id == event_id)
    return list(db.session.scalars(statement.order_by(Requirement.id)))


def need_of(row: Requirement) -> Need:
    """Return what rules ask about a requirement."""
    return Need(
        id=row.id,
        kind=row.kind,
        number=row.number,
        min_seats=row.min_seats,
        resource_id=row.resource_id,
    )


@dataclass(frozen=True, slots=True)
class EventResources:
    """How an event stands with what it needs.

    Attributes:
        verdicts: Of each requirement, in their order.
        bookings: What is booked for it, by resource.
        extra: What is booked and nobody asked for.
    """

    verdicts: list[Verdict]
    bookings: dict[int, int]
    extra: list[Candidate]


def resources_of_event(event_id: int, use: Span) -> EventResources:
    """Return how an event stands with what it needs, in at most three statements."""
    needs = [need_of(row) for row in requirements_of(event_id)]
    booked = list(db.session.scalars(select(Booking).where(Booking.event_id == event_id)))
    bookings = {row.resource_id: row.id for row in booked}
    if not needs and not bookings:
        return EventResources([], {}, [])
    known = _facts_for(needs, bookings)
    busy = busy_around([each.id for each in known], use, without_event=event_id)
    candidates = []
    for each in known:
        found, in_the_way = rules.standing(each, use, busy)
        candidates.append(Candidate(each, found, each.id in bookings, in_the_way))
    verdicts = rules.verdicts(needs, candidates)
    asked_for = {each.resource.id for verdict in verdicts for each in verdict.booked}
    extra = [it for it in candidates if it.is_booked and it.resource.id not in asked_for]
    return EventResources(verdicts, bookings, extra)


def free_spans_for(event_id: int, spans: list[Span]) -> list[Span]:
    """Return those of some spans in which all that the event needs is free."""
    needs = [need_of(row) for row in requirements_of(event_id)]
    if not needs or not spans:
        return []
    known = _facts_for(needs, ())
    whole = Span(min(each.start for each in spans), max(each.end for each in spans))
    busy = busy_around([each.id for each in known], whole, without_event=event_id)
    return rules.free_spans(needs, known, busy, spans)


def _facts_for(needs: Collection[Need], booked_ids: Collection[int]) -> list[ResourceFacts]:
    statement = select(Resource).where(
        or_(Resource.kind.in_({each.kind for each in needs}), Resource.id.in_(booked_ids))
    )
    return [facts_of(row) for row in db.session.scalars(statement.order_by(Resource.id))]
