"""``python -m volunteer_hub.matching bench``: the engine against a plain greedy, in ratios."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from typing import Final

from volunteer_hub.matching.plan import Plan
from volunteer_hub.matching.sample import sample_problem
from volunteer_hub.matching.solver import solve
from volunteer_hub.matching.weights import Limits, Method

SIZES: Final = ((200, 60), (300, 180), (1000, 600))
GREEDY: Final = Limits(method=Method.GREEDY)


def main(arguments: list[str] | None = None) -> None:
    """Solve invented problems of several sizes and print what the search adds to the greedy."""
    parser = argparse.ArgumentParser(prog="python -m volunteer_hub.matching", description=__doc__)
    commands = parser.add_subparsers(required=True)
    bench = commands.add_parser("bench", help=main.__doc__)
    bench.add_argument("--seed", type=int, default=1)
    seed: int = parser.parse_args(arguments).seed
    for line in comparison(seed):
        sys.stdout.write(line + "\n")


def comparison(seed: int) -> Iterator[str]:
    """Yield a heading and a line for each size."""
    yield "size         open seats (weighted)     without experience     quality     steps"
    for volunteers, posts in SIZES:
        problem = sample_problem(volunteers, posts, seed=seed)
        yield _line(f"{volunteers}x{posts}", solve(problem, limits=GREEDY), solve(problem))


def _line(size: str, greedy: Plan, found: Plan) -> str:
    before, after = greedy.score, found.score
    return (
        f"{size:10} {before.open_seats:7} -> {after.open_seats:<7}"
        f" ({_ratio(after.open_seats, before.open_seats)})"
        f" {before.missing_experience:10} -> {after.missing_experience:<5}"
        f" {_ratio(after.quality, before.quality):>9}"
        f" {_ratio(found.steps, greedy.steps):>9}"
    )


def _ratio(value: int, base: int) -> str:
    return f"x{value / base:.3f}" if base else "-"


if __name__ == "__main__":
    main()
