"""Pages of the door: tickets for everybody, the scanner for staff, the poster for visitors."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("checkin", __name__)

from volunteer_hub.checkin.views import devices, door, phone, poster, tickets  # noqa: E402

__all__ = ["blueprint", "devices", "door", "phone", "poster", "tickets"]
