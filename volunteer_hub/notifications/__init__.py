"""What messages say, and their delivery from the outbox over a channel.

A message waits in the outbox until the worker has claimed it, sent it over the channel of the
application and marked it sent; or it is given up because it expired or failed too often. A
feature whose recipients are not people with accounts says how to find them by calling
``recipients.register_resolver``.
"""

from __future__ import annotations

from flask import Flask

from volunteer_hub.core import jobs
from volunteer_hub.core.outbox import RecipientKind
from volunteer_hub.notifications import channels, queries, recipients, tasks, views

DELIVER_EVERY_S = 2


def init_app(app: Flask) -> None:
    """Register what this feature adds to the application."""
    app.register_blueprint(views.blueprint)
    recipients.register_resolver(RecipientKind.PERSON, queries.people_to_write_to)
    jobs.register(
        "notifications.deliver", every_s=DELIVER_EVERY_S, work=tasks.deliver, claims_rows=True
    )
    if app.config["IS_DEVELOPMENT"]:
        channels.use(app, channels.DevelopmentChannel())
