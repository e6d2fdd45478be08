from __future__ import annotations

import csv
from pathlib import Path

import click
from flask.cli import AppGroup
from flask_babel import gettext as _

from volunteer_hub.catalogue import actions
from volunteer_hub.core import clock
from volunteer_hub.core.loading import LoadReport
from volunteer_hub.core.transaction import transaction

commands = AppGroup("catalogue", help="Look after the words events and people are described with.")
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@commands.command("load")
@click.option("--file", "path", type=FILE, default=actions.SHIPPED, help="Of the same shape.")
def load(path: Path) -> None:
    """Add or change the words in a CSV file; without --file, those that come with the project."""
    with path.open(encoding="utf-8-sig", newline="") as file, transaction():
        report = actions.load_catalogue(csv.DictReader(file), now=clock.now())
    tell(report)


def tell(report: LoadReport) -> None:
    """Print what a load did, and end with an error when rows were left out."""
    for problem in report.problems:
        text = _(problem.message, **problem.values)
        click.echo(_("第 %(line)s 行", line=problem.line) + f" {problem.code}: {text}", err=True)
    click.echo(
        _(
            "新增 %(added)s，更改 %(changed)s，不变 %(same)s，有问题未载入 %(bad)s",
            added=report.added,
            changed=report.changed,
            same=report.unchanged,
            bad=len(report.problems),
        )
    )
    if report.problems:
        raise SystemExit(1)
