from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from datetime import datetime
from typing import Final

from sqlalchemy.exc import IntegrityError

from volunteer_hub.core import audit
from volunteer_hub.core.database import db, take_turns
from volunteer_hub.core.errors import ForbiddenError, NotFoundError
from volunteer_hub.core.text import N_
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.resources import queries, rules
from volunteer_hub.resources.drafts import BookingDraft, Holder, RequirementDraft, ResourceDraft
from volunteer_hub.resources.errors import (
    HinderedError,
    NotSharedError,
    OutOfDateError,
    RetiredError,
    TakenError,
    TooManyRequirementsError,
    UnderMaintenanceError,
    UnsoundResourceError,
)
from volunteer_hub.resources.models import Booking, Requirement, Resource
from volunteer_hub.resources.rules import Purpose, Span, Standing

BY_STANDING: Final[Mapping[Standing, type[HinderedError]]] = {
    Standing.TAKEN: TakenError,
    Standing.MAINTENANCE: UnderMaintenanceError,
    Standing.EXPIRED: OutOfDateError,
    Standing.RETIRED: RetiredError,
}


def add_resource(draft: ResourceDraft, *, scope: Scope, now: datetime) -> Resource:
    """Keep something that can be booked.

    Raises:
        UnsoundResourceError: The organisation is not theirs, or it has one of this name.
    """
    _judge(draft, scope)
    resource = Resource(created_at=now)
    _fill(resource, draft)
    db.session.add(resource)
    db.session.flush()
    audit.record("resource.add", resource, by=scope.person_id, now=now)
    return resource


def edit_resource(
    resource_id: int, draft: ResourceDraft, *, scope: Scope, now: datetime
) -> Resource:
    """Describe a resource anew; bookings keep the time before and after they were made with.

    Raises:
        NotFoundError: There is no such resource.
        ForbiddenError: It is another organisation's.
        UnsoundResourceError: The new organisation is not theirs, or it has one of this name.
    """
    resource = queries.lock_resource(resource_id)
    refuse_strangers(resource, scope)
    _judge(draft, scope, of=resource)
    _fill(resource, draft)
    db.session.flush()
    audit.record("resource.edit", resource, by=scope.person_id, now=now)
    return resource


def refuse_strangers(resource: Resource, scope: Scope) -> None:
    """Go on only for those who look after a resource.

    Raises:
        ForbiddenError: It is another organisation's.
    """
    if resource.organisation_id not in queries.own_organisation_ids(scope):
        raise ForbiddenError


def _judge(draft: ResourceDraft, scope: Scope, *, of: Resource | None = None) -> None:
    if draft.organisation_id not in queries.own_organisation_ids(scope):
        raise UnsoundResourceError("organisation_id", N_("请选择您负责的单位"))
    take_turns(f"resource {draft.organisation_id} {draft.kind} {draft.name}")
    twin = queries.find_twin(draft.organisation_id, draft.kind, draft.name)
    if twin is not None and twin is not of:
        raise UnsoundResourceError("name", N_("这个单位已经有一个叫这个名字的了"))


def _fill(resource: Resource, draft: ResourceDraft) -> None:
    for field in fields(ResourceDraft):
        setattr(resource, field.name, getattr(draft, field.name))


def book(resource_id: int, draft: BookingDraft, *, scope: Scope, now: datetime) -> Booking:
    """Take a resource for some time. Booking it twice for one event or trip changes nothing.

    Raises:
        NotFoundError: There is no such resource.
        NotSharedError: Only its owner books it.
        UnsoundResourceError: The time cannot be.
        HinderedError: It is taken, under maintenance, out of date or retired then.
    """
    resource = queries.lock_resource(resource_id)
    _refuse_guests(resource, draft, scope)
    holder = draft.holder or Holder()
    if draft.holder is not None:
        own = queries.find_booking(resource_id, draft.holder)
        if own is not None:
            return own
    use = Span(draft.starts_at, draft.ends_at)
    problem = rules.booking_problem(use, now=now)
    if problem is not None:
        raise UnsoundResourceError("starts_at", problem, {"days": rules.LONGEST.days})
    refuse_hindered(resource, use, purpose=draft.purpose)
    booking = Booking(
        resource_id=resource_id,
        event_id=holder.event_id,
        trip_id=holder.trip_id,
        purpose=draft.purpose,
        title=draft.title,
        booked_by_id=scope.person_id,
        booked_at=now,
    )
    _keep(booking, resource, use)
    audit.record("booking.make", booking, by=scope.person_id, now=now)
    return booking


def _refuse_guests(resource: Resource, draft: BookingDraft, scope: Scope) -> None:
    is_for_owners = draft.purpose is Purpose.MAINTENANCE or not resource.is_shared
    if is_for_owners and resource.organisation_id not in queries.own_organisation_ids(scope):
        raise NotSharedError


