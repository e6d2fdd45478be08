"""The planning desk: who goes where for an event, a campaign, a week, or everything at once.

A plan is asked for on a page and made by a worker. It is kept with all it was made from, so that
it can be explained and made again; its proposals reach nobody before somebody confirms them, and
then each becomes an invitation if the hard rules still allow it. Two plans can be compared. The
view of fairness counts how evenly people are asked, and names nobody.
"""

from __future__ import annotations

from flask import Flask

from volunteer_hub.core import jobs, numbers
from volunteer_hub.planning import cli, tasks, views
from volunteer_hub.planning.actions import KEEP
from volunteer_hub.planning.weighing import NUMBERS

LOOK_EVERY_S = 2
FORGET_EVERY_S = 3600


def init_app(app: Flask) -> None:
    """Register what this feature adds to the application."""
    app.register_blueprint(views.blueprint)
    numbers.register(*NUMBERS, KEEP)
    cli.register()
    jobs.register("planning.plan", every_s=LOOK_EVERY_S, work=tasks.plan, claims_rows=True)
    jobs.register("planning.forget", every_s=FORGET_EVERY_S, work=tasks.forget)
