"""What the machine can do at best: one row inserted and committed, on either database."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import time
from pathlib import Path
from typing import Final

from bench.client import CONNECTIONS

_TPS = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)
NOTE: Final = "x" * 40
TABLE: Final = "CREATE TABLE IF NOT EXISTS bench_row (id INTEGER PRIMARY KEY, note text)"
INSERT: Final = f"INSERT INTO bench_row (note) VALUES ('{NOTE}')"  # noqa: S608 - all ours


def connect(path: Path) -> sqlite3.Connection:
    """Return a connection set as the site sets its own, one statement a transaction."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=30)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def sqlite_rows(folder: Path, *, seconds: float) -> float:
    """Return how many rows a second one connection inserts and commits, each by itself."""
    connection = connect(folder / "limit.db")
    connection.execute(TABLE)
    number, started = 0, time.perf_counter()
    while time.perf_counter() < started + seconds:
        connection.execute(INSERT)
        number += 1
    lasted = time.perf_counter() - started
    connection.close()
    return number / lasted


def postgresql_rows(pgbench: Path, url: str, folder: Path, *, seconds: float) -> float:
    """Return how many rows a second as many connections as the bench's insert and commit."""
    script = folder / "insert.sql"
    script.write_text(INSERT + ";\n")
    amount = ["-c", str(CONNECTIONS), "-T", str(max(1, round(seconds)))]
    said = subprocess.run(
        [str(pgbench), "-n", "-M", "prepared", "-f", str(script), *amount, url],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    ).stdout
    return rows_a_second(said)


def rows_a_second(said: str) -> float:
    """Return the transactions a second that pgbench reports.

    Raises:
        ValueError: There are none in it.
    """
    found = _TPS.search(said)
    if found is None:
        raise ValueError(f"pgbench said no rate: {said[-300:]}")
    return float(found[1])
