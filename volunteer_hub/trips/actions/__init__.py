"""Every write to trips: planned, published, changed on the day, reported on."""

from __future__ import annotations

from volunteer_hub.trips.actions.changes import cancel_stops, move_stops
from volunteer_hub.trips.actions.planning import (
    create_trip,
    discard_trip,
    edit_trip,
    publish_trip,
)
from volunteer_hub.trips.actions.steps import follow_stops
from volunteer_hub.trips.actions.things import book_for_trip, release_from_trip, report

__all__ = [
    "book_for_trip",
    "cancel_stops",
    "create_trip",
    "discard_trip",
    "edit_trip",
    "follow_stops",
    "move_stops",
    "publish_trip",
    "release_from_trip",
    "report",
]
