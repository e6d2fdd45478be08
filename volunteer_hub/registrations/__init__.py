"""Attendees: places, tickets, walk-ins, withdrawals.

A *registration* is one attendee's place at an event, with companions, often without a name. It is
CONFIRMED, WAITING for places at a full event (see `waiting`), or CANCELLED. It came in over the
web, over the organiser's telephone, or at the door (staff's quick add, the poster's QR code). Its
*ticket* is a code made from its id and revision; only the code's hash is kept.
"""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from volunteer_hub.core import jobs
from volunteer_hub.core.outbox import RecipientKind
from volunteer_hub.events import concerned
from volunteer_hub.notifications import recipients
from volunteer_hub.registrations import messages, queries, tasks, views

TELL_EVERY = timedelta(minutes=1)
SETTLE_EVERY = timedelta(seconds=30)
REMIND_EVERY = timedelta(minutes=5)


def init_app(app: Flask) -> None:
    """Register what this feature adds to the application."""
    app.register_blueprint(views.blueprint)
    recipients.register_resolver(RecipientKind.REGISTRATION, queries.attendees_to_write_to)
    messages.register()
    concerned.register("registrations", queries.concerned_by)
    jobs.register(
        "registrations.tell_registrants",
        every_s=int(TELL_EVERY.total_seconds()),
        work=tasks.tell_registrants,
    )
    jobs.register(
        "registrations.remind_registrants",
        every_s=int(REMIND_EVERY.total_seconds()),
        work=tasks.remind_registrants,
    )
    jobs.register(
        "registrations.settle_lines",
        every_s=int(SETTLE_EVERY.total_seconds()),
        work=tasks.settle_lines,
    )
