"""What is to come, for everybody: a list that is searched by index, calendars, feeds."""

from __future__ import annotations

from flask import Flask

from volunteer_hub.core import jobs
from volunteer_hub.listings import cli, tasks, views, watching

SWEEP_EVERY_S = 600


def init_app(app: Flask) -> None:
    """Register what this feature adds to the application."""
    app.register_blueprint(views.blueprint)
    app.cli.add_command(cli.commands)
    jobs.register("listings.sweep", every_s=SWEEP_EVERY_S, work=tasks.sweep)
    watching.init_app()
