"""What people offer as volunteers: skills, home, when they are free."""

from __future__ import annotations

from flask import Flask

from volunteer_hub.core import access, numbers
from volunteer_hub.volunteers import ages, queries, views


def init_app(app: Flask) -> None:
    """Register what this feature adds to the application."""
    access.register_roles(queries.roles_of)
    numbers.register(*ages.NUMBERS)
    app.register_blueprint(views.blueprint)
