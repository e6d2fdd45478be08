from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    cast,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.resources import rules
from volunteer_hub.resources.drafts import Holder
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
    statement = _by_id(resource_id).with_for_update(of=Resource)
    return _one(statement.execution_options(populate_existing=True))


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
        is_shared=resource.is_shared,
        organisation_id=resource.organisation_id,
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
    resource_ids: Collection[int], span: Span, *, without: Holder | None = None
) -> list[Busy]:
    """Return when these resources are taken around a span, by time.

    Args:
        resource_ids: Which.
        span: When they would be used.
        without: An event or trip whose own bookings do not count.
    """
    statement = (
        select(Booking)
        .where(Booking.resource_id.in_(resource_ids), _is_around(span, without))
        .order_by(Booking.busy_from, Booking.id)
    )
    return [busy_of(row) for row in db.session.scalars(statement)]


def _is_around(span: Span, without: Holder | None) -> ColumnElement[bool]:
    is_near = and_(Booking.busy_until > span.start - WIDEST, Booking.busy_from < span.end + WIDEST)
    if without is None:
        return is_near
    column, held = _held_by(without)
    return and_(is_near, or_(column.is_(None), column != held))


def _held_by(holder: Holder) -> tuple[InstrumentedAttribute[int | None], int | None]:
    """Return the column that names what is booked for, and what stands in it."""
    if holder.trip_id is not None:
        return Booking.trip_id, holder.trip_id
    return Booking.event_id, holder.event_id


def bookings_from(moment: datetime, resource_ids: Collection[int]) -> list[Booking]:
    """Return what is booked from a moment on, by time."""
    statement = (
        select(Booking)
        .where(Booking.resource_id.in_(resource_ids), Booking.busy_until > moment)
        .order_by(Booking.busy_from, Booking.id)
        .limit(SHOWN)
    )
    return list(db.session.scalars(statement))


def lock_bookings_of(holder: Holder) -> list[Booking]:
    """Return what is booked for an event or a trip, the resources held against other writers."""
    column, held = _held_by(holder)
    taken = select(Booking.resource_id).where(column == held).order_by(Booking.resource_id)
    for resource_id in db.session.scalars(taken).all():
        lock_resource(resource_id)
    statement = select(Booking).where(column == held).order_by(Booking.resource_id)
    with_resource = statement.options(joinedload(Booking.resource))
    return list(db.session.scalars(with_resource, execution_options={"populate_existing": True}))


def lock_booking(booking_id: int) -> Booking | None:
    """Return the booking, its resource held against other writers; None when it is given back."""
    taken = select(Booking.resource_id).where(Booking.id == booking_id)
    resource_id = db.session.scalar(taken)
    if resource_id is None:
        return None
    lock_resource(resource_id)
    statement = select(Booking).where(Booking.id == booking_id)
    return db.session.scalar(statement, execution_options={"populate_existing": True})


def find_booking(resource_id: int, holder: Holder) -> Booking | None:
    """Return the booking of a resource for an event or a trip, or None."""
    column, held = _held_by(holder)
    statement = select(Booking).where(Booking.resource_id == resource_id, column == held)
    return db.session.scalar(statement)


