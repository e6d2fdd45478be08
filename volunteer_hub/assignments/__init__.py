"""Asking volunteers to take posts, what they answer, and who is on the roster.

Between a volunteer and a post there is one ``Assignment``: they signed up themselves, or the
matcher or an organiser invited them. It is invited, accepted, declined, withdrawn, expired, or
cancelled by the organiser or with its event. ``problem`` states the matcher's question from rows,
``offers`` answers it for one volunteer and ``board`` for one event.

Whoever agreed is reminded before the shift and asked to confirm; a change of time or place asks
anew. Whoever does not answer stands on the board of those at risk, to be rung.

Whoever finds a post full may stand by (`waiting`). A place that somebody gives back is filled by
itself: it is offered to those who stand by, and then ``invitees`` finds whom to invite in waves.
"""

from __future__ import annotations

from flask import Flask

from volunteer_hub.assignments import actions, messages, queries, tasks, views
from volunteer_hub.core import jobs
from volunteer_hub.events import concerned
from volunteer_hub.people import actions as people

FOLLOW_EVERY_S = 20
FILL_EVERY_S = 30
REMIND_EVERY_S = 60
HOURLY_S = 3600


def init_app(app: Flask) -> None:
    """Register what this feature adds to the application."""
    app.register_blueprint(views.blueprint)
    concerned.register("assignments", queries.concerned_by)
    messages.register()
    people.when_merged(actions.end_what_is_double)
    jobs.register("assignments.follow_events", every_s=FOLLOW_EVERY_S, work=tasks.follow_events)
    jobs.register("assignments.fill_places", every_s=FILL_EVERY_S, work=tasks.fill_places)
    jobs.register("assignments.remind", every_s=REMIND_EVERY_S, work=tasks.remind)
    jobs.register("assignments.remind_of_hours", every_s=HOURLY_S, work=tasks.remind_of_hours)
    jobs.register("assignments.write_digests", every_s=HOURLY_S, work=tasks.write_digests)
