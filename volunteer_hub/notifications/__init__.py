"""What messages say, and their way from the outbox to their readers.

A message waits in the outbox until its turn comes; then it gets a delivery for each channel that
its reader can be reached by and wants (docs/decisions/0008-delivery.md). Each channel has a job
of its own, so that a slow one holds up no other. A feature whose recipients are not people with
accounts says how to find them by calling ``recipients.register_resolver``; one that has messages
of its own registers their ``kinds``.
"""

from __future__ import annotations

from functools import partial

from flask import Flask

from volunteer_hub.core import jobs
from volunteer_hub.core.outbox import RecipientKind
from volunteer_hub.notifications import cli, kinds, queries, recipients, tasks, views
from volunteer_hub.notifications.channels import setup
from volunteer_hub.notifications.standard import STANDARD

EVERY_S = 1


def init_app(app: Flask) -> None:
    """Register what this feature adds to the application."""
    app.register_blueprint(views.blueprint)
    app.cli.add_command(cli.commands)
    app.context_processor(views.context)
    kinds.register(*STANDARD)
    recipients.register_resolver(RecipientKind.PERSON, queries.people_to_write_to)
    recipients.register_resolver(RecipientKind.CONTACT, queries.contacts_to_write_to)
    recipients.register_resolver(RecipientKind.OFFICE, recipients.the_office)
    jobs.register("messages.route", every_s=EVERY_S, work=tasks.route, claims_rows=True)
    for name in setup.use_channels_of(app):
        jobs.register(
            f"messages.deliver.{name}",
            every_s=EVERY_S,
            work=partial(tasks.deliver, name),
            claims_rows=True,
        )
    jobs.register("messages.sweep", every_s=3600, work=tasks.sweep)
