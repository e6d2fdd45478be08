from __future__ import annotations

import csv
from pathlib import Path

import click
from flask.cli import AppGroup

from volunteer_hub.catalogue.cli import FILE, tell
from volunteer_hub.core import clock
from volunteer_hub.core.transaction import transaction
from volunteer_hub.regions import actions

commands = AppGroup("regions", help="Look after the tree of counties, townships and villages.")


@commands.command("load")
@click.option("--file", "path", type=FILE, default=actions.SHIPPED, help="Of the same shape.")
def load(path: Path) -> None:
    """Add or change the regions in a CSV file; without --file, those that come with the project."""
    with path.open(encoding="utf-8-sig", newline="") as file, transaction():
        report = actions.load_regions(csv.DictReader(file), now=clock.now())
    tell(report)
