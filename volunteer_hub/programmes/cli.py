from __future__ import annotations

import json
from pathlib import Path

import click
from flask.cli import AppGroup
from flask_babel import gettext as _

from volunteer_hub.core import clock
from volunteer_hub.core.transaction import transaction
from volunteer_hub.programmes import actions

commands = AppGroup("programmes", help="Look after the campaigns and their event templates.")
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@commands.command("load")
@click.option(
    "--file", "path", type=FILE, default=actions.SHIPPED, help="A file of the same shape."
)
def load(path: Path) -> None:
    """Add or change the campaigns in a JSON file; without --file, those of the project."""
    rows = json.loads(path.read_text(encoding="utf-8"))
    with transaction():
        count = actions.load_campaigns(rows, now=clock.now())
    click.echo(_("已载入 %(count)s 个专项行动", count=count))
