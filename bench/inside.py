"""What a check-in costs in the process itself, beside the same rows written by sqlite3 alone.

``python -m bench.inside FILE FIRST`` in the environment of a site on SQLite prints the figures.
FILE holds tickets, cookie and token; the tickets from FIRST on are used up.
"""

from __future__ import annotations

import io
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import Engine, event

from bench.client import Answer
from bench.door import Door, is_accepted, scan_path
from bench.limits import connect
from bench.phones import BATCHES, BOARDS, Boards, Phone
from tools import site
from volunteer_hub.core.database import db
from volunteer_hub.core.tokens import code_hash

BLOCKS: Final = 5
PER_BLOCK: Final = 30
TICKETS: Final = (3 * BLOCKS + 1) * PER_BLOCK
ROWS_OF_A_CHECK_IN: Final = ["scan", "attendance"]
Ticket = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Inside:
    """Microseconds of CPU for one check-in, alone and otherwise; statements.

    Attributes:
        site_us: In the site.
        raw_us: In sqlite3 alone.
        watched_us: In the site while fifty people look at the live board.
        batch_us: As one of many that a phone tells at once.
        statements: How many statements some pages cost.
    """

    site_us: float
    raw_us: float
    watched_us: float
    batch_us: float
    statements: dict[str, int]


class Caller:
    """Calls the application as its server would."""

    def __init__(self, app: Flask, door: Door) -> None:
        self._app, self._door = app, door

    def get(self, path: str) -> Answer:
        """Ask for a page as anybody."""
        return self.call({"REQUEST_METHOD": "GET", "PATH_INFO": path}, b"")

    def scan(self, ticket: Ticket) -> Answer:
        """Send a scan as the organiser."""
        event_id, text = ticket
        body = self._door.scan_body(text)
        request = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": scan_path(event_id),
            "HTTP_COOKIE": self._door.cookie,
            "HTTP_X_CSRFTOKEN": self._door.token,
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(body)),
        }
        return self.call(request, body)

    def call(self, request: dict[str, str], body: bytes) -> Answer:
        """Send a request."""
        environ: dict[str, Any] = {
            "SERVER_NAME": self._door.host,
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "SCRIPT_NAME": "",
            "QUERY_STRING": "",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": self._door.host,
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            **request,
        }
        status: list[str] = []

        def start(line: str, *_rest: object) -> Callable[[bytes], object]:
            status.append(line)
            return lambda _written: None

        parts = self._app.wsgi_app(environ, start)
        answer = b"".join(parts)
        getattr(parts, "close", lambda: None)()
        return Answer(int(status[0][:3]), answer)


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """Yield a list that grows by every statement sent to the database."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "PRAGMA")):
            sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


class RawDoor:
    """Writes the rows of a check-in with sqlite3 alone, into the same tables."""

    def __init__(self, path: Path) -> None:
        """Take the last check-in on this file as the pattern of all others."""
        self._connection = connect(path)
        self._inserts = {}
        for table in ROWS_OF_A_CHECK_IN:
            found = self._connection.execute(f"SELECT * FROM {table} ORDER BY id DESC LIMIT 1")  # noqa: S608
            names = [column[0] for column in found.description]
            row = dict(zip(names, found.fetchone(), strict=True))
            del row["id"]
            marks = ", ".join(f":{name}" for name in row)
            self._inserts[table] = (f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", row)  # noqa: S608

    def scan(self, ticket: Ticket) -> None:
        """Find the holder, write both rows, commit."""
        event_id, text = ticket
        fingerprint = code_hash(urlsplit(text).path.rpartition("/")[2])
        run = self._connection.execute
        run("BEGIN IMMEDIATE")
        holder = "SELECT id, state FROM registration WHERE ticket_hash = ?"
        registration_id, _state = run(holder, (fingerprint,)).fetchone()
        changed = {"event_id": event_id, "registration_id": registration_id}
        insert, row = self._inserts["scan"]
        scan_id = run(insert, {**row, **changed, "scan_id": f"raw-{registration_id}"}).lastrowid
        insert, row = self._inserts["attendance"]
        run(insert, {**row, **changed, "in_scan_id": scan_id})
        run("COMMIT")


def measure(app: Flask, door: Door, tickets: list[Ticket], event_id: int) -> Inside:
    """Return the figures; blocks of both kinds take turns.

    Raises:
        RuntimeError: A check-in was refused, or writes other rows than are compared.
    """
    caller, supply = Caller(app, door), iter(tickets)
    for _ in range(PER_BLOCK - 1):
        if not is_accepted(answer := caller.scan(next(supply))):
            raise RuntimeError(f"{answer.status} {answer.body[:300]!r}")
    with app.app_context():
        engine = db.engine
    counted = _count(engine, caller, next(supply), event_id)
    raw = RawDoor(Path(str(engine.url.database)))
    boards = Boards(caller.call, door.cookie, event_id)
    found: dict[str, list[float]] = {"site": [], "raw": [], "watched": []}
    for _ in range(BLOCKS):
        found["site"].append(_block_us(caller.scan, supply))
        found["raw"].append(_block_us(raw.scan, supply))
        found["watched"].append(_watched_us(caller.scan, boards, supply))
    phone = Phone(app, caller.call, event_id)
    batches = [phone.batch_us() for _ in range(BATCHES)]
    return Inside(*(median(found[name]) for name in found), median(batches), counted)


def _watched_us(
    work: Callable[[Ticket], object], boards: Boards, supply: Iterator[Ticket]
) -> float:
    """Return what a scan costs while every board asks once in a block; not what boards cost."""
    used = 0.0
    for number in range(PER_BLOCK):
        for _ in range(BOARDS * number // PER_BLOCK, BOARDS * (number + 1) // PER_BLOCK):
            boards.look()
        ticket = next(supply)
        started = time.process_time()
        work(ticket)
        used += time.process_time() - started
    return used * 1e6 / PER_BLOCK


def _block_us(work: Callable[[Ticket], object], supply: Iterator[Ticket]) -> float:
    started = time.process_time()
    for _ in range(PER_BLOCK):
        work(next(supply))
    return (time.process_time() - started) * 1e6 / PER_BLOCK


def _count(engine: Engine, caller: Caller, ticket: Ticket, event_id: int) -> dict[str, int]:
    """Return how many statements each of the three costs, once the process is warm."""
    found = {}
    for name, path in (("event list", "/events"), ("event page", f"/e/{event_id}")):
        caller.get(path)
        with statements(engine) as sent:
            caller.get(path)
        found[name] = len(sent)
    with statements(engine) as sent:
        caller.scan(ticket)
    found["check-in"] = len(sent)
    written = [each.split()[2] for each in sent if each.startswith("INSERT")]
    if written != ROWS_OF_A_CHECK_IN or any(each.startswith("UPDATE") for each in sent):
        raise RuntimeError(f"a check-in writes other rows than are compared: {written}")
    return found


if __name__ == "__main__":
    told = json.loads(Path(sys.argv[1]).read_text())
    first = int(sys.argv[2])
    mine = [tuple(each) for each in told["tickets"][first : first + TICKETS]]
    result = measure(site.build(), Door(**told["door"]), mine, told["event_ids"][0])
    sys.stdout.write(json.dumps(asdict(result)))
