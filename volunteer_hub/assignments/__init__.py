"""Asking volunteers to take posts, what they answer, and who is on the roster.

Between a volunteer and a post there is one ``Assignment``: they signed up themselves, or the
matcher or an organiser invited them. It is invited, accepted, declined, withdrawn, expired, or
cancelled by the organiser or with its event. ``problem`` states the matcher's question from rows,
``offers`` answers it for one volunteer and ``board`` for one event.
"""

from __future__ import annotations

from flask import Flask

from volunteer_hub.assignments import tasks, views
from volunteer_hub.core import jobs

FOLLOW_EVERY_S = 20


def init_app(app: Flask) -> None:
    """Register what this feature adds to the application."""
    app.register_blueprint(views.blueprint)
    jobs.register("assignments.follow_events", every_s=FOLLOW_EVERY_S, work=tasks.follow_events)