def bookings_of_trips(trip_ids: Collection[int]) -> list[Booking]:
    """Return what is booked for some trips, with the resources, vehicles first."""
    statement = (
        select(Booking).where(Booking.trip_id.in_(trip_ids)).options(joinedload(Booking.resource))
    )
    order = list(Kind)
    return sorted(
        db.session.scalars(statement), key=lambda row: (order.index(row.resource.kind), row.id)
    )


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
        known: What there is of the kinds it needs, and what is booked.
    """

    verdicts: list[Verdict]
    bookings: dict[int, int]
    extra: list[Candidate]
    known: dict[int, ResourceFacts]


def resources_of_event(event_id: int, use: Span) -> EventResources:
    """Return how an event stands with what it needs: one statement, or two if it needs any."""
    needs, bookings = _needs_and_bookings(event_id)
    if not needs and not bookings:
        return EventResources([], {}, [], {})
    kinds = {each.kind for each in needs}
    known, busy = _known_and_busy(kinds, bookings, use, Holder(event_id=event_id))
    candidates = []
    for each in known.values():
        found, in_the_way = rules.standing(each, use, busy)
        candidates.append(Candidate(each, found, each.id in bookings, in_the_way))
    verdicts = rules.verdicts(needs, candidates)
    asked_for = {each.resource.id for verdict in verdicts for each in verdict.booked}
    extra = [it for it in candidates if it.is_booked and it.resource.id not in asked_for]
    return EventResources(verdicts, bookings, extra, known)


def _needs_and_bookings(event_id: int) -> tuple[list[Need], dict[int, int]]:
    """Return them as read at once: most events have neither."""
    needed = select(
        Requirement.id,
        Requirement.kind,
        Requirement.number,
        Requirement.min_seats,
        Requirement.resource_id,
    ).where(Requirement.event_id == event_id)
    no_kind, no_seats = cast(null(), Requirement.kind.type), cast(null(), Integer)
    booked = select(Booking.id, no_kind, literal(0), no_seats, Booking.resource_id).where(
        Booking.event_id == event_id
    )
    needs, bookings = [], {}
    for row_id, kind, number, seats, resource_id in db.session.execute(union_all(needed, booked)):
        if number:
            needs.append(
                Need(id=row_id, kind=kind, number=number, min_seats=seats, resource_id=resource_id)
            )
        else:
            bookings[resource_id] = row_id
    return sorted(needs, key=lambda need: need.id), bookings


def resources_of_trip(
    trip_id: int, use: Span, kinds: Collection[Kind], *, of: int
) -> EventResources:
    """Return what of some kinds a trip has booked, and what else there is for it then.

    Args:
        trip_id: Which trip.
        use: For how long.
        kinds: What it may take along.
        of: The organisation it is; what others keep to themselves is left out.
    """
    holder = Holder(trip_id=trip_id)
    own = select(Booking.resource_id, Booking.id).where(Booking.trip_id == trip_id)
    bookings = {row.resource_id: row.id for row in db.session.execute(own)}
    known, busy = _known_and_busy(kinds, bookings, use, holder)
    candidates = []
    for each in known.values():
        if each.id in bookings or each.is_shared or each.organisation_id == of:
            found, in_the_way = rules.standing(each, use, busy)
            candidates.append(Candidate(each, found, each.id in bookings, in_the_way))
    return EventResources([], bookings, candidates, known)


def free_spans_for(event_id: int, found: EventResources, spans: list[Span]) -> list[Span]:
    """Return those of some spans in which all that the event needs is free."""
    needs, known = [each.need for each in found.verdicts], list(found.known.values())
    if not needs or not spans:
        return []
    whole = Span(min(each.start for each in spans), max(each.end for each in spans))
    busy = busy_around(list(found.known), whole, without=Holder(event_id=event_id))
    return rules.free_spans(needs, known, busy, spans)


def _known_and_busy(
    kinds: Collection[Kind], booked_ids: Collection[int], use: Span, own: Holder
) -> tuple[dict[int, ResourceFacts], list[Busy]]:
    """Return what there is of some kinds, and when others have it."""
    statement = (
        select(Resource, Booking)
        .outerjoin(Booking, and_(Booking.resource_id == Resource.id, _is_around(use, own)))
        .where(or_(Resource.kind.in_(kinds), Resource.id.in_(booked_ids)))
        .order_by(Resource.id, Booking.busy_from)
    )
    known, busy = dict[int, ResourceFacts](), list[Busy]()
    for resource, booking in db.session.execute(statement):
        known[resource.id] = facts_of(resource)
        if booking is not None:
            busy.append(busy_of(booking))
    return known, busy
