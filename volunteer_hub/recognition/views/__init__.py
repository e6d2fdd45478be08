"""Pages of service time: confirming it, the record, missing check-outs, claims."""

from __future__ import annotations

from volunteer_hub.recognition.views import claims, departures, desk, records
from volunteer_hub.recognition.views.base import blueprint

__all__ = ["blueprint", "claims", "departures", "desk", "records"]
