"""Who uses a data folder: any number at once, but nobody while a backup takes its database's place.

Locks that the system forgets when their holder ends, however that happens.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_held: dict[Path, int] = {}


class InUseError(Exception):
    """Somebody else uses the folder in a way that excludes this one; the message says it."""


def announce(data_dir: Path) -> None:
    """Use the folder until this process ends.

    Raises:
        InUseError: A backup is being restored there.
        OSError: The folder cannot be written in.
    """
    if data_dir not in _held:
        _held[data_dir] = _take(data_dir, is_shared=True)


@contextmanager
def alone(data_dir: Path) -> Iterator[None]:
    """Be the only one to use the folder.

    Raises:
        InUseError: A server, a worker or a command uses it.
        OSError: The folder cannot be written in.
    """
    handle = _take(data_dir, is_shared=False)
    try:
        yield
    finally:
        os.close(handle)


def _take(data_dir: Path, *, is_shared: bool) -> int:
    handle = os.open(data_dir / "in-use.lock", os.O_RDWR | os.O_CREAT, 0o600)
    if sys.platform == "win32":  # There a file in use cannot be replaced anyway.
        return handle
    import fcntl  # noqa: PLC0415 - not on Windows

    try:
        fcntl.flock(handle, (fcntl.LOCK_SH if is_shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise InUseError(
            f"A backup is being restored in {data_dir}; start again when that is done."
            if is_shared
            else f"The site is running in {data_dir}. Stop it first; nothing was changed."
        ) from None
    return handle
