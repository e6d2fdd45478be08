"""The application as run.py needs it: built from the environment, its database up to date."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path

from click import ClickException
from flask import Flask
from flask.cli import FlaskGroup
from sqlalchemy import inspect

from config import Settings, SettingsError
from tools.bootstrap import only_one
from volunteer_hub import create_app
from volunteer_hub.core.database import db


def build() -> Flask:
    """Return the application that the environment describes, or end saying why it cannot be."""
    logging.basicConfig(
        level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    try:
        settings = Settings.from_env()
    except SettingsError as error:
        sys.exit(str(error))
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    app = create_app(settings)
    app.config["DATA_DIR"] = settings.data_dir
    return app


def prepare(app: Flask) -> None:
    """Bring the database up to date, and fill a new one."""
    data_dir: Path = app.config["DATA_DIR"]
    # The mark outlives a start that is killed half-way, and says that filling is still due.
    mark = data_dir / "new-database"
    with only_one(
        data_dir / "prepare.lock", waiting="Another start prepares the database; waiting for it."
    ):
        if _is_new(app):
            mark.touch()
        command(app, "db", "upgrade")
        if mark.exists():
            _fill(app)
            mark.unlink()


def _fill(app: Flask) -> None:
    """Load what a new site starts with: on a laptop demo data too, unless they are not wanted."""
    if app.config["IS_DEVELOPMENT"] and os.environ.get("VH_DEMO", "1") != "0":
        command(app, "demo", "load")
    else:
        command(app, "shipped", "load")


def show_sign_ins(app: Flask) -> None:
    """Print how to sign in with the demo data; a live site has none to show."""
    if app.config["IS_DEVELOPMENT"]:
        command(app, "demo", "status")


def command(app: Flask, *arguments: str) -> None:
    """Run one of the site's commands within this process; what it refuses is only said."""
    group = FlaskGroup(create_app=lambda: app, load_dotenv=False)
    try:
        group.main(list(arguments), standalone_mode=False)
    except ClickException as error:
        error.show()
    finally:
        sys.stdout.flush()


def _is_new(app: Flask) -> bool:
    """Tell whether the database was never migrated."""
    with app.app_context():
        return not inspect(db.engine).has_table("alembic_version")
