"""What events need besides people who help: vehicles, drivers, kits, projectors, halls.

A ``Resource`` belongs to an organisation. A ``Booking`` keeps it busy, with time before and after
for the way and for loading; no two bookings of a resource ever overlap. A ``Requirement`` says what
an event needs; whether it is met follows from the bookings. The package lies below ``events``, so
that moving or cancelling an event carries its bookings along in the same transaction.
"""

from __future__ import annotations

from flask import Flask

from volunteer_hub.resources.views import blueprint


def init_app(app: Flask) -> None:
    """Register what this feature adds to the application."""
    app.register_blueprint(blueprint)
