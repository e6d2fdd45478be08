"""The door: scans, verdicts, attendance.

A *scan* is one try at the door with its answer (a *verdict*: accepted, duplicate or rejected, and
why); scans are only ever added. *Attendance* says who was there: an attendee with companions once,
a volunteer in as many stays as they came and left. People reach the door's answer by staff with
the scanner or the list, or by themselves at the poster; people may also be only counted.
"""

from __future__ import annotations

from flask import Flask

from volunteer_hub.checkin import views


def init_app(app: Flask) -> None:
    """Register what this feature adds to the application."""
    app.register_blueprint(views.blueprint)
