"""SQLite with many writers: WAL, explicit BEGIN, one fair gate before BEGIN IMMEDIATE.

Left to its defaults the driver starts a transaction at the first write, so that what was read
before is stale, and two writers that both read first fail at once with "database is locked". Here
a writer queues for a lock on a file beside the database, before its transaction starts; readers
never wait.
"""

from __future__ import annotations

import os
import threading
import time
from typing import Any, Final

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import QueuePool

from volunteer_hub.core.errors import BusyError

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows has no file locks of this kind; one process serves
    fcntl = None  # type: ignore[assignment]

WRITES: Final = "volunteer_hub_writes"  # execution option: this transaction will write
GATE_WAIT_S: Final = 5.0
ENGINE_OPTIONS: Final[dict[str, Any]] = {
    "poolclass": QueuePool,
    "pool_size": 12,
    "max_overflow": 12,
    "pool_timeout": 10,
    "connect_args": {"timeout": GATE_WAIT_S, "check_same_thread": False},
}
# busy_timeout stands first: the pragmas after it may themselves need the lock. It is for programs
# that know nothing of the gate; they too may cost a visitor five seconds and no more.
_PRAGMAS: Final = (
    f"busy_timeout={GATE_WAIT_S * 1000:.0f}",
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "temp_store=MEMORY",
    "cache_size=-16000",
)


class Gate:
    """Lets one writer in at a time, over all threads and processes on one database file."""

    def __init__(self, path: str) -> None:
        self._threads = threading.Lock()
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def enter(self, *, wait_s: float = GATE_WAIT_S) -> None:
        """Wait for this writer's turn.

        Raises:
            BusyError: The turn did not come within ``wait_s`` seconds.
        """
        deadline = time.monotonic() + wait_s
        if not self._threads.acquire(timeout=wait_s):
            raise BusyError
        while fcntl is not None:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                if time.monotonic() > deadline:
                    self._threads.release()
                    raise BusyError from None
                time.sleep(0.002)

    def leave(self) -> None:
        """Let the next writer in."""
        if fcntl is not None:
            fcntl.flock(self._file, fcntl.LOCK_UN)
        self._threads.release()


def install(engine: Engine) -> None:
    """Make every connection of this engine keep the rules above."""
    path = engine.url.database
    gate = Gate(f"{path}.lock") if path and path != ":memory:" else None

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:  # noqa: ANN401 - any DBAPI
        connection.isolation_level = None  # the "begin" listener below starts transactions
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if not connection.get_execution_options().get(WRITES):
            connection.exec_driver_sql("BEGIN")
            return
        if gate is not None:
            gate.enter()
            connection.info["gate"] = gate
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    @event.listens_for(engine, "checkin")
    def hand_back(_connection: object, record: Any) -> None:  # noqa: ANN401 - a pool record
        held = record.info.pop("gate", None)
        if held is not None:
            held.leave()
