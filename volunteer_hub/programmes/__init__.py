"""Campaigns (专项行动) and the templates new events start from.

A campaign is data: its template says which shifts and posts an event of its kind begins with.
"""

from __future__ import annotations

from flask import Flask

from volunteer_hub.programmes import cli, views


def init_app(app: Flask) -> None:
    """Register what this feature adds to the application."""
    app.register_blueprint(views.blueprint)
    app.cli.add_command(cli.commands)
