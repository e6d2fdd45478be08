"""What an event needs and has booked, and how that goes along when the event changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from volunteer_hub.core import audit
from volunteer_hub.core.text import N_
from volunteer_hub.events.actions.steps import lock_open_event
from volunteer_hub.events.drafts import EventDraft
from volunteer_hub.events.errors import FieldProblem
from volunteer_hub.events.models import Event
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.resources import actions as resources
from volunteer_hub.resources.drafts import BookingDraft, Holder, RequirementDraft
from volunteer_hub.resources.errors import (
    HinderedError,
    OutOfDateError,
    RetiredError,
    TakenError,
    UnderMaintenanceError,
)
from volunteer_hub.resources.rules import Purpose, Span

_CANNOT_GO_ALONG: Final[Mapping[type[HinderedError], str]] = {
    TakenError: N_(
        "“%(resource)s”在新的时间已经订给“%(title)s”。请换个时间，或先在“车辆和器材”里取消这项预订"
    ),
    UnderMaintenanceError: N_(
        "“%(resource)s”在新的时间要检修。请换个时间，或先在“车辆和器材”里取消这项预订"
    ),
    OutOfDateError: N_(
        "“%(resource)s”到新的日期已过有效期。请换个时间，或先在“车辆和器材”里取消这项预订"
    ),
    RetiredError: N_("“%(resource)s”已经停用。请先在“车辆和器材”里取消这项预订"),
}


def require(event_id: int, draft: RequirementDraft, *, scope: Scope, now: datetime) -> None:
    """Note that an event needs something.

    Raises:
        NotFoundError: There is no such event in this scope, or no such resource.
        EventClosedError: The event is cancelled or confirmed.
        TooManyRequirementsError: It asks for too much already.
    """
    event = lock_open_event(event_id, scope)
    resources.require(event_id, draft)
    audit.record("event.require", event, by=scope.person_id, now=now)


def drop_requirement(event_id: int, requirement_id: int, *, scope: Scope, now: datetime) -> None:
    """Note that an event does not need something after all; what is booked stays booked.

    Raises:
        NotFoundError: There is no such event in this scope.
        EventClosedError: The event is cancelled or confirmed.
    """
    event = lock_open_event(event_id, scope)
    if resources.drop_requirement(event_id, requirement_id):
        audit.record("event.drop_requirement", event, by=scope.person_id, now=now)


def book_for_event(event_id: int, resource_id: int, *, scope: Scope, now: datetime) -> None:
    """Book a resource for as long as the event lasts. Booking it twice changes nothing.

    Raises:
        NotFoundError: There is no such event in this scope, or no such resource.
        EventClosedError: The event is cancelled or confirmed.
        NotSharedError: Only its owner books this resource.
        UnsoundResourceError: The event is over.
        HinderedError: It is taken, under maintenance, out of date or retired then.
    """
    event = lock_open_event(event_id, scope)
    draft = BookingDraft(
        purpose=Purpose.EVENT,
        title=event.title,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        holder=Holder(event_id=event_id),
    )
    resources.book(resource_id, draft, scope=scope, now=now)


def release_from_event(event_id: int, booking_id: int, *, scope: Scope, now: datetime) -> None:
    """Give back something that was booked for an event.

    Raises:
        NotFoundError: There is no such event in this scope, or nothing of it has this id.
        EventClosedError: The event is cancelled or confirmed.
    """
    lock_open_event(event_id, scope)
    resources.release_from(Holder(event_id=event_id), booking_id, by=scope.person_id, now=now)


def booking_problems(event: Event, draft: EventDraft) -> list[FieldProblem]:
    """Return why what is booked cannot go along to the event's new time; held until the end."""
    use = Span(draft.starts_at, draft.ends_at)
    if use == Span(event.starts_at, event.ends_at):
        return []
    return problems_of(resources.hindrances(Holder(event_id=event.id), use))


def problems_of(hindrances: Iterable[HinderedError]) -> list[FieldProblem]:
    """Return what keeps bookings from going along as problems of the new start."""
    return [
        FieldProblem(
            "starts_at",
            _CANNOT_GO_ALONG[type(error)],
            {"resource": error.resource, "title": error.title},
        )
        for error in hindrances
    ]


def take_along(event: Event, before: EventDraft, *, by: int, now: datetime) -> None:
    """Let what is booked follow the event's changed time and title."""
    if (before.starts_at, before.ends_at, before.title) != (
        event.starts_at,
        event.ends_at,
        event.title,
    ):
        use = Span(event.starts_at, event.ends_at)
        resources.follow(Holder(event_id=event.id), event.title, use, by=by, now=now)
