"""The application as run.py needs it: built from the environment, its database up to date.

Whatever cannot be right ends the program with one line that says what and what to do.
"""

from __future__ import annotations

import atexit
import gc
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from click import ClickException
from flask import Flask
from flask.cli import FlaskGroup
from sqlalchemy import inspect, make_url
from sqlalchemy.exc import DBAPIError

from config import CANNOT_WRITE, Settings, SettingsError
from tools import guards, presence
from tools.bootstrap import only_one
from tools.listening import Listening, wants_demo
from volunteer_hub import create_app
from volunteer_hub.core import backup
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import BusyError
from volunteer_hub.demo import queries as demo

MARK = "new-database"  # Outlives a start that is killed half-way: filling is still due.
DEMO, SHIPPED, REAL = "demo", "shipped", "real"  # what is due, written in it
COLLECT_AFTER = (10_000, 20, 20)  # objects made, and young collections: a request makes thousands


@contextmanager
def said_in_one_line() -> Iterator[None]:
    """End with one line when a setting or the machine does not allow what is asked."""
    try:
        yield
    except (SettingsError, backup.BackupError) as error:
        sys.exit(str(error))


def settings() -> Settings:
    """Return the settings, or end saying which of them cannot be."""
    logging.basicConfig(
        level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    with said_in_one_line():
        return Settings.from_env()


def build() -> Flask:
    """Return the application that the environment describes, or end saying why it cannot be."""
    read = settings()
    with usable(read.data_dir):
        read.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        presence.announce(read.data_dir)
    return of(read)


def of(read: Settings) -> Flask:
    """Return the application of these settings, or end saying why it cannot be."""
    try:
        app = create_app(read)
    except OSError as error:
        sys.exit(f"VH_DATABASE_URL: {error.filename} cannot be written ({error.strerror}).")
    atexit.register(_let_go, app)
    _settle()
    app.config["DATA_DIR"] = read.data_dir
    app.config["MIGRATES_WITHOUT_BACKUP"] = os.environ.get("VH_MIGRATE_WITHOUT_BACKUP") == "1"
    return app


def _let_go(app: Flask) -> None:
    """Close the connections at the end: SQLite then leaves one file, with nothing beside it."""
    with app.app_context():
        db.engine.dispose()


def _settle() -> None:
    """Let the collector look only at what is made from now on.

    run.py keeps it off until here: of what a start makes hardly anything is garbage, and looking
    through it again and again took a fifth of the time a start takes.
    """
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
    gc.enable()


@contextmanager
def usable(data_dir: Path) -> Iterator[None]:
    """End with one line when the data folder cannot be used as the block wants to."""
    try:
        yield
    except presence.InUseError as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(CANNOT_WRITE.format(folder=data_dir, reason=error.strerror))


def prepare(app: Flask, listening: Listening | None = None) -> None:
    """Bring the database up to date, and fill a new one.

    Args:
        app: The application.
        listening: Where it will be served.
    """
    with _exclusively(app), _database_said_in_one_line(app):
        _refuse_damaged(app)
        mark = _mark(app)
        if is_new(app):
            mark.write_text(DEMO if _gets_demo(app, listening) else SHIPPED)
        command(app, "db", "upgrade")
        command(app, "privacy", "replay")
        command(app, "listings", "sweep")
        refuse_mixing(app, listening)
        if mark.exists():
            due = mark.read_text()
            if due == REAL:
                sys.exit("python3 run.py init did not finish here. Run it again.")
            command(app, due or SHIPPED, "load")
            mark.unlink()


def prepare_real(app: Flask, *loads: list[str]) -> None:
    """Bring the database of a real site up to date, and run the commands that fill it.

    Args:
        app: The application.
        loads: Commands of the site, each of which may be repeated.
    """
    with _exclusively(app), _database_said_in_one_line(app):
        _refuse_damaged(app)
        if is_new(app):
            _mark(app).write_text(REAL)
        command(app, "db", "upgrade")
        command(app, "privacy", "replay")
        command(app, "listings", "sweep")
        if has_demo(app):
            sys.exit(f"This site holds demo data. A real site: {guards.START_REAL}")
        for load in loads:
            command(app, *load, must_work=True)
        _mark(app).unlink(missing_ok=True)


def refuse_mixing(app: Flask, listening: Listening | None = None) -> None:
    """End when demo data is here and so is a setting of a real site."""
    with _database_said_in_one_line(app):
        if has_demo(app):
            _leave_if(guards.demo_beside_real(listening=listening))
    with app.app_context():
        db.engine.dispose()  # Whoever imports this may fork, and connections must not be shared.


def refuse_demo() -> None:
    """End when demo data must not be loaded here, by whatever command."""
    _leave_if(guards.demo_beside_real())


def has_demo(app: Flask) -> bool:
    """Tell whether demo data is loaded; a database without tables has none."""
    with app.app_context():
        return inspect(db.engine).has_table("person") and demo.has_demo()


def is_new(app: Flask) -> bool:
    """Tell whether the database was never migrated; looking does not make a file."""
    url = make_url(app.config["SQLALCHEMY_DATABASE_URI"])
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        return True
    with app.app_context():
        return not inspect(db.engine).has_table("alembic_version")


def show_sign_ins(app: Flask) -> None:
    """Print how to sign in with the demo data; a live site has none to show."""
    if app.config["IS_DEVELOPMENT"]:
        command(app, "demo", "status")


def command(app: Flask, *arguments: str, must_work: bool = False) -> None:
    """Run one of the site's commands within this process.

    Args:
        app: The application.
        arguments: The command and what stands behind it.
        must_work: What it refuses ends the program; otherwise it is only said.
    """
    group = FlaskGroup(create_app=lambda: app, load_dotenv=False)
    try:
        group.main(list(arguments), standalone_mode=False)
    except ClickException as error:
        error.show()
        if must_work:
            sys.exit(error.exit_code)
    finally:
        sys.stdout.flush()


def _mark(app: Flask) -> Path:
    data_dir: Path = app.config["DATA_DIR"]
    return data_dir / MARK


def _gets_demo(app: Flask, listening: Listening | None) -> bool:
    """Tell whether a new database gets demo data: on a laptop, unless they are not wanted."""
    with said_in_one_line():
        wanted = bool(app.config["IS_DEVELOPMENT"]) and wants_demo()
    if wanted:
        problem = guards.demo_beside_real(listening=listening)
        _leave_if(problem and f"{problem} (or set VH_DEMO=0)")
    return wanted


@contextmanager
def _exclusively(app: Flask) -> Iterator[None]:
    lock = app.config["DATA_DIR"] / "prepare.lock"
    with only_one(lock, waiting="Another start prepares the database; waiting for it."):
        yield


@contextmanager
def _database_said_in_one_line(app: Flask) -> Iterator[None]:
    """End with one line when the database cannot be reached, read or written."""
    try:
        yield
    except DBAPIError as error:
        said = (str(error.orig).strip().splitlines() or ["no answer"])[0]
        shown = make_url(app.config["SQLALCHEMY_DATABASE_URI"]).render_as_string()
        sys.exit(f"VH_DATABASE_URL: {shown} does not work: {said}")
    except BusyError:
        sys.exit("The database is busy: another program is writing to it. Start again later.")


def _refuse_damaged(app: Flask) -> None:
    problem = backup.problem_of(app.config["SQLALCHEMY_DATABASE_URI"])
    if problem is None:
        return
    path = make_url(app.config["SQLALCHEMY_DATABASE_URI"]).database
    newest = next(iter(backup.made_in(app.config["DATA_DIR"] / "backups")), None)
    which = f"the newest backup: python3 run.py restore {newest}"
    if newest is None:
        which = "a backup (there is none in the data folder): python3 run.py restore FILE"
    sys.exit(f"The database {path} is damaged ({problem}). Put back {which}")


def _leave_if(problem: str | None) -> None:
    if problem:
        sys.exit(problem)
