"""Service records: the hours that check-in and check-out really gave, once confirmed.

A *record* says who did what, where and when. How much it comes to stands in the *ledger*, whose
rows are only ever added: a credit, corrections, reversals. Every total is a sum of those rows.

Also how somebody kept their word, with appeal, and what trainings grant to those who were there.
"""

from __future__ import annotations

from flask import Flask

from volunteer_hub.core import encryption, jobs
from volunteer_hub.core import numbers as site_numbers
from volunteer_hub.recognition import cli, hours_messages, messages, numbers, tasks, views
from volunteer_hub.recognition.models import HoursClaim, HoursObjection, ReliabilityAppeal
from volunteer_hub.volunteers import cards


def init_app(app: Flask) -> None:
    """Register what this feature adds to the application."""
    site_numbers.register(*numbers.ALL)
    hours_messages.register()
    encryption.register(HoursClaim, "reason", "evidence", "answer")
    encryption.register(HoursObjection, "text")
    jobs.register("recognition.follow_departures", every_s=300, work=tasks.follow_departures)
    jobs.register("recognition.credit_claims", every_s=3600, work=tasks.credit_claims)
    app.cli.add_command(cli.commands)
    app.register_blueprint(views.blueprint)
    messages.register()
    encryption.register(ReliabilityAppeal, "text")
    cards.register("recognition/_reliability.html", views.records.card)
