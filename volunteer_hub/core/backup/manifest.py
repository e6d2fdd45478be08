"""What a backup must be: written beside it when it is made, compared before it is used."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path


class BackupError(Exception):
    """A backup cannot be made or used; the message is one line and says why and what to do."""


@dataclass(frozen=True, slots=True)
class Content:
    """What is in a database: the migration it is at, and the rows of each table."""

    revision: str
    rows: Mapping[str, int]

    def difference(self, other: Content) -> str:
        """Return how the other differs from this, in words; empty when it does not."""
        if self.revision != other.revision:
            return f"revision {other.revision!r} instead of {self.revision!r}"
        names = sorted(self.rows.keys() | other.rows.keys())
        return ", ".join(
            f"{name}: {other.rows.get(name, 0)} rows instead of {self.rows.get(name, 0)}"
            for name in names
            if self.rows.get(name) != other.rows.get(name)
        )


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup file must be, byte for byte, and what it holds."""

    made_at: str
    sha256: str
    revision: str
    rows: Mapping[str, int]

    @classmethod
    def of(cls, file: Path, content: Content, *, made_at: datetime) -> Manifest:
        """Return the manifest of a file that was just made."""
        return cls(made_at.isoformat(), _sha256(file), content.revision, dict(content.rows))

    @staticmethod
    def path_beside(file: Path) -> Path:
        """Return where the manifest of this backup is."""
        return file.with_name(file.name + ".json")

    @classmethod
    def read_beside(cls, file: Path) -> Manifest:
        """Return the manifest beside this backup.

        Raises:
            BackupError: The backup or its manifest is missing or cannot be read.
        """
        if not file.is_file():
            raise BackupError(f"There is no backup {file}.")
        path = cls.path_beside(file)
        try:
            read = json.loads(path.read_text("utf-8"))
            return cls(read["made_at"], read["sha256"], read["revision"], dict(read["rows"]))
        except FileNotFoundError:
            raise BackupError(f"{path} is missing; a backup is two files, bring both.") from None
        except (OSError, ValueError, KeyError, TypeError):
            raise BackupError(f"{path} is damaged; use another backup.") from None

    def write_beside(self, file: Path) -> None:
        """Keep this beside the backup, readable by its owner alone."""
        path = self.path_beside(file)
        path.touch(mode=0o600)
        path.write_text(json.dumps(asdict(self), indent=1, ensure_ascii=False), "utf-8")

    def check(self, file: Path) -> None:
        """Refuse a file that is not what it was when it was made.

        Raises:
            BackupError: At least one byte differs.
        """
        if _sha256(file) != self.sha256:
            raise BackupError(
                f"{file} is damaged (its sha256 differs); nothing was changed. Use another backup."
            )

    def content(self) -> Content:
        """Return what the database made from the backup must hold."""
        return Content(self.revision, self.rows)


def keep(path: Path) -> None:
    """Make sure that a file, or the names in a folder, are on the disk and not only on the way."""
    if os.name == "nt" and path.is_dir():
        return  # Windows cannot open folders
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
