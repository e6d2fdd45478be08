"""Figures of events, and what can be downloaded."""

from __future__ import annotations

from flask import Flask

from volunteer_hub.statistics import views


def init_app(app: Flask) -> None:
    """Register what this feature adds to the application."""
    app.register_blueprint(views.blueprint)
