"""Pages for whoever looks after the site: messages on their way, and the clock's work."""

from __future__ import annotations

from flask import Flask

from volunteer_hub.admin import views


def init_app(app: Flask) -> None:
    """Register what this feature adds to the application."""
    app.register_blueprint(views.blueprint)
