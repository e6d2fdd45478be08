"""Saving and replacing a SQLite file.

``VACUUM INTO`` sees one moment of the database while others write. Copying the file would not: what
was committed last is in another file, the write-ahead log.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import make_url

from volunteer_hub.core.backup.manifest import BackupError, Content, Manifest, keep

ENDING: Final = ".db"
WAIT_S: Final = 10
_BESIDE: Final = ("-wal", "-shm")


def save(url: str, file: Path) -> Content:
    """Save the database into the file, and return what the file then really holds.

    Raises:
        BackupError: There is no database, or it cannot be read whole.
    """
    source = path_of(url)
    file.touch(mode=0o600)
    try:
        with _opened(source) as database:
            database.execute("VACUUM INTO ?", [str(file)])
        content = examine(file)
    except sqlite3.Error as error:
        raise BackupError(f"{source} cannot be saved: {error}") from error
    return content


def restore(url: str, file: Path, manifest: Manifest, moment: str) -> str:
    """Put a checked copy of the file in the database's place; return where the replaced one is.

    At every moment there is a whole database in its place: the old one until the new one is.

    Raises:
        BackupError: What the copy holds is not what the backup held; nothing was changed.
    """
    target = path_of(url)
    copy = target.with_name(target.name + ".restoring")
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        copy.unlink(missing_ok=True)
        copy.touch(mode=0o600)
        shutil.copyfile(file, copy)
        found = examine(copy)
        difference = manifest.content().difference(found)
        if difference:
            raise BackupError(f"{file} does not hold what it held ({difference}).")
        keep(copy)
        kept = _set_aside(target, moment)
        copy.replace(target)
        keep(target.parent)
    except sqlite3.Error as error:
        raise BackupError(f"{file} is damaged ({error}); nothing was changed.") from error
    finally:
        copy.unlink(missing_ok=True)
    return kept


def examine(file: Path) -> Content:
    """Return what is in a database file.

    Raises:
        BackupError: A page, an index or a reference in it is broken.
        sqlite3.Error: It is no database.
    """
    with _opened(file) as database:
        problem = _problem(database, "integrity_check")
        if problem:
            raise BackupError(f"{file} is damaged: {problem}")
        broken = database.execute("PRAGMA foreign_key_check").fetchone()
        if broken:
            raise BackupError(
                f"{file} is damaged: rows of {broken[0]} refer to none of {broken[2]}"
            )
        return Content(_revision(database), _rows(database))


def problem_of(url: str) -> str | None:
    """Return what is wrong inside the database file, as a start should know, or None."""
    path = path_of(url)
    if not path.exists():
        return None
    try:
        with _opened(path) as database:
            return _problem(database, "quick_check")
    except sqlite3.Error as error:
        return str(error)


def path_of(url: str) -> Path:
    """Return the file of a database.

    Raises:
        BackupError: It is in memory.
    """
    database = make_url(url).database
    if not database or database == ":memory:":
        raise BackupError("A database in memory has no file.")
    return Path(database)


@contextmanager
def _opened(file: Path) -> Iterator[sqlite3.Connection]:
    """Open a database that is there; never make one."""
    where = f"{file.absolute().as_uri()}?mode=rw"
    with closing(sqlite3.connect(where, uri=True, timeout=WAIT_S, isolation_level=None)) as opened:
        yield opened


def _problem(database: sqlite3.Connection, check: str) -> str | None:
    found = database.execute(f"PRAGMA {check}(1)").fetchone()
    return None if found == ("ok",) else " ".join(str(found[0]).split())


def _rows(database: sqlite3.Connection) -> dict[str, int]:
    tables = database.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' "
        "ESCAPE '!' ORDER BY name"
    ).fetchall()
    return {
        name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608
        for (name,) in tables
    }


def _revision(database: sqlite3.Connection) -> str:
    try:
        found = database.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.OperationalError:  # never migrated
        return ""
    return str(found[0]) if found else ""


def _set_aside(target: Path, moment: str) -> str:
    """Keep the database that is about to be replaced under another name beside it."""
    if not target.exists():
        _forget_beside(target)
        return "nowhere: there was none"
    kept = target.with_name(f"{target.stem}.replaced-{moment}{target.suffix}")
    try:
        with _opened(target) as database:  # closing it last of all empties the write-ahead log
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error:
        pass  # It is damaged: kept as it is, with what lies beside it.
    for suffix in _BESIDE:
        beside = target.with_name(target.name + suffix)
        if beside.exists():
            shutil.copy2(beside, kept.with_name(kept.name + suffix))
    try:
        kept.hardlink_to(target)
    except OSError:  # A disk without links, such as a USB stick.
        shutil.copy2(target, kept)
    keep(kept)
    # A log that belongs to the old file must not be read into the new one.
    _forget_beside(target)
    return str(kept)


def _forget_beside(target: Path) -> None:
    for suffix in _BESIDE:
        target.with_name(target.name + suffix).unlink(missing_ok=True)
