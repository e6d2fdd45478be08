"""A site that runs as run.py runs it, and visitors who register as browsers do."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from tools.ports import free_port
from volunteer_hub.core.tokens import code_hash

ROOT = Path(__file__).resolve().parents[2]
START_S = 60
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"|value="([^"]+)"[^>]*name="csrf_token"')
PHONES_SECRET = "f" * 32
# A published event without limits that anybody may register for; loads no people but its organiser.
# Another one whose door is open, a phone at it, and the codes of a thousand people who may come.
MAKE = f"""
import os
from datetime import timedelta
from pathlib import Path
from sqlalchemy import insert
from tests import factories
from tools import site
from volunteer_hub.checkin import actions
from volunteer_hub.core import clock
from volunteer_hub.core.database import db
from volunteer_hub.core.tokens import code_hash, link_token, ticket_code
from volunteer_hub.core.transaction import transaction
from volunteer_hub.events.models import Event
from volunteer_hub.registrations.models import Channel, Registration, RegistrationState

app = site.build()
site.prepare(app)
with app.app_context():
    now = clock.now()
    event = factories.event(starts_at=now + timedelta(days=7))
    assert event.id == 1
    open_now = factories.event(starts_at=now).id
    # Numbers that the database itself does not come to, for it does not know that they are taken.
    codes = [ticket_code("R", number, 1) for number in range(100_001, 101_001)]
    with transaction():
        event = db.session.get_one(Event, open_now)
        device = actions.add_device(event, "", by=event.created_by_id, now=now)
        actions.enrol(link_token(actions.ENROLMENT, device.id), "{PHONES_SECRET}", now=now)
        db.session.execute(insert(Registration), [
            dict(id=number, event_id=open_now, state=RegistrationState.CONFIRMED,
                 channel=Channel.WEB, created_at=now, ticket_hash=code_hash(code))
            for number, code in enumerate(codes, 100_001)
        ])
    (Path(os.environ["VH_DATA_DIR"]) / "codes").write_text(" ".join(codes))
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the site said."""

    status: int
    headers: http.client.HTTPMessage
    text: str
    took_s: float

    @property
    def ticket(self) -> str | None:
        """The code of the ticket that a registration was acknowledged with."""
        location = self.headers.get("Location", "")
        return location.rpartition("/")[2] if self.status == 302 and "/T/" in location else None


class Visitor:
    """Somebody with a browser, at an address of their own."""

    def __init__(self, port: int, address: str = "203.0.113.1") -> None:
        self.port, self.address = port, address
        self.cookie = self.token = ""

    def get(self, path: str, timeout_s: float = 20) -> Answer:
        return self.say("GET", path, None, timeout_s)

    def arrive(self) -> Visitor:
        """Open the form, as one must before sending it."""
        page = self.get("/e/1/register")
        assert page.status == 200, page.text[:300]
        self.cookie = page.headers["Set-Cookie"].partition(";")[0]
        self.token = next(filter(None, TOKEN.search(page.text).groups()))
        return self

    def register(self, key: str | None = None, timeout_s: float = 20) -> Answer:
        """Send the form; the same key is the same form sent again."""
        return self.say("POST", "/e/1/register", self.form(key), timeout_s)

    def form(self, key: str | None = None) -> bytes:
        key = key or uuid.uuid4().hex
        filled = {"csrf_token": self.token, "request_key": key, "name": f"赵{key[:6]}"}
        return urlencode(filled).encode()

    def headers(self) -> dict[str, str]:
        return {
            "Cookie": self.cookie,
            "X-Forwarded-For": self.address,
            "Content-Type": "application/x-www-form-urlencoded",
        }

    def say(self, method: str, path: str, body: bytes | None, timeout_s: float) -> Answer:
        begun = time.monotonic()
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout_s)) as line:
            line.request(method, path, body, self.headers())
            answer = line.getresponse()
            text = answer.read().decode()
        return Answer(answer.status, answer.headers, text, time.monotonic() - begun)


@dataclass(slots=True)
class Running:
    """A site that is running now."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes]

    def visitor(self, number: int = 1) -> Visitor:
        return Visitor(self.port, f"203.0.113.{number}").arrive()

    def kill(self) -> None:
        """Kill the server and its worker, as a power cut would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def said(self) -> str:
        return (self.folder / "said").read_text("utf-8", "replace")


def make_home(folder: Path, **settings: str) -> None:
    """Prepare a data folder with one event."""
    made = environment(folder, **settings)
    subprocess.run([sys.executable, "-c", MAKE], cwd=ROOT, env=made, check=True)


def environment(folder: Path, **settings: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VH_")}
    quiet = {"VH_DATA_DIR": str(folder), "VH_DEMO": "0", "VH_SETUP": "0"}
    return {**kept, **quiet, "VH_TRUSTED_PROXY": "127.0.0.1", **settings}


@contextmanager
def running(folder: Path, **settings: str) -> Iterator[Running]:
    """Serve the folder until the block ends."""
    port = free_port()
    with (folder / "said").open("ab") as said:
        process = subprocess.Popen(
            [sys.executable, "run.py"],
            cwd=ROOT, env=environment(folder, VH_PORT=str(port), **settings),
            stdout=said, stderr=said, start_new_session=True,
        )  # fmt: skip
    site = Running(folder, port, process)
    try:
        _wait_for(site)
        yield site
    finally:
        if process.poll() is None:
            site.kill()


def _wait_for(site: Running) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and site.process.poll() is None:
        try:
            if Visitor(site.port).get("/healthz").status == 200:
                return
        except OSError:
            time.sleep(0.02)
    raise AssertionError(f"the site did not start:\n{site.said()}")


def refused(folder: Path, **settings: str) -> str:
    """Return the one line with which a start refuses."""
    ended = subprocess.run(
        [sys.executable, "run.py"],
        cwd=ROOT, env=environment(folder, **{"VH_PORT": str(free_port()), **settings}),
        capture_output=True, text=True, check=False, timeout=START_S,
    )  # fmt: skip
    assert ended.returncode == 1, ended.stdout + ended.stderr
    lines = ended.stderr.strip().splitlines()
    assert len(lines) == 1, ended.stderr
    return lines[0]


def copy_of(home: Path, folder: Path) -> Path:
    """Return a copy of a prepared folder, for a test to do harm to."""
    shutil.copytree(home, folder, dirs_exist_ok=True)
    return folder


def stored_tickets(folder: Path) -> set[str]:
    """Return the hashes of all tickets in the database file, which must be sound."""
    with closing(sqlite3.connect(folder / "volunteer_hub.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return {found for (found,) in database.execute("SELECT ticket_hash FROM registration")}


def hashes(codes: list[str]) -> set[str]:
    return {code_hash(code) for code in codes}
