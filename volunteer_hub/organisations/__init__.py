"""Units and volunteer teams, who belongs to them, and what each person may see.

A membership says what a person does for an organisation (organiser, team leader, member); an
appointment puts them into the office of the city or of a county. Both together are their scope.
"""

from __future__ import annotations

from flask import Flask

from volunteer_hub.accounts.cli import commands as account_commands
from volunteer_hub.core import access, numbers
from volunteer_hub.organisations import cli, queries, second, views


def init_app(app: Flask) -> None:
    """Register what this feature adds to the application."""
    access.register_roles(queries.roles_of)
    numbers.register(second.GRACE)
    second.init_app(app)
    app.register_blueprint(views.blueprint)
    app.cli.add_command(cli.commands)
    account_commands.add_command(cli.create_office)
    account_commands.add_command(cli.set_up_link)
