"""Pages on which events are planned: the event itself, then its shifts and posts."""

from __future__ import annotations

from volunteer_hub.events.views import parts, planning, resources, series
from volunteer_hub.events.views.base import blueprint

__all__ = ["blueprint", "parts", "planning", "resources", "series"]
