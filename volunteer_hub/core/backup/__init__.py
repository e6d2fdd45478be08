"""Backups that were checked when they were made, and restores that are checked before they count.

A backup is one file (a SQLite database, or what ``pg_dump`` writes) and, beside it, a manifest:
what the file must be, byte for byte, and how many rows each table must have. One is made before
every migration that changes something, and on command.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from itertools import chain, count
from pathlib import Path
from types import ModuleType
from typing import Final

from alembic.script import ScriptDirectory
from sqlalchemy import make_url

from volunteer_hub.core.backup import postgresql, sqlite
from volunteer_hub.core.backup.manifest import BackupError, Content, Manifest, keep
from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.paths import MIGRATIONS

KEPT: Final = 10


def make(url: str, file: Path, *, now: datetime) -> Path:
    """Save the database into a new file while it is in use; nothing committed before is missing.

    Args:
        url: The database.
        file: Where to; its folder is made, for nobody else to read.
        now: When.

    Raises:
        BackupError: It could not be made, or what was made is not sound; no file is left.
    """
    if file.exists():
        raise BackupError(f"{file} is there already; give the backup another name.")
    return _make(url, file.parent, lambda _content: file, now=now)


def make_in(folder: Path, url: str, *, now: datetime) -> Path:
    """Save the database in the folder of backups, of which only the newest are kept.

    Args:
        folder: Where backups are.
        url: The database.
        now: When, for the file's name; the migration the database is at stands there as well.

    Raises:
        BackupError: It could not be made.
    """
    moment = f"{now.astimezone(LOCAL):%Y%m%d-%H%M%S}"
    ending = _engine(url).ENDING

    def free_name(content: Content) -> Path:
        named = f"{moment}-{content.revision or 'empty'}"
        names = chain([named], (f"{named}-{number}" for number in count(2)))
        return next(file for name in names if not (file := folder / f"{name}{ending}").exists())

    made = _make(url, folder, free_name, now=now)
    for old in made_in(folder)[KEPT:]:
        old.unlink(missing_ok=True)
        Manifest.path_beside(old).unlink(missing_ok=True)
    return made


def _make(url: str, folder: Path, choose: Callable[[Content], Path], *, now: datetime) -> Path:
    """Save into a file that nobody takes for a backup, and give it its name when it is whole."""
    partial = folder / f".{secrets.token_hex(4)}.partial"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        content = _engine(url).save(url, partial)
        keep(partial)
        file = choose(content)
        Manifest.of(partial, content, made_at=now).write_beside(file)
        partial.replace(file)
        keep(folder)
    except OSError as error:
        raise BackupError(f"No backup in {folder}: {error.strerror or error}") from error
    finally:
        if partial.exists():
            partial.unlink()
    return file


def made_in(folder: Path) -> list[Path]:
    """Return the finished backups in a folder, the newest first."""
    endings = (sqlite.ENDING, postgresql.ENDING)
    found = [
        file
        for file in folder.glob("*")
        if file.suffix in endings and Manifest.path_beside(file).exists()
    ]
    return sorted(found, key=lambda file: (file.stat().st_mtime_ns, file.name), reverse=True)


def restore(url: str, file: Path, *, now: datetime) -> str:
    """Put a backup in the place of the database, which is kept; nobody may be using it.

    Checked before anything changes: the file byte for byte, then the database made from it, its
    structure, its references, its rows.

    Args:
        url: The database that is replaced.
        file: A backup with its manifest beside it.
        now: When, for the name under which the replaced database is kept.

    Returns:
        Where the replaced database is now.

    Raises:
        BackupError: The backup is not sound or not for this place; nothing was changed.
    """
    manifest = Manifest.read_beside(file)
    engine = _engine(url)
    if file.suffix != engine.ENDING:
        raise BackupError(f"{file} is not a backup of this kind of database ({engine.ENDING}).")
    if manifest.revision not in {"", *_known_revisions()}:
        raise BackupError(
            f"{file} was made by another version of the program (revision {manifest.revision}); "
            "use that version or a newer one."
        )
    manifest.check(file)
    where: str = engine.restore(url, file, manifest, f"{now.astimezone(LOCAL):%Y%m%d_%H%M%S}")
    return where


def problem_of(url: str) -> str | None:
    """Return what is wrong inside a database file, or None; a server looks after its own."""
    return sqlite.problem_of(url) if _engine(url) is sqlite else None


def _engine(url: str) -> ModuleType:
    return sqlite if make_url(url).get_backend_name() == "sqlite" else postgresql


def _known_revisions() -> list[str]:
    return [script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()]


__all__ = ["BackupError", "Manifest", "made_in", "make", "make_in", "problem_of", "restore"]
