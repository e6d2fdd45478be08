"""Guardians of volunteers under age: asked by a link, agreeing to a text, able to take it back.

Without a ``GuardianConsent`` that holds, nobody under age gets a place at a post.
"""

from __future__ import annotations

from flask import Flask

from volunteer_hub.core import encryption
from volunteer_hub.core.outbox import RecipientKind
from volunteer_hub.guardians import messages, queries, views
from volunteer_hub.guardians.models import GuardianConsent
from volunteer_hub.notifications import recipients
from volunteer_hub.volunteers import cards


def init_app(app: Flask) -> None:
    """Register what this feature adds to the application."""
    app.register_blueprint(views.blueprint)
    messages.register()
    recipients.register_resolver(RecipientKind.GUARDIAN, queries.guardians_to_write_to)
    cards.register("guardians/_card.html", views.card)
    encryption.register(
        GuardianConsent,
        "guardian_name",
        "guardian_phone",
        "companion_name",
        "companion_phone",
        phone_key=lambda row: queries.phone_key(row.guardian_phone),
    )
