"""Pages on which trips are planned, equipped and reported on."""

from __future__ import annotations

from volunteer_hub.trips.views import planner, report, things
from volunteer_hub.trips.views.base import blueprint

__all__ = ["blueprint", "planner", "report", "things"]
