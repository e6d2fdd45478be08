from __future__ import annotations

import click
from flask.cli import AppGroup

from volunteer_hub.core import clock
from volunteer_hub.core.transaction import transaction
from volunteer_hub.listings import actions

commands = AppGroup("listings", help="Look after the index of public events.")


@commands.command("rebuild")
def rebuild() -> None:
    """Make the index anew from the events there are."""
    with transaction():
        count = actions.rebuild(now=clock.now())
    click.echo(f"{count} events can be found")


@commands.command("sweep")
def sweep() -> None:
    """Add what is missing in the index, as after an upgrade, and drop what ended."""
    with transaction():
        added = actions.sweep(now=clock.now())
    if added:
        click.echo(f"{added} events can be found now")