def refuse_hindered(
    resource: Resource,
    use: Span,
    *,
    purpose: Purpose = Purpose.EVENT,
    without: Holder | None = None,
) -> None:
    """Go on only if the resource can be had; the caller holds it locked.

    Args:
        resource: Which.
        use: When.
        purpose: What for; also what is out of date or out of use may be repaired.
        without: An event or trip whose own bookings do not count.

    Raises:
        HinderedError: It cannot; which kind says why.
    """
    busy = queries.busy_around([resource.id], use, without=without)
    facts = queries.facts_of(resource)
    if purpose is Purpose.MAINTENANCE:
        facts = replace(facts, valid_until=None, is_active=True)
    found, in_the_way = rules.standing(facts, use, busy)
    if rules.is_hindered(found):
        raise BY_STANDING[found](resource.name, in_the_way.title if in_the_way else "")


def _keep(booking: Booking, resource: Resource, use: Span) -> None:
    """Write the booking's time; the database has the last word on what overlaps."""
    busy = queries.facts_of(resource).busy_span(use)
    try:
        with db.session.begin_nested():
            booking.starts_at, booking.ends_at = use.start, use.end
            booking.busy_from, booking.busy_until = busy.start, busy.end
            db.session.add(booking)
    except IntegrityError:
        raise TakenError(resource.name) from None


def release(booking_id: int, *, scope: Scope, now: datetime) -> int:
    """Give a resource back; returns which. For those who look after it, and whoever booked it.

    Raises:
        NotFoundError: There is no such booking.
        ForbiddenError: It is none of their business.
    """
    booking = queries.lock_booking(booking_id)
    if booking is None:
        raise NotFoundError
    if booking.booked_by_id != scope.person_id:
        refuse_strangers(booking.resource, scope)
    resource_id = booking.resource_id
    _release(booking, by=scope.person_id, now=now)
    return resource_id


def _release(booking: Booking, *, by: int, now: datetime) -> None:
    details = {"resource": booking.resource_id, "event": booking.event_id, "trip": booking.trip_id}
    audit.record("booking.release", booking, by=by, now=now, details=details)
    db.session.delete(booking)
    db.session.flush()


def hindrances(holder: Holder, use: Span) -> list[HinderedError]:
    """Return why what is booked for it cannot go along to another time; holds the resources."""
    found = []
    for booking in queries.lock_bookings_of(holder):
        try:
            refuse_hindered(booking.resource, use, without=holder)
        except HinderedError as error:
            found.append(error)
    return found


def follow(holder: Holder, title: str, use: Span, *, by: int, now: datetime) -> None:
    """Let what is booked for it go along to its new time and title; ``hindrances`` were judged.

    Raises:
        TakenError: The database found one overlapping after all.
    """
    for booking in queries.lock_bookings_of(holder):
        is_moved = (booking.starts_at, booking.ends_at) != (use.start, use.end)
        booking.title = title
        if is_moved:
            _keep(booking, booking.resource, use)
            audit.record("booking.move", booking, by=by, now=now)
    db.session.flush()


def release_all(holder: Holder, *, by: int, now: datetime) -> None:
    """Give back everything booked for what will not be held."""
    for booking in queries.lock_bookings_of(holder):
        _release(booking, by=by, now=now)


def require(event_id: int, draft: RequirementDraft) -> Requirement:
    """Note that an event needs something; the caller holds the event and has judged who may.

    Raises:
        NotFoundError: There is no such resource.
        TooManyRequirementsError: It asks for too much already.
    """
    if len(queries.requirements_of(event_id)) >= TooManyRequirementsError.most:
        raise TooManyRequirementsError
    kind, number, seats = draft.kind, draft.number, draft.min_seats
    if draft.resource_id is not None:
        kind, number, seats = queries.resource_by_id(draft.resource_id).kind, 1, None
    row = Requirement(
        event_id=event_id,
        kind=kind,
        number=number,
        min_seats=seats,
        resource_id=draft.resource_id,
    )
    db.session.add(row)
    db.session.flush()
    return row


def drop_requirement(event_id: int, requirement_id: int) -> bool:
    """Note that an event does not need something after all; tell whether it did."""
    found = [row for row in queries.requirements_of(event_id) if row.id == requirement_id]
    for row in found:
        db.session.delete(row)
    db.session.flush()
    return bool(found)


def copy_requirements(from_event_id: int, to_event_ids: Iterable[int]) -> None:
    """Let other events need what one needs; nothing is booked for them."""
    rows = queries.requirements_of(from_event_id)
    for event_id in to_event_ids:
        for row in rows:
            db.session.add(
                Requirement(
                    event_id=event_id,
                    kind=row.kind,
                    number=row.number,
                    min_seats=row.min_seats,
                    resource_id=row.resource_id,
                )
            )
    db.session.flush()


def release_from(holder: Holder, booking_id: int, *, by: int, now: datetime) -> None:
    """Give back one thing booked for an event or trip; the caller holds it and judged who may.

    Twice changes nothing.

    Raises:
        NotFoundError: It is booked for something else.
    """
    booking = queries.lock_booking(booking_id)
    if booking is None:
        return
    if Holder(event_id=booking.event_id, trip_id=booking.trip_id) != holder:
        raise NotFoundError
    _release(booking, by=by, now=now)
