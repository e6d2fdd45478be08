"""Measure the matcher: how near the best its plans are, and what they cost.

  python -m bench.matching            all sizes, about three minutes
  python -m bench.matching --quick    the two small ones
  python -m bench.matching --write    put the figures into docs/performance.md as well

Each line is measured in a process of its own, on one thread, in seconds of CPU.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from bench.figures import percentile, table
from bench.instances import invented
from volunteer_hub.matching import (
    Limits,
    Live,
    Method,
    Plan,
    Problem,
    backfill,
    carry_out,
    check,
    leave,
    quick_rank,
    quick_shortfall,
    solve,
)
from volunteer_hub.matching.engine.desk import Desk
from volunteer_hub.matching.engine.planner import Board

MARKS: Final = ("<!-- matching: made by python -m bench.matching --write -->",
                "<!-- matching ends -->")  # fmt: skip
PAGE: Final = Path(__file__).parents[1] / "docs" / "performance.md"
GREEDY: Final = Limits(method=Method.GREEDY)
FAST: Final = Limits(rounds=3, polishes=False)
POLISHED: Final = Limits(rounds=6, polishes=True)


@dataclass(frozen=True, slots=True)
class Case:
    """One line: a problem and how it is solved."""

    name: str
    size: tuple[int, int, int]
    limits: Limits
    seed: int = 1
    flood: bool = False


SMALL: Final = (
    Case("200 x 50, 1 week", (200, 50, 1), Limits()),
    Case("2,000 x 400, 2 weeks", (2_000, 400, 2), Limits()),
)
CASES: Final = (
    *SMALL,
    Case("10,000 x 2,000, 4 weeks, fast", (10_000, 2_000, 4), FAST),
    Case("10,000 x 2,000, 4 weeks, polished", (10_000, 2_000, 4), POLISHED),
    Case("10,000 x 2,000, all emergencies in 3 days", (10_000, 2_000, 1), Limits(), flood=True),
    Case("50,000 x 10,000, 8 weeks", (50_000, 10_000, 8), Limits()),
)
HEAD: Final = (
    "volunteers x posts", "possible assignments", "open seats, weighted: plan / best in fractions",
    "certified gap, of the points", "greedy", "self sign-up", "CPU s, build and solve",
    "times the greedy", "memory MB",
)  # fmt: skip


def measured(case: Case) -> dict[str, Any]:
    """Solve one case and return its figures."""
    people, posts, weeks = case.size
    problem = invented(people, posts, weeks, seed=case.seed, flood=case.flood)
    began = time.process_time()
    greedy = solve(problem, limits=GREEDY)
    half = time.process_time()
    plan = solve(problem, limits=case.limits)
    spent = time.process_time() - half
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if check(problem, plan):
        raise SystemExit("a plan breaks rules")
    return {
        "edges": len(Board.of(problem).edges),
        "open": plan.score.open_seats,
        "best": plan.best_open_seats,
        "gap": (plan.gap or 0) / max(1, plan.score.quality),
        "greedy": greedy.score.open_seats,
        "self": signed_up(problem),
        "cpu": spent,
        "times": spent / (half - began),
        "memory": memory,
    }


def signed_up(problem: Problem) -> int:
    """Return the weighted open seats when people help themselves, first come first served."""
    board = Board.of(problem)
    made, edges, desk = board.made, board.edges, board.desk()
    owner = edges.posts(np.arange(len(edges)))
    order = np.lexsort((-edges.worth, edges.who))
    first = np.searchsorted(edges.who[order], np.arange(len(made.people) + 1))
    visitors = list(range(len(made.people))) * 3
    random.Random(1).shuffle(visitors)  # noqa: S311
    for who in visitors:
        _take_the_best(desk, owner[order[first[who] : first[who + 1]]].tolist(), who)
    return int(made.urgency @ np.maximum(made.least - desk.heads, 0))


def _take_the_best(desk: Desk, posts: list[int], who: int) -> None:
    for post in posts:
        if desk.heads[post] < desk.made.room[post] and desk.is_free(who, post):
            desk.add(who, post)
            return


def answering() -> list[tuple[str, ...]]:
    """Return how long questions about one post take, with ten thousand volunteers at hand."""
    problem = invented(10_000, 2_000, 4, seed=2)
    plan = solve(problem, limits=GREEDY)
    live = Live.of(problem, plan)
    pins = list(plan.assignments)
    random.Random(1).shuffle(pins)  # noqa: S311
    times: dict[str, list[float]] = {"backfill": [], "quick_rank": [], "quick_shortfall": []}
    for pin in pins[:1_000]:
        live.near(live.made.shifts[live.made.shift_of[live.made.post_at[pin.post_id]]])
    for pin in pins[:1_000]:
        if pin not in live.desk.assignments():
            continue
        leave(live, *pin)
        began = time.perf_counter()
        moves = backfill(live, pin.post_id, exclude=(pin.volunteer_id,))
        times["backfill"].append(time.perf_counter() - began)
        carry_out(live, moves)
        for name, ask in (("quick_rank", quick_rank), ("quick_shortfall", quick_shortfall)):
            began = time.perf_counter()
            ask(live, pin.post_id)
            times[name].append(time.perf_counter() - began)
    if check(problem, Plan(assignments=live.desk.assignments())):
        raise SystemExit("places were filled against the rules")
    return [
        (name, *(f"{percentile(found, share) * 1000:.2f}" for share in (0.5, 0.99)))
        for name, found in times.items()
    ]


def cells(case: Case, found: dict[str, Any]) -> tuple[str, ...]:
    """Return a line of the table."""
    return (
        case.name,
        f"{found['edges']:,}",
        f"{found['open']:,} / {found['best']:,.2f}",
        f"{found['gap']:.3%}" if found["open"] - found["best"] < 1 else "open seats differ",
        f"{found['greedy']:,}",
        f"{found['self']:,}",
        f"{found['cpu']:.2f}",
        f"{found['times']:.1f}",
        f"{found['memory']:.0f}",
    )


def in_its_own_process(number: int) -> dict[str, Any]:
    """Measure one case apart from all others, so that its memory is its own."""
    command = [sys.executable, "-m", "bench.matching", "--case", str(number)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def report(cases: tuple[Case, ...]) -> str:
    """Measure the cases and return everything in Markdown."""
    rows = []
    for case in cases:
        rows.append(cells(case, in_its_own_process(CASES.index(case))))
        sys.stderr.write(f"{case.name} is measured\n")
    answers = table(("one post, 10,000 volunteers", "p50 ms", "p99 ms"), answering())
    return f"{table(HEAD, rows)}\n\n{answers}"


def write(text: str) -> None:
    """Put the figures into the page, between its two marks."""
    before, _, rest = PAGE.read_text("utf-8").partition(MARKS[0])
    after = rest.partition(MARKS[1])[2]
    PAGE.write_text(f"{before}{MARKS[0]}\n\n{text}\n\n{MARKS[1]}{after}", "utf-8")


def main() -> int:
    """Do as the command line says."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.matching",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("--quick", action="store_true", help="the two small ones")
    parser.add_argument("--write", action="store_true", help="into docs/performance.md as well")
    parser.add_argument("--case", type=int, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.case is not None:
        sys.stdout.write(json.dumps(measured(CASES[chosen.case])))
        return 0
    text = report(SMALL if chosen.quick else CASES)
    sys.stdout.write(text + "\n")
    if chosen.write:
        write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
