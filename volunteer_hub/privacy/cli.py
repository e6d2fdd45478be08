from __future__ import annotations

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from volunteer_hub.core import clock
from volunteer_hub.privacy import ledger

commands = AppGroup("privacy", help="Look after what is held about people.")


@commands.command("replay")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
def replay(files: tuple[Path, ...]) -> None:
    """Close again the accounts that FILES, or the list beside the backups, name as closed."""
    data_dir: Path | None = current_app.config.get("DATA_DIR")
    places = list(files) or ([ledger.path_in(data_dir)] if data_dir else [])
    now = clock.now()
    count = sum(ledger.replay(path, now=now) for path in places)
    if count:
        click.echo(f"Closed again: {count} accounts.")
    if data_dir is not None:
        ledger.note_closed(data_dir)
