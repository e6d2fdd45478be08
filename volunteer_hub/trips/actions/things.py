"""What is booked for a trip, and what its stops came to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime

from volunteer_hub.core import audit
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.events.errors import UnsoundPlanError
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.resources import actions as resources
from volunteer_hub.resources.drafts import BookingDraft, Holder
from volunteer_hub.resources.rules import Purpose
from volunteer_hub.trips import queries, rules
from volunteer_hub.trips.drafts import ReportDraft
from volunteer_hub.trips.models import StopReport, Trip


def book_for_trip(trip_id: int, resource_id: int, *, scope: Scope, now: datetime) -> None:
    """Book a resource for the whole trip. Booking it twice changes nothing.

    Raises:
        NotFoundError: There is no such trip in this scope, or no such resource.
        NotSharedError: Only its owner books this resource.
        UnsoundResourceError: The trip is over.
        HinderedError: It is taken, under maintenance, out of date or retired then.
    """
    trip, _stops = queries.lock_trip_for_staff(trip_id, scope)
    draft = BookingDraft(
        purpose=Purpose.EVENT,
        title=trip.title,
        starts_at=trip.leaves_at,
        ends_at=trip.returns_at,
        holder=Holder(trip_id=trip_id),
    )
    resources.book(resource_id, draft, scope=scope, now=now)


def release_from_trip(trip_id: int, booking_id: int, *, scope: Scope, now: datetime) -> None:
    """Give back something that was booked for a trip.

    Raises:
        NotFoundError: There is no such trip in this scope, or nothing of it has this id.
    """
    queries.lock_trip_for_staff(trip_id, scope)
    resources.release_from(Holder(trip_id=trip_id), booking_id, by=scope.person_id, now=now)


def report(
    trip_id: int,
    odometer: tuple[int | None, int | None],
    reports: Sequence[tuple[int, ReportDraft]],
    *,
    scope: Scope,
    now: datetime,
) -> Trip:
    """Keep what a trip and its stops came to.

    Args:
        trip_id: Which trip.
        odometer: What it showed at the start and at the end.
        reports: What each stop came to, with the event's id, in their order.
        scope: Who reports.
        now: The moment.

    Raises:
        NotFoundError: There is no such trip in this scope, or one of these is no stop of it.
        UnsoundPlanError: The odometer would run backwards.
    """
    trip, stops = queries.lock_trip_for_staff(trip_id, scope)
    known = {each.id for each in queries.live(stops)}
    if {event_id for event_id, _draft in reports} - known:
        raise NotFoundError
    problems = rules.report_problems(odometer[0], [draft for _id, draft in reports], odometer[1])
    if problems:
        raise UnsoundPlanError(problems)
    trip.odometer_start_km, trip.odometer_end_km = odometer
    rows = queries.reports_of(known)
    for event_id, draft in reports:
        _keep_report(rows.get(event_id), event_id, draft, by=scope.person_id, now=now)
    db.session.flush()
    audit.record("trip.report", trip, by=scope.person_id, now=now)
    return trip


def _keep_report(
    row: StopReport | None, event_id: int, draft: ReportDraft, *, by: int, now: datetime
) -> None:
    if row is None:
        if draft.is_empty:
            return
        row = StopReport(event_id=event_id)
        db.session.add(row)
    elif queries.report_draft_of(row) == draft:
        return
    for field in fields(ReportDraft):
        setattr(row, field.name, getattr(draft, field.name))
    row.reported_at, row.reported_by_id = now, by
