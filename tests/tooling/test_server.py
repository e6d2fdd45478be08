"""The server finishes what it began; the worker beside it comes back, and goes when it goes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

SERVER = """
import json, os, sys, time
from dataclasses import replace
from pathlib import Path
from flask import Flask, request
from tools.listening import Listening
from tools.server import Server, Worker

place = Path(sys.argv[1])
app = Flask("toy")

@app.get("/")
def front():
    return dict(address=request.remote_addr, scheme=request.scheme, pid=os.getpid())

@app.get("/slow")
def slow():
    (place / "begun").touch()
    while not (place / "go").exists():
        time.sleep(0.01)
    return "finished"

server = Server(app, replace(Listening.from_env(), port=0))
worker = Worker([sys.executable, "-c", os.environ["TOY_WORKER"], str(place)])
(place / "port").write_text(str(server.port))
try:
    server.run(worker)
finally:
    worker.stop()
(place / "ended").touch()
"""

# What run.py worker does, without the application.
STEADY = """
import os, sys, time
from pathlib import Path
from tools.server import end_with_parent, leave_when_told
leave_when_told()
end_with_parent()
with open(sys.argv[1] + "/workers", "a") as file:
    print(os.getpid(), file=file)
while True:
    time.sleep(0.05)
"""
SHORT_LIVED = 'import os, sys; print(os.getpid(), file=open(sys.argv[1] + "/workers", "a"))'


def eventually(is_so: Callable[[], bool], within_s: float = 20) -> None:
    deadline = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.01)


def workers(place: Path) -> list[int]:
    written = place / "workers"
    return [int(pid) for pid in written.read_text().split()] if written.exists() else []


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


@contextmanager
def toy(place: Path, worker: str = STEADY, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    with (place / "said").open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-c", SERVER, place], stdout=said, stderr=said,
            cwd=ROOT, env={**os.environ, **environment, "TOY_WORKER": worker},
        )  # fmt: skip
    try:
        eventually(lambda: (place / "port").exists() and (place / "port").read_text() != "")
        yield process
    finally:
        process.kill()
        process.wait()


def fetch(place: Path, path: str, **headers: str) -> bytes:
    request = urllib.request.Request(
        f"http://127.0.0.1:{(place / 'port').read_text()}{path}", headers=headers
    )
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as answer:
        body: bytes = answer.read()
        return body


def takes_visitors(place: Path) -> bool:
    try:
        fetch(place, "/")
    except OSError:
        return False
    return True


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_request_in_flight_is_answered_before_the_server_ends(tmp_path, number):
    with toy(tmp_path) as process, ThreadPoolExecutor() as pool:
        answer = pool.submit(fetch, tmp_path, "/slow")
        eventually((tmp_path / "begun").exists)
        process.send_signal(number)
        eventually(lambda: not takes_visitors(tmp_path))
        (tmp_path / "go").touch()
        assert answer.result(20) == b"finished"
        assert process.wait(20) == 0
        assert (tmp_path / "ended").exists()
        assert [pid for pid in workers(tmp_path) if is_alive(pid)] == []
        assert (tmp_path / "said").read_text() == "Finishing ...\n"


def test_a_worker_that_is_killed_comes_back(tmp_path):
    with toy(tmp_path):
        eventually(lambda: len(workers(tmp_path)) == 1)
        os.kill(workers(tmp_path)[0], signal.SIGKILL)
        eventually(lambda: len(workers(tmp_path)) == 2)


def test_a_worker_that_keeps_ending_does_not_stop_the_site(tmp_path):
    with toy(tmp_path, SHORT_LIVED):
        eventually(lambda: len(workers(tmp_path)) >= 2)
        assert json.loads(fetch(tmp_path, "/"))["address"] == "127.0.0.1"


def test_a_server_that_is_killed_takes_its_worker_along(tmp_path):
    with toy(tmp_path) as process:
        eventually(lambda: len(workers(tmp_path)) == 1)
        process.kill()
        eventually(lambda: not is_alive(workers(tmp_path)[0]))


FORWARDED = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https"}


def test_nobody_can_pretend_to_come_from_elsewhere(tmp_path):
    with toy(tmp_path):
        seen = json.loads(fetch(tmp_path, "/", **FORWARDED))
    assert (seen["address"], seen["scheme"]) == ("127.0.0.1", "http")


def test_the_trusted_proxy_says_where_a_visitor_comes_from(tmp_path):
    with toy(tmp_path, VH_TRUSTED_PROXY="127.0.0.1"):
        seen = json.loads(fetch(tmp_path, "/", **FORWARDED))
    assert (seen["address"], seen["scheme"]) == ("203.0.113.7", "https")
