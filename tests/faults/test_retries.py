"""The answer is lost on its way: sent again, the same form does nothing twice."""

from __future__ import annotations

import socket
import sqlite3
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

from tests.tooling.test_server import eventually

TAPS = 20


def registrations(folder) -> int:
    with closing(sqlite3.connect(folder / "volunteer_hub.db")) as database:
        return database.execute("SELECT count(*) FROM registration").fetchone()[0]


def test_a_lost_answer_and_a_retry_make_one_registration(site):
    visitor, key = site.visitor(3), uuid.uuid4().hex
    before = registrations(site.folder)
    body = visitor.form(key)
    lines = [f"{name}: {value}" for name, value in visitor.headers().items()]
    head = ["POST /e/1/register HTTP/1.1", "Host: x", f"Content-Length: {len(body)}", *lines]
    with closing(socket.create_connection(("127.0.0.1", site.port))) as line:
        line.sendall("\r\n".join(head).encode() + b"\r\n\r\n" + body)
    # hung up before the answer
    eventually(lambda: registrations(site.folder) == before + 1)

    first, second = visitor.register(key), visitor.register(key)

    assert first.ticket is not None
    assert first.ticket == second.ticket
    assert registrations(site.folder) == before + 1


def test_twenty_taps_at_once_make_one_registration_with_one_answer(site):
    visitor, key = site.visitor(4), uuid.uuid4().hex
    before = registrations(site.folder)
    with ThreadPoolExecutor(TAPS) as pool:
        tickets = {tap.ticket for tap in pool.map(lambda _: visitor.register(key), range(TAPS))}
    assert len(tickets) == 1
    assert None not in tickets
    assert registrations(site.folder) == before + 1
