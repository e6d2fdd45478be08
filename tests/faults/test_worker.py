"""The clock's work goes on when the clock jumps, and two workers do nothing twice."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.conftest import faketime
from tests.faults.running import ROOT, environment
from tests.tooling.test_server import eventually

HOUR_S = 3600
# Two jobs that note when they ran: one of the kind that claims rows, one that is done once a slot.
WORKER = """
import os, sys, time
from pathlib import Path
from tools import site
from volunteer_hub.core import jobs

place = Path(sys.argv[1])
jobs.CLOCK_CHECK_S = 0.2
jobs._jobs.clear()

def noting(name):
    def work(now):
        with (place / name).open("a") as file:
            print(int(now.timestamp()), os.getpid(), file=file, flush=True)
    return work

jobs.register("freely", every_s=1, work=noting("freely"), claims_rows=True)
jobs.register("slots", every_s=1, work=noting("slots"))
app = site.build()
with app.app_context():
    jobs.run_worker(app)
"""


@contextmanager
def worker(folder: Path, **more: str):
    with (folder / "said").open("ab") as said:
        process = subprocess.Popen(
            [sys.executable, "-c", WORKER, folder],
            cwd=ROOT, env=environment(folder, **more), stdout=said, stderr=said,
        )  # fmt: skip
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            assert process.wait(20) == 0, (folder / "said").read_text()


def noted(folder: Path, name: str) -> list[int]:
    file = folder / name
    return [int(line.split()[0]) for line in file.read_text().splitlines()] if file.exists() else []


@pytest.mark.needs("faketime")
@pytest.mark.parametrize("jump_s", [-HOUR_S, HOUR_S])
def test_a_clock_that_jumps_stops_no_job(folder, tmp_path, jump_s):
    clock = tmp_path / "clock"
    set_to(clock, "+0")
    faked = {
        "LD_PRELOAD": faketime(),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "DONT_FAKE_MONOTONIC": "1",
    }
    with worker(folder, **faked):
        eventually(lambda: noted(folder, "freely") and noted(folder, "slots"))
        before = noted(folder, "freely")[-1]
        set_to(clock, f"{jump_s:+d}")
        for name in ("freely", "slots"):
            eventually(lambda name=name: after(folder, name, before, jump_s) >= 2, within_s=10)


def set_to(clock: Path, words: str) -> None:
    """Set the false clock in one step: it is read all the time, and must not be found empty."""
    new = clock.with_suffix(".new")
    new.write_text(words)
    new.replace(clock)


def after(folder: Path, name: str, before: int, jump_s: int) -> int:
    """Return how often a job ran since the jump."""
    since = before + jump_s
    return sum(abs(moment - since) < HOUR_S / 2 for moment in noted(folder, name))


def test_two_workers_do_no_slot_twice(folder):
    with worker(folder), worker(folder):
        eventually(lambda: len(noted(folder, "slots")) >= 3)
    slots = noted(folder, "slots")
    assert len(slots) == len(set(slots))
    processes = {line.split()[1] for line in (folder / "freely").read_text().splitlines()}
    assert len(processes) == 2, "both were at work"


def test_a_worker_that_is_killed_leaves_its_work_to_the_next(folder):
    with worker(folder) as one:
        eventually(lambda: bool(noted(folder, "slots")))
        one.kill()
        one.wait()
    done = len(noted(folder, "slots"))
    with worker(folder):
        eventually(lambda: len(noted(folder, "slots")) > done)
