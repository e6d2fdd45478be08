"""The tree of volunteer teams: founding, joining, links into teams, who leads, dissolving.

Who answers for a unit or a team answers for the teams below it (``organisations.queries``).
"""

from __future__ import annotations

from flask import Flask

from volunteer_hub.teams import messages, views


def init_app(app: Flask) -> None:
    """Register what this feature adds to the application."""
    app.register_blueprint(views.blueprint)
    messages.register()
