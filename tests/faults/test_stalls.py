"""Somebody holds something up: the others are served, or told soon to try again."""

from __future__ import annotations

import fcntl
import socket
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.faults.running import Answer, Visitor

STALLED = 60
GATE_S = 5.0
SOON_S = 1.0


def stall(port: int, visitor: Visitor) -> socket.socket:
    """Begin an upload as a phone that loses its network does."""
    lines = [f"{name}: {value}" for name, value in visitor.headers().items()]
    head = "\r\n".join(["POST /e/1/register HTTP/1.1", "Host: x", "Content-Length: 5000", *lines])
    line = socket.create_connection(("127.0.0.1", port), timeout=10)
    line.sendall(head.encode() + b"\r\n\r\n" + visitor.form()[:40])
    return line


def answered_soon(answers: list[Answer]) -> bool:
    return {it.status for it in answers} == {200} and max(it.took_s for it in answers) < SOON_S


def test_sixty_stalled_uploads_hold_up_nobody(site):
    visitor = site.visitor(1)
    stalled = [stall(site.port, visitor) for _ in range(STALLED)]
    try:
        assert answered_soon([visitor.get("/healthz") for _ in range(8)])
        assert visitor.register().ticket is not None
    finally:
        for line in stalled:
            line.close()
    assert visitor.register().ticket is not None  # whoever hung up left nothing behind


def test_sixty_who_stop_in_the_headers_hold_up_nobody(site):
    stalled = [socket.create_connection(("127.0.0.1", site.port)) for _ in range(STALLED)]
    try:
        for line in stalled:
            line.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow")
        assert answered_soon([Visitor(site.port).get("/healthz") for _ in range(8)])
    finally:
        for line in stalled:
            line.close()


@contextmanager
def gate_held(folder: Path) -> Iterator[None]:
    """Hold what our own writers queue for."""
    with (folder / "volunteer_hub.db.lock").open("rb+") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        yield


@contextmanager
def database_held(folder: Path) -> Iterator[None]:
    """Hold the database itself, as a program that knows nothing of the gate does."""
    where = folder / "volunteer_hub.db"
    with closing(sqlite3.connect(where, isolation_level=None, timeout=20)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        yield
        holder.execute("ROLLBACK")


@pytest.mark.parametrize("held", [gate_held, database_held])
def test_a_writer_who_takes_long_costs_others_five_seconds_and_readers_nothing(site, held):
    visitor = site.visitor(2)
    with held(site.folder), ThreadPoolExecutor() as pool:
        waiting = pool.submit(visitor.register)
        reads = []
        while not waiting.done():
            reads.append(visitor.get("/e/1"))
            wait([waiting], timeout=0.2)
        refused = waiting.result()

    assert refused.status == 503
    assert refused.headers["Retry-After"] == "5"
    assert 'data-error="busy"' in refused.text
    assert GATE_S - 0.1 <= refused.took_s < GATE_S + 1.5
    assert answered_soon(reads)
    assert visitor.register().ticket is not None
