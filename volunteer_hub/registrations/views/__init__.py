"""Pages for attendees, by the links they hold, and for those who organise."""

from __future__ import annotations

from volunteer_hub.registrations.views import attendees, offers, staff
from volunteer_hub.registrations.views.base import blueprint

__all__ = ["attendees", "blueprint", "offers", "staff"]
