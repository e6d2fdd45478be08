"""Figures of events, what can be downloaded, and what the offices hear every week."""

from __future__ import annotations

from flask import Flask

from volunteer_hub.core import jobs
from volunteer_hub.statistics import messages, tasks, views

HOURLY_S = 3600


def init_app(app: Flask) -> None:
    """Register what this feature adds to the application."""
    app.register_blueprint(views.blueprint)
    messages.register()
    jobs.register(
        "statistics.write_office_digests", every_s=HOURLY_S, work=tasks.write_office_digests
    )
