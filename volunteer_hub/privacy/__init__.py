"""What is held about people, what they may do about it, and how it is forgotten.

The registry names every column that says something about a person. The page of what is collected,
"my data", its download and the closing of an account are all made of it.
"""

from __future__ import annotations

from flask import Flask

from volunteer_hub.core import encryption, jobs, numbers
from volunteer_hub.privacy import cli, messages, retention, tasks, views
from volunteer_hub.privacy.models import ContactChange


def init_app(app: Flask) -> None:
    """Register what this feature adds to the application."""
    numbers.register(*retention.NUMBERS)
    messages.register()
    encryption.register(ContactChange, "contact", "reason")
    jobs.register("privacy.forget", every_s=3600, work=tasks.forget)
    jobs.register("privacy.ledger", every_s=3600, work=tasks.keep_ledger)
    app.register_blueprint(views.blueprint)
    app.cli.add_command(cli.commands)
