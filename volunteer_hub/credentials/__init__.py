"""Certificates, licences and checks that volunteers have, and who saw that they are good.

A ``Credential`` is claimed by its holder, then verified or rejected by a named member of staff. A
post may need a kind of credential; who takes it must have one that was verified and holds through
the shift's last day. Number and scan are encrypted; the number is shown masked.
"""

from __future__ import annotations

from flask import Flask

from volunteer_hub.core import encryption, jobs
from volunteer_hub.credentials import messages, queries, tasks, views
from volunteer_hub.credentials.models import Credential
from volunteer_hub.volunteers import cards

HOURLY_S = 3600


def init_app(app: Flask) -> None:
    """Register what this feature adds to the application."""
    app.register_blueprint(views.blueprint)
    messages.register()
    cards.register("credentials/_card.html", views.card)
    jobs.register("credentials.remind", every_s=HOURLY_S, work=tasks.remind)
    encryption.register(
        Credential,
        "number",
        "scan",
        number_key=lambda row: queries.number_key(row.kind_code, row.number),
    )
