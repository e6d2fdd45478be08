"""Periodic jobs: one list, ticked by APScheduler in the worker, each slot done once.

Two workers may tick at once; whoever writes the row of a job's slot first does it. A shared
APScheduler job store cannot promise that, so its store stays in memory and the database decides.
"""

from __future__ import annotations

import logging
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Thread
from typing import Final

from apscheduler.schedulers.blocking import BlockingScheduler
from flask import Flask, current_app
from flask.cli import AppGroup
from sqlalchemy import String, Text, UniqueConstraint, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from volunteer_hub.core import clock
from volunteer_hub.core.database import Model, db
from volunteer_hub.core.transaction import transaction

log = logging.getLogger(__name__)
CLOCK_CHECK_S: Final = 10
CLOCK_JUMP_S: Final = 5
commands = AppGroup("worker", help="Run the clock's work.")


class JobRun(Model):
    """One slot of one periodic job, claimed by whoever does it."""

    __tablename__ = "job_run"
    __table_args__ = (UniqueConstraint("job", "slot"),)

    job: Mapped[str] = mapped_column(String(60))
    slot: Mapped[int]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)


@dataclass(frozen=True, slots=True)
class Job:
    """Something the clock does every so often."""

    name: str
    every_s: int
    work: Callable[[datetime], None]
    claims_rows: bool


_jobs: dict[str, Job] = {}


def register(
    name: str, *, every_s: int, work: Callable[[datetime], None], claims_rows: bool = False
) -> None:
    """Add a job. ``work`` is called with the current moment and opens its own transactions.

    Args:
        name: Unique, like ``notifications.deliver``.
        every_s: Seconds between runs.
        work: What to do.
        claims_rows: The work itself claims what it handles, so every worker may run every tick
            and no slot is written. Otherwise a slot is done by one worker alone.
    """
    _jobs[name] = Job(name, every_s, work, claims_rows)


def registered() -> list[Job]:
    """Return every job, by name."""
    return sorted(_jobs.values(), key=lambda job: job.name)


def _claim(job: Job, now: datetime) -> int | None:
    """Return the id of the slot's row when it is ours to do, None when another has it."""
    slot = int(now.timestamp()) // job.every_s
    taken = select(JobRun.id).where(JobRun.job == job.name, JobRun.slot == slot)
    if db.session.scalar(taken) is not None:
        return None
    try:
        with transaction():
            run = JobRun(job=job.name, slot=slot, started_at=now)
            db.session.add(run)
            db.session.flush()
            return run.id
    except IntegrityError:
        return None


def run_once(job: Job, *, now: datetime) -> bool:
    """Do the job's current slot unless it was done; tell whether it was ours.

    An error is kept on the slot's row and logged, and the next slot runs as usual.
    """
    run_id = _claim(job, now)
    if run_id is None:
        return False
    error = None
    try:
        job.work(now)
    except Exception as failure:
        log.exception("job %s failed", job.name)
        error = f"{type(failure).__name__}: {failure}"
    with transaction():
        run = db.session.get_one(JobRun, run_id)
        run.finished_at, run.error = clock.now(), error
    return True


def _tick(app: Flask, job: Job) -> None:
    with app.app_context():
        if not job.claims_rows:
            run_once(job, now=clock.now())
            return
        try:
            job.work(clock.now())
        except Exception:
            log.exception("job %s failed", job.name)


def run_worker(app: Flask) -> None:
    """Tick every job until the process is told to stop."""
    scheduler = BlockingScheduler(
        timezone="UTC",
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    for job in registered():
        scheduler.add_job(_tick, "interval", args=(app, job), seconds=job.every_s, id=job.name)
        _tick(app, job)
    Thread(target=_watch_clock, args=(scheduler,), daemon=True).start()
    signal.signal(signal.SIGTERM, lambda *_: scheduler.shutdown(wait=False))
    scheduler.start()


def _watch_clock(scheduler: BlockingScheduler) -> None:
    """Keep jobs going when the clock is set back: APScheduler alone would sleep it out."""
    drift = time.time() - time.monotonic()
    while True:
        time.sleep(CLOCK_CHECK_S)
        drift_now = time.time() - time.monotonic()
        if abs(drift_now - drift) > CLOCK_JUMP_S:
            drift = drift_now
            for job in registered():
                scheduler.reschedule_job(job.name, trigger="interval", seconds=job.every_s)


@commands.command("run")
def run() -> None:
    """Run every periodic job until stopped; any number of workers may run."""
    run_worker(current_app._get_current_object())  # type: ignore[attr-defined]


@commands.command("once")
def once() -> None:
    """Run every periodic job once, now, and stop."""
    for job in registered():
        _tick(current_app._get_current_object(), job)  # type: ignore[attr-defined]
