"""SQLite with many writers: WAL, explicit BEGIN, one fair gate before BEGIN IMMEDIATE.

Left to its defaults the driver starts a transaction at the first write, so that what was read
before is stale, and two writers that both read first fail at once with "database is locked". Here
a writer queues for a lock on a file beside the database, before its transaction starts; readers
never wait. Who queues holds no connection, so that one writer after the other uses the connection
of the one before, which still has in memory what they all need.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from weakref import WeakKeyDictionary

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
UNHURRIED_S: Final = 0.1  # waiting for less than this at the gate shortens no other wait
ENGINE_OPTIONS: Final[dict[str, Any]] = {
    "poolclass": QueuePool,
    "pool_size": 12,
    "max_overflow": 12,
    "pool_timeout": 10,
    "pool_use_lifo": True,
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

    def enter(self, *, wait_s: float = GATE_WAIT_S) -> float:
        """Wait for this writer's turn; return the seconds that are left of those it would wait.

        Raises:
            BusyError: The turn did not come within ``wait_s`` seconds.
        """
        deadline = time.monotonic() + wait_s
        if not self._threads.acquire(timeout=wait_s):
            raise BusyError
        while fcntl is not None:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    self._threads.release()
                    raise BusyError from None
                time.sleep(0.002)
        return max(0.0, deadline - time.monotonic())

    def leave(self) -> None:
        """Let the next writer in."""
        if fcntl is not None:
            fcntl.flock(self._file, fcntl.LOCK_UN)
        self._threads.release()


@dataclass(slots=True)
class _Turn:
    """A turn that a thread has and gave to no connection yet; how long it would still wait."""

    gate: Gate | None = None
    left_s: float = GATE_WAIT_S


class _Early(threading.local):
    def __init__(self) -> None:
        self.turn = _Turn()


_gates: WeakKeyDictionary[Engine, Gate] = WeakKeyDictionary()
_early = _Early()


@contextmanager
def turn(engine: Engine) -> Iterator[None]:
    """Wait for this writer's turn before it takes a connection, which then keeps it to the end.

    Raises:
        BusyError: The turn did not come in time.
    """
    gate = _gates.get(engine)
    if gate is None:
        yield
        return
    _early.turn = _Turn(gate, gate.enter())
    try:
        yield
    finally:
        left, _early.turn = _early.turn, _Turn()
        if left.gate is not None:  # no transaction was begun that could have taken it
            left.gate.leave()


def install(engine: Engine) -> None:
    """Make every connection of this engine keep the rules above."""
    path = engine.url.database
    gate = Gate(f"{path}.lock") if path and path != ":memory:" else None
    if gate is not None:
        _gates[engine] = gate

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:  # noqa: ANN401 - any DBAPI
        connection.isolation_level = None  # the "begin" listener below starts transactions
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    event.listen(engine, "begin", lambda connection: _begin(connection, gate))

    @event.listens_for(engine, "checkin")
    def hand_back(_connection: object, record: Any) -> None:  # noqa: ANN401 - a pool record
        held = record.info.pop("gate", None)
        if held is not None:
            held.leave()


def _begin(connection: Connection, gate: Gate | None) -> None:
    if not connection.get_execution_options().get(WRITES):
        connection.exec_driver_sql("BEGIN")
        return
    left_s = GATE_WAIT_S if gate is None else _take_turn(connection, gate)
    if left_s > GATE_WAIT_S - UNHURRIED_S:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        return
    # Whoever waited at the gate waits the less for a program that knows nothing of it.
    connection.exec_driver_sql(f"PRAGMA busy_timeout={left_s * 1000:.0f}")
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        connection.exec_driver_sql(f"PRAGMA {_PRAGMAS[0]}")


def _take_turn(connection: Connection, gate: Gate) -> float:
    """Give the connection its turn; return the seconds that are left to wait."""
    early, _early.turn = _early.turn, _Turn()
    if early.gate is not gate:
        early = _Turn(gate, gate.enter())
    connection.info["gate"] = gate
    return early.left_s
