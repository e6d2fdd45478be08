"""People, how they sign in, and what they agreed to.

A person has a phone number or an e-mail address and signs in with a one-time code sent there, or
with a password if they set one. Each signed-in device is a row that can be revoked. The consent
ledger says what a person agreed to, when, and to which wording.
"""

from __future__ import annotations

from flask import Flask

from volunteer_hub.accounts import cli, sessions, tasks, views
from volunteer_hub.accounts.models import SecondFactor
from volunteer_hub.core import encryption, jobs


def init_app(app: Flask) -> None:
    """Register what this feature adds to the application."""
    sessions.init_app(app)
    jobs.register("accounts.tidy", every_s=3600, work=tasks.tidy)
    encryption.register(SecondFactor, "secret")
    app.register_blueprint(views.blueprint)
    app.cli.add_command(cli.commands)
