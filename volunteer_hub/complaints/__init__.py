"""Complaints and suggestions: filed by anybody, tracked by number and code, answered in time."""

from __future__ import annotations

from flask import Flask

from volunteer_hub.complaints import deadline, messages, tasks, views
from volunteer_hub.complaints.models import Complaint, ComplaintEntry
from volunteer_hub.core import encryption, jobs, numbers


def init_app(app: Flask) -> None:
    """Register what this feature adds to the application."""
    numbers.register(deadline.DAYS)
    jobs.register("complaints.remind", every_s=3600, work=tasks.remind)
    messages.register()
    encryption.register(Complaint, "contact")
    encryption.register(ComplaintEntry, "text")
    app.register_blueprint(views.blueprint)
