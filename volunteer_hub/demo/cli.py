from __future__ import annotations

import click
from flask.cli import AppGroup

from volunteer_hub.accounts.rules import DEMO_CONTACTS
from volunteer_hub.core import clock
from volunteer_hub.core.transaction import transaction
from volunteer_hub.demo import loader, queries
from volunteer_hub.demo.cast import DEMO_PASSWORD

commands = AppGroup("demo", help="Demo data: invented people in real places.")
shipped = AppGroup("shipped", help="What every site starts with.")
ROLE_NAMES = {
    "city_office": "city office",
    "county_office": "county office",
    "organiser": "organiser",
    "team_leader": "team leader",
    "volunteer": "volunteer",
}


@commands.command("load")
def load() -> None:
    """Load a believable half year around today; needs an empty site."""
    if queries.has_people():
        raise click.ClickException("There are people here already; demo data needs an empty site.")
    with (
        transaction(),
        click.progressbar(
            loader.load_demo(now=clock.now()), length=loader.STEPS, label="Demo data"
        ) as steps,
    ):
        for _ in steps:
            pass
    click.echo("Demo data is loaded.")


@commands.command("status")
def status() -> None:
    """Say whether demo data is loaded, and how to sign in with it."""
    if not queries.has_demo():
        click.echo("  No demo data. The first account: flask accounts create-office NAME PHONE")
        return
    click.echo("  Demo sign-ins (one tap on the sign-in page, or phone and password):")
    for role, phone in DEMO_CONTACTS.items():
        click.echo(f"    {ROLE_NAMES[role]:14} {phone}")
    click.echo(f"    password       {DEMO_PASSWORD}")


@shipped.command("load")
def load_shipped() -> None:
    """Load the regions, words and campaigns that a new site starts with."""
    with transaction():
        loader.load_shipped(now=clock.now())
    click.echo("Regions, words and campaigns are loaded.")
