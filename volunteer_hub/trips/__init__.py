"""Trips of the caravan (行程): stops in an order that the road allows, planned as one.

Each stop is an event like any other, which names its trip; this package plans them together,
keeps what is booked for the whole, and what each stop came to.
"""

from __future__ import annotations

from flask import Flask

from volunteer_hub.events import bonds
from volunteer_hub.trips import bond, views


def init_app(app: Flask) -> None:
    """Register what this feature adds to the application."""
    app.register_blueprint(views.blueprint)
    bonds.register("trips", bonds.Bond(bond.objections, bond.follow))
