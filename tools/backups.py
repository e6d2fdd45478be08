"""Saving the database on command, and putting a backup in its place."""

from __future__ import annotations

import argparse
from pathlib import Path

from sqlalchemy import inspect
from sqlalchemy.exc import DBAPIError

from config import Settings
from tools import presence, site
from volunteer_hub.core import backup, clock
from volunteer_hub.core.database import db
from volunteer_hub.privacy import ledger
from volunteer_hub.privacy import queries as privacy


def save(arguments: list[str]) -> None:
    """Save the database, while it is in use, into a file or into the folder of backups."""
    parser = argparse.ArgumentParser(prog="python3 run.py backup")
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="a new file")
    file: Path | None = parser.parse_args(arguments).file
    settings, now = site.settings(), clock.now()
    with site.said_in_one_line():
        if file is None:
            file = backup.make_in(settings.data_dir / "backups", settings.database_url, now=now)
        else:
            backup.make(settings.database_url, file.absolute(), now=now)
    _name_closed_accounts(settings, file.absolute().parent / ledger.NAME)
    print(f"Saved: {file} ({described(file)})")


def put_back(arguments: list[str]) -> None:
    """Put a backup in the place of the database, which is kept; nobody may be using it."""
    parser = argparse.ArgumentParser(prog="python3 run.py restore")
    parser.add_argument("file", type=Path, metavar="FILE", help="a backup, its .json beside it")
    file: Path = parser.parse_args(arguments).file.absolute()
    settings = site.settings()
    with site.usable(settings.data_dir):
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        with presence.alone(settings.data_dir), site.said_in_one_line():
            _name_closed_accounts(settings, ledger.path_in(settings.data_dir))
            kept = backup.restore(settings.database_url, file, now=clock.now())
            (settings.data_dir / site.MARK).unlink(missing_ok=True)  # It is filled now.
            _close_again(settings, file)
    print(f"Put back: {file} ({described(file)})\nWhat was there before is kept: {kept}")


def _name_closed_accounts(settings: Settings, list_path: Path) -> None:
    """Write down whose account was closed, as far as the database can be read."""
    app = site.of(settings)
    with app.app_context():
        try:
            if not site.is_new(app) and inspect(db.engine).has_table("erasure"):
                ledger.write(list_path, privacy.closed_accounts())
        except DBAPIError:  # it is put back because it is damaged; the list is what it was
            return
        finally:
            db.session.remove()
            db.engine.dispose()
    ledger.write(list_path, ledger.read(ledger.path_in(settings.data_dir)))


def _close_again(settings: Settings, file: Path) -> None:
    """Forget anew whom the backup still knew and whose account was closed since."""
    app = site.of(settings)
    site.command(app, "db", "upgrade")
    site.command(
        app, "privacy", "replay",
        str(ledger.path_in(settings.data_dir)), str(file.parent / ledger.NAME),
    )  # fmt: skip
    with app.app_context():
        db.engine.dispose()


def described(file: Path) -> str:
    """Return how much is in a backup, in words."""
    manifest = backup.Manifest.read_beside(file)
    rows, size_mb = sum(manifest.rows.values()), file.stat().st_size / 1e6
    return f"{size_mb:.1f} MB, {rows} rows, made {manifest.made_at[:16]} UTC"
