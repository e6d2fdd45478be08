"""Where the caravan can be when, and what makes the plan of a trip sound. Pure."""

from __future__ import annotations

from volunteer_hub.trips.rules.plans import (
    MAX_TITLE,
    driven_km,
    plan_problems,
    report_problems,
    road_problems,
    stop_field,
    too_early,
)
from volunteer_hub.trips.rules.road import (
    LEAST_MINUTES,
    MAX_DAYS,
    MAX_LOADING,
    MAX_MINUTES,
    MAX_STOPS,
    Arrival,
    Caravan,
    From,
    Halt,
    Point,
    arrivals,
    late_stops,
    leave_in_time,
    put_off,
    returns_at,
    to_next_day,
    way_home,
)

__all__ = [
    "LEAST_MINUTES",
    "MAX_DAYS",
    "MAX_LOADING",
    "MAX_MINUTES",
    "MAX_STOPS",
    "MAX_TITLE",
    "Arrival",
    "Caravan",
    "From",
    "Halt",
    "Point",
    "arrivals",
    "driven_km",
    "late_stops",
    "leave_in_time",
    "plan_problems",
    "put_off",
    "report_problems",
    "returns_at",
    "road_problems",
    "stop_field",
    "to_next_day",
    "too_early",
    "way_home",
]
