"""What goes along when a trip changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from volunteer_hub.core.database import db
from volunteer_hub.events import actions as planning
from volunteer_hub.events.errors import UnsoundPlanError
from volunteer_hub.resources import actions as resources
from volunteer_hub.resources.drafts import Holder
from volunteer_hub.resources.rules import Span
from volunteer_hub.trips import queries, rules
from volunteer_hub.trips.models import Trip


def follow_stops(trip_id: int, *, is_off: bool, by: int, now: datetime) -> None:
    """Bring a trip along after one of its held stops was changed or called off by itself.

    Args:
        trip_id: Which trip.
        is_off: The stop was called off.
        by: Who did that.
        now: When.

    Raises:
        UnsoundPlanError: What is booked for the trip cannot go along.
    """
    follow = follow_what_is_off if is_off else bring_along
    follow(queries.lock_trip(trip_id), by=by, now=now)


def bring_along(trip: Trip, *, by: int, now: datetime) -> None:
    """Let a held trip and what is booked for it follow its changed stops.

    Raises:
        UnsoundPlanError: The caravan cannot be there, or what is booked cannot go along.
    """
    halting = queries.live(queries.stops_of(trip.id))
    if not halting:
        resources.release_all(Holder(trip_id=trip.id), by=by, now=now)
        return
    halts = [queries.halt_of(each) for each in halting]
    caravan = queries.caravan_of(trip)
    problems = [replace(it, field="starts_at") for it in rules.road_problems(caravan, halts)]
    if problems:
        raise UnsoundPlanError(problems[:1])
    trip.returns_at = rules.returns_at(caravan, halts)
    judge_bookings(trip)
    take_along(trip, by=by, now=now)


def follow_what_is_off(trip: Trip, *, by: int, now: datetime) -> None:
    """Let a held trip be back earlier where stops were called off; none left, give all back.

    Nothing keeps anybody from calling off: what cannot go along, as a vehicle that broke down,
    stays booked as it was.
    """
    halting = queries.live(queries.stops_of(trip.id))
    holder = Holder(trip_id=trip.id)
    if not halting:
        resources.release_all(holder, by=by, now=now)
        return
    halts = [queries.halt_of(each) for each in halting]
    caravan = queries.caravan_of(trip)
    if rules.road_problems(caravan, halts):
        return
    returns_at = rules.returns_at(caravan, halts)
    if not resources.hindrances(holder, Span(trip.leaves_at, returns_at)):
        trip.returns_at = returns_at
        take_along(trip, by=by, now=now)


def judge_bookings(trip: Trip) -> None:
    """Go on only if what is booked for the trip can go along to its new time.

    Raises:
        UnsoundPlanError: It cannot.
    """
    holder = Holder(trip_id=trip.id)
    problems = planning.problems_of(resources.hindrances(holder, queries.span_of(trip)))
    if problems:
        moved = [replace(each, field="leaves_at") for each in problems]
        raise UnsoundPlanError(moved)


def take_along(trip: Trip, *, by: int, now: datetime) -> None:
    """Let what is booked for the trip follow its time and title; it was judged that it can."""
    db.session.flush()
    span = queries.span_of(trip)
    resources.follow(Holder(trip_id=trip.id), trip.title, span, by=by, now=now)
