"""Events, their shifts and posts: planned, published, changed, cancelled.

An event is a draft until it is published; then it is published, cancelled, or confirmed once its
hours are. Whether it is open, running or over is a matter of the clock (``rules.phase``).
"""

from __future__ import annotations

from flask import Flask

from volunteer_hub.events import views


def init_app(app: Flask) -> None:
    """Register what this feature adds to the application."""
    app.register_blueprint(views.blueprint)
