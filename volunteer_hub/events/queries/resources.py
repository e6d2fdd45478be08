"""What an event has of the vehicles and things it needs, and when it could have them all."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from volunteer_hub.core.clock import LOCAL
from volunteer_hub.events.models import Event
from volunteer_hub.resources import queries as resources
from volunteer_hub.resources.queries import EventResources
from volunteer_hub.resources.rules import Span

LOOK_AHEAD_DAYS: Final = 21


def resources_of(event: Event) -> EventResources:
    """Return how an event stands with what it needs."""
    return resources.resources_of_event(event.id, Span(event.starts_at, event.ends_at))


def free_days(event: Event, found: EventResources, *, now: datetime) -> list[Span]:
    """Return when, in the next three weeks at its time of day, all the event needs is free."""
    length = event.ends_at - event.starts_at
    today, at_local = now.astimezone(LOCAL).date(), event.starts_at.astimezone(LOCAL).timetz()
    starts = [
        datetime.combine(today + timedelta(days=number), at_local)
        for number in range(1, LOOK_AHEAD_DAYS + 1)
    ]
    spans = [Span(start, start + length) for start in starts if start != event.starts_at]
    return resources.free_spans_for(event.id, found, spans)
