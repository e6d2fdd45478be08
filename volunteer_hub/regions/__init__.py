"""The tree city > county > township > village, distances in it, and venues (阵地).

Pages name a region by its full path: ``{{ region_path(event.region_id) }}``.
"""

from __future__ import annotations

from flask import Flask

from volunteer_hub.core import numbers
from volunteer_hub.regions import cli, queries, remoteness, views


def init_app(app: Flask) -> None:
    """Register what this feature adds to the application."""
    app.register_blueprint(views.blueprint)
    numbers.register(*remoteness.NUMBERS)
    app.cli.add_command(cli.commands)
    app.jinja_env.globals.update(region_path=queries.path_of)
