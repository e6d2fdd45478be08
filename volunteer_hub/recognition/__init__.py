"""Service records: the hours that check-in and check-out really gave, once confirmed."""

from __future__ import annotations

from flask import Flask

from volunteer_hub.recognition import views


def init_app(app: Flask) -> None:
    """Register what this feature adds to the application."""
    app.register_blueprint(views.blueprint)
