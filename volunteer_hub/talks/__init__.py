"""Speakers (报告团, 讲师团, 老专家): the talks they offer, and what organisers ask them for.

A request names a post of an event. Whoever accepts it has that post, as after an invitation.
"""

from __future__ import annotations

from flask import Flask

from volunteer_hub.talks import messages, views
from volunteer_hub.volunteers import cards


def init_app(app: Flask) -> None:
    """Register what this feature adds to the application."""
    app.register_blueprint(views.blueprint)
    messages.register()
    cards.register("talks/_card.html", views.card)
