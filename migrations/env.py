"""Run migrations so that no row is lost, whatever happens in the middle.

All steps of one run are one transaction, on SQLite too: killed half-way, the schema is the old one
and the next run does it all. A backup is made before anything changes.

Alembic changes a SQLite table by copying it and dropping the old one; with foreign keys on, the
drop silently deletes every child row. So foreign keys are off, which SQLite heeds only outside a
transaction. Before the commit every reference is checked and the rows are counted again.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import click
from alembic import context
from alembic.runtime.migration import MigrationStep
from flask import current_app
from sqlalchemy import Connection, func, inspect, select, table

from config import DATA_DIR
from volunteer_hub import FEATURES
from volunteer_hub.core import audit, backup, clock, jobs, kept, numbers, once, outbox, sealing
from volunteer_hub.core.database import UtcDateTime, db, writing_options

ONE_AT_A_TIME = 0x766F6C68  # the number of a lock that PostgreSQL keeps for us
# A migration that deletes rows on purpose names their tables: MAY_LOSE_ROWS_OF = ("badge",)
MAY_LOSE = "MAY_LOSE_ROWS_OF"
INDEXES = "event_words"  # SQLite keeps a full-text index in tables, with as many rows as it likes
core_tables = (audit, jobs, kept, numbers, once, outbox, sealing)
for feature in FEATURES:
    if importlib.util.find_spec(f"{feature.__name__}.models"):
        importlib.import_module(f"{feature.__name__}.models")


class State(NamedTuple):
    """What a migration must not lose by the way: rows by table, tables by trigger."""

    rows: dict[str, int]
    triggers: dict[str, str]


def render_item(kind: str, item: object, _autogen: object) -> str | bool:
    """Write our own column types as the plain types they are kept as."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime()"
    return False


def row_counts(connection: Connection) -> dict[str, int]:
    """Return how many rows each table has."""
    return {
        name: connection.execute(select(func.count()).select_from(table(name))).scalar_one()
        for name in inspect(connection).get_table_names()
        if name != "alembic_version" and not name.startswith(INDEXES)
    }


def steps_ahead() -> Sequence[MigrationStep]:
    """Return what an upgrade or downgrade is about to do; other commands change nothing."""
    run = context.get_context()
    choose = run.opts["fn"]
    if choose.__name__ not in ("upgrade", "downgrade"):
        return ()
    return list(choose(run.get_current_heads(), run))


def save_before(steps: Sequence[MigrationStep]) -> None:
    """Make a backup, unless there is nothing to change or nothing to save yet."""
    is_empty = not context.get_context().get_current_heads()
    if not steps or is_empty or current_app.config.get("MIGRATES_WITHOUT_BACKUP"):
        return
    folder = current_app.config.get("DATA_DIR", DATA_DIR) / "backups"
    url = db.engine.url.render_as_string(hide_password=False)
    try:
        file = backup.make_in(folder, url, now=clock.now())
    except backup.BackupError as error:
        raise RuntimeError(f"nothing was migrated, for no backup could be made: {error}") from error
    click.echo(f"Saved before the migration: {file}")


def triggers(connection: Connection) -> dict[str, str]:
    """Return the table of every SQLite trigger: a table that is made again comes without them."""
    if connection.dialect.name != "sqlite":
        return {}
    kept = connection.exec_driver_sql(
        "SELECT name, tbl_name FROM sqlite_schema WHERE type = 'trigger'"
    )
    return dict(kept.all())


def check_nothing_lost(before: State, steps: Sequence[MigrationStep], now: Connection) -> None:
    """Fail, before the commit, when a reference broke or rows are gone that should not be."""
    if now.dialect.name == "sqlite":  # PostgreSQL checks references itself
        broken = now.exec_driver_sql("PRAGMA foreign_key_check").all()
        if broken:
            raise RuntimeError(f"migration would break references: {broken[:5]}")
    if not all(step.is_upgrade for step in steps):  # taking tables away is what a downgrade is for
        return
    after = State(row_counts(now), triggers(now))
    meant = {name for step in steps for name in getattr(module_of(step), MAY_LOSE, ())}
    lost = {name for name, rows in before.rows.items() if after.rows.get(name, 0) < rows}
    if not meant.issuperset(lost):
        raise RuntimeError(f"migration would lose rows of {sorted(lost - meant)}")
    gone = {name for name in before.triggers if name not in after.triggers}
    orphaned = sorted(name for name in gone if before.triggers[name] in after.rows)
    if orphaned:
        raise RuntimeError(f"migration would lose the triggers {orphaned}; make them again")


def module_of(step: MigrationStep) -> object:
    """Return the module of a step's migration."""
    return getattr(getattr(step, "revision", None), "module", None)


@contextmanager
def foreign_keys_off(connection: Connection) -> Iterator[None]:
    """Let SQLite drop tables that others refer to; asked of the driver, outside a transaction."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection
    driver.cursor().execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.cursor().execute("PRAGMA foreign_keys=ON")


def migrate(connection: Connection) -> None:
    """Do what was asked for, within the transaction that is open."""
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        render_as_batch=True,
        render_item=render_item,
        compare_type=True,
    )
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({ONE_AT_A_TIME})")
    steps = steps_ahead()
    save_before(steps)
    before = State(row_counts(connection), triggers(connection))
    context.run_migrations()
    if steps:
        check_nothing_lost(before, steps, connection)


with (
    db.engine.connect().execution_options(**writing_options()) as connection,
    foreign_keys_off(connection),
    connection.begin(),
):
    migrate(connection)
