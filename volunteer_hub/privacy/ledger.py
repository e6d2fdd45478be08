"""Which accounts were closed, in a file beside the backups: ids and moments, no names.

A backup that is older than a closing brings the person back. So the file outlives the database: it
is written with every closing, copied beside every backup, and read when a backup is put back and
once an hour; whoever is in it and open is closed again.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from volunteer_hub.core.transaction import transaction
from volunteer_hub.privacy import actions, queries
from volunteer_hub.privacy.queries import Closed

log = logging.getLogger(__name__)

NAME: Final = "closed-accounts.txt"


def path_in(data_dir: Path) -> Path:
    """Return where the list of a site is, by its data folder."""
    return data_dir / "backups" / NAME


def read(path: Path) -> list[Closed]:
    """Return the closed accounts of a list; lines that are none are passed over."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return []
    return [closed for line in lines if (closed := _read(line)) is not None]


def write(path: Path, accounts: Iterable[Closed]) -> bool:
    """Add closed accounts to a list, whole or not at all; tell whether any was new.

    Args:
        path: The list.
        accounts: What it must name; what it names already stays.
    """
    there = {closed.mark: closed for closed in read(path)}
    new = {closed.mark: closed for closed in accounts if closed.mark not in there}
    if not new:
        return False
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    partial.touch(mode=0o600)
    lines = sorted((there | new).values(), key=lambda closed: (closed.closed_at, closed.person_id))
    with partial.open("w", encoding="utf-8") as opened:
        opened.writelines(f"{_line(closed)}\n" for closed in lines)
        opened.flush()
        os.fsync(opened.fileno())
    partial.replace(path)
    return True


def replay(path: Path, *, now: datetime) -> int:
    """Close again the accounts of a list that are open here; return how many.

    Args:
        path: The list beside a backup.
        now: When.
    """
    due = queries.to_close_again(read(path))
    for closed in due:
        with transaction():
            actions.close_again(closed, now=now)
    return len(due)


def note_closed(data_dir: Path) -> None:
    """Name every account that was closed here in the file beside the backups.

    A disk that cannot be written does not stop a closing: the worker tries again.
    """
    try:
        write(path_in(data_dir), queries.closed_accounts())
    except OSError as error:
        log.warning("the list of closed accounts cannot be written: %s", error.strerror)


def _line(closed: Closed) -> str:
    return f"{closed.person_id} {closed.mark} {closed.closed_at.astimezone(UTC).isoformat()}"


def _read(line: str) -> Closed | None:
    try:
        person_id, mark, moment = line.split()
        return Closed(int(person_id), mark, datetime.fromisoformat(moment).astimezone(UTC))
    except ValueError:
        return None
