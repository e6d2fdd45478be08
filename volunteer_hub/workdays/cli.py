from __future__ import annotations

import csv
from pathlib import Path

import click
from flask.cli import AppGroup
from flask_babel import gettext as _

from volunteer_hub.catalogue.cli import FILE, tell
from volunteer_hub.core import clock
from volunteer_hub.core.transaction import transaction
from volunteer_hub.workdays import actions, queries

commands = AppGroup("workdays", help="Look after public holidays and the weekends worked instead.")


@commands.command("load")
@click.argument("path", type=FILE)
def load(path: Path) -> None:
    """Replace the years that a CSV file names (day,kind,name,published,source)."""
    with path.open(encoding="utf-8-sig", newline="") as file, transaction():
        report = actions.load_workdays(csv.DictReader(file), now=clock.now())
    tell(report)


@commands.command("list")
def show() -> None:
    """List the years that are known, and whether they are official."""
    for year in queries.work_calendar().years.values():
        state = _("已公布") if year.is_published else _("未公布，只是预计")
        click.echo(f"{year.number}\t{state}\t{len(year.days)}\t{year.source}")
