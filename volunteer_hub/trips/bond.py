"""A stop that is changed by itself still has to be where the caravan can be."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from volunteer_hub.core.text import N_
from volunteer_hub.events.drafts import EventDraft
from volunteer_hub.events.errors import FieldProblem
from volunteer_hub.events.models import Status
from volunteer_hub.trips import actions, queries, rules
from volunteer_hub.trips.rules import Halt

if TYPE_CHECKING:
    from volunteer_hub.events.models import Event

_NEXT = N_("这样一来，下一站“%(stop)s”要到 %(ready)s 才能开始。请在行程里一起改")


def objections(event: Event, draft: EventDraft) -> list[FieldProblem]:
    """Return why a held stop cannot be changed to this plan by itself; holds the trip."""
    if event.trip_id is None:
        return []
    trip = queries.lock_trip(event.trip_id)
    stops = queries.live(queries.stops_of(trip.id))
    points = queries.points_of([draft.venue_id])
    planned = [
        (each, Halt(points[draft.venue_id], draft.starts_at, draft.ends_at))
        if each.id == event.id
        else (each, queries.halt_of(each))
        for each in stops
    ]
    planned.sort(key=lambda pair: (pair[1].starts_at, pair[0].id))
    late = rules.late_stops(queries.caravan_of(trip), [halt for _event, halt in planned])
    for number, arrival in late:
        stop = planned[number][0]
        problem = rules.too_early("starts_at", arrival)
        if stop.id == event.id:
            return [problem]
        return [replace(problem, message=_NEXT, values={**problem.values, "stop": stop.title})]
    return []


def follow(event: Event, by: int, now: datetime) -> None:
    """Bring the trip of a stop along that was changed or called off by itself."""
    if event.trip_id is not None:
        is_off = event.status is Status.CANCELLED
        actions.follow_stops(event.trip_id, is_off=is_off, by=by, now=now)
