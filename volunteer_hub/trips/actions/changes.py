"""It changed today: some stops of a trip are moved or called off, for everybody at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from volunteer_hub.core import audit
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.text import N_
from volunteer_hub.events import actions as planning
from volunteer_hub.events import queries as events
from volunteer_hub.events.errors import FieldProblem, UnsoundPlanError
from volunteer_hub.events.models import Event
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.trips import queries
from volunteer_hub.trips.actions.steps import bring_along, follow_what_is_off
from volunteer_hub.trips.models import Trip


def move_stops(
    trip_id: int,
    event_ids: Collection[int],
    first_at: datetime,
    reason: str,
    *,
    scope: Scope,
    now: datetime,
) -> Trip:
    """Let some stops begin as much later or earlier as the first of them does; all are told why.

    The start of the trip goes along when its first stop does and it has not left yet.

    Raises:
        NotFoundError: There is no such trip in this scope, or a stop is none of its to come.
        UnsoundPlanError: They begin then already, or the caravan cannot be there.
    """
    trip, stops = queries.lock_trip_for_staff(trip_id, scope)
    chosen = _chosen(stops, event_ids, now)
    by = first_at - chosen[0].starts_at
    if not by:
        message = N_("本来就在这个时间，请选新的时间")
        raise UnsoundPlanError([FieldProblem("starts_at", message)])
    if chosen[0].id == queries.live(stops)[0].id and trip.leaves_at > now:
        trip.leaves_at, trip.returns_at = trip.leaves_at + by, trip.returns_at + by
    for event in chosen:
        saved = events.draft_of(event)
        moved = replace(saved, starts_at=saved.starts_at + by, ends_at=saved.ends_at + by)
        planning.change_plan(event, moved, moves_shifts=True, by=scope.person_id, now=now)
        event.change_reason = reason
    db.session.flush()
    bring_along(trip, by=scope.person_id, now=now)
    audit.record("trip.move", trip, by=scope.person_id, now=now, details=_told(chosen))
    return trip


def cancel_stops(
    trip_id: int, event_ids: Collection[int], reason: str, *, scope: Scope, now: datetime
) -> Trip:
    """Call some stops off; people who signed up are told why, and the rest of the trip stays.

    Raises:
        NotFoundError: There is no such trip in this scope, or a stop is none of its to come.
    """
    trip, stops = queries.lock_trip_for_staff(trip_id, scope)
    chosen = _chosen(stops, event_ids, now)
    for event in chosen:
        planning.call_off(event, reason, by=scope.person_id, now=now)
    follow_what_is_off(trip, by=scope.person_id, now=now)
    audit.record("trip.cancel", trip, by=scope.person_id, now=now, details=_told(chosen))
    return trip


def _chosen(stops: Sequence[Event], event_ids: Collection[int], now: datetime) -> list[Event]:
    chosen = [each for each in queries.remaining(stops, now=now) if each.id in set(event_ids)]
    if not chosen or len(chosen) < len(set(event_ids)):
        raise NotFoundError
    return chosen


def _told(chosen: Iterable[Event]) -> dict[str, list[int]]:
    return {"events": [each.id for each in chosen]}
