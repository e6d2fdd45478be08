from __future__ import annotations

from volunteer_hub.assignments.views import (
    at_risk,
    calendars,
    changes,
    exchanges,
    follows,
    invitations,
    mine,
    promises,
    roster,
    rosters,
    staff,
    stand_ins,
    standby,
    trip_changes,
)
from volunteer_hub.assignments.views.base import blueprint

__all__ = [
    "at_risk",
    "blueprint",
    "calendars",
    "changes",
    "exchanges",
    "follows",
    "invitations",
    "mine",
    "promises",
    "roster",
    "rosters",
    "staff",
    "stand_ins",
    "standby",
    "trip_changes",
]
