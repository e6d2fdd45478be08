"""Service records: the hours that check-in and check-out really gave, once confirmed.

A *record* says who did what, where and when. How much it comes to stands in the *ledger*, whose
rows are only ever added: a credit, corrections, reversals. Every total is a sum of those rows.
"""

from __future__ import annotations

from flask import Flask

from volunteer_hub.recognition import cli, views


def init_app(app: Flask) -> None:
    """Register what this feature adds to the application."""
    app.cli.add_command(cli.commands)
    app.register_blueprint(views.blueprint)
