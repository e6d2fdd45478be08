"""Venues, resources and events in spreadsheets: handed out, looked at line by line, taken."""

from __future__ import annotations

from flask import Flask

from volunteer_hub.tables import views


def init_app(app: Flask) -> None:
    """Register what this feature adds to the application."""
    app.register_blueprint(views.blueprint)
