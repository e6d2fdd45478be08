"""Periodic jobs: one list, ticked by APScheduler in the worker, each slot done once.

Two workers may tick at once; whoever writes the row of a job's slot first does it. A shared
APScheduler job store cannot promise that, so its store stays in memory and the database decides.
Slots that passed while no worker ran are not made up for: the current one alone is done.
"""

from __future__ import annotations

import logging
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from typing import Final

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.blocking import BlockingScheduler
from flask import Flask, current_app
from flask.cli import AppGroup
from sqlalchemy import (
    Index,
    String,
    Text,
    UniqueConstraint,
    and_,
    delete,
    func,
    or_,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from volunteer_hub.core import clock
from volunteer_hub.core.database import Model, db
from volunteer_hub.core.transaction import transaction

log = logging.getLogger(__name__)
CLOCK_CHECK_S: Final = 10
CLOCK_JUMP_S: Final = 5
# A slot is looked for this often at least, so that an hourly job starts soon after the hour.
LONGEST_TICK_S: Final = 30
# The clocks of two machines may differ by less than this.
CLOCKS_DIFFER: Final = timedelta(minutes=2)
KEPT: Final = timedelta(days=14)
LATE_AFTER: Final = timedelta(minutes=5)
LONGEST_RUN: Final = timedelta(hours=1)
# Jobs that run every second or so leave a sign of life in one row, not a row for each run.
SIGN_OF_LIFE: Final = 0
SIGN_EVERY_S: Final = 60
MOST_OF_AN_ERROR: Final = 500
BROKE_OFF: Final = "the worker ended in the middle"
commands = AppGroup("worker", help="Run the clock's work.")
_stopping = Event()

Work = Callable[[datetime], float | None]


class JobRun(Model):
    """One slot of one periodic job, claimed by whoever does it."""

    __tablename__ = "job_run"
    __table_args__ = (
        UniqueConstraint("job", "slot"),
        Index(
            "ix_job_run_failed",
            "job",
            "id",
            sqlite_where=text("error IS NOT NULL"),
            postgresql_where=text("error IS NOT NULL"),
        ),
    )

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
    work: Work
    claims_rows: bool


@dataclass(frozen=True, slots=True)
class JobStatus:
    """How a job is doing.

    Attributes:
        name: Of the job.
        every_s: Seconds between runs.
        last_at: When it last started, or None.
        took: How long that run took; None while it runs or when it broke off.
        next_at: When it is due again; in the past when no worker runs.
        error: What went wrong last, or None.
        error_at: When that was.
    """

    name: str
    every_s: int
    last_at: datetime | None
    took: timedelta | None
    next_at: datetime | None
    error: str | None
    error_at: datetime | None


_jobs: dict[str, Job] = {}


def register(name: str, *, every_s: int, work: Work, claims_rows: bool = False) -> None:
    """Add a job. ``work`` is called with the current moment and opens its own transactions.

    Args:
        name: Unique, like ``notifications.deliver``.
        every_s: Seconds between runs.
        work: What to do. It may return after how many seconds there is more to do, 0 for at once.
        claims_rows: The work itself claims what it handles, so every worker may run every tick
            and no slot is written. Otherwise a slot is done by one worker alone.
    """
    _jobs[name] = Job(name, every_s, work, claims_rows)


def registered() -> list[Job]:
    """Return every job, by name."""
    return sorted(_jobs.values(), key=lambda job: job.name)


def is_stopping() -> bool:
    """Tell whether the worker was told to stop; long work looks at it between two steps."""
    return _stopping.is_set()


def pause(seconds: float) -> None:
    """Wait, or not at all once the worker was told to stop."""
    _stopping.wait(seconds)


def status_of_all(jobs: list[Job] | None = None) -> list[JobStatus]:
    """Return how every job is doing, by name."""
    newest = select(JobRun.job, func.max(JobRun.slot)).group_by(JobRun.job)
    is_last = or_(tuple_(JobRun.job, JobRun.slot).in_(newest), JobRun.slot == SIGN_OF_LIFE)
    runs: dict[str, JobRun] = {}
    for run in db.session.scalars(select(JobRun).where(is_last).order_by(JobRun.started_at)):
        runs[run.job] = run
    failed = select(func.max(JobRun.id)).where(JobRun.error.is_not(None)).group_by(JobRun.job)
    errors = {
        run.job: run for run in db.session.scalars(select(JobRun).where(JobRun.id.in_(failed)))
    }
    known = registered() if jobs is None else jobs
    return [_status(job, runs.get(job.name), errors.get(job.name)) for job in known]


def _status(job: Job, run: JobRun | None, failed: JobRun | None) -> JobStatus:
    next_at = None
    if run is not None and not job.claims_rows:
        next_at = datetime.fromtimestamp((run.slot + 1) * job.every_s, UTC)
    elif run is not None:
        next_at = run.started_at + timedelta(seconds=job.every_s)
    return JobStatus(
        name=job.name,
        every_s=job.every_s,
        last_at=run.started_at if run else None,
        took=run.finished_at - run.started_at if run and run.finished_at else None,
        next_at=next_at,
        error=failed.error if failed else None,
        error_at=failed.started_at if failed else None,
    )


def _claim(job: Job, now: datetime) -> int | None:
    """Return the id of the slot's row when it is ours to do, None when another has it."""
    slot = int(now.timestamp()) // job.every_s
    taken = select(JobRun.id).where(JobRun.job == job.name, JobRun.slot == slot)
    if db.session.scalar(taken) is not None:
        _notice_clock_set_back(job, slot)
        return None
    try:
        with transaction():
            run = JobRun(job=job.name, slot=slot, started_at=now)
            db.session.add(run)
            db.session.flush()
            return run.id
    except IntegrityError:
        return None


def _notice_clock_set_back(job: Job, slot: int) -> None:
    """Forget slots far ahead of the current one: they come again, and must not count as done."""
    is_ahead = and_(
        JobRun.job == job.name, JobRun.slot > slot + 1 + CLOCKS_DIFFER.seconds // job.every_s
    )
    if db.session.scalar(select(JobRun.id).where(is_ahead).limit(1)) is not None:
        log.warning("the clock was set back; job %s goes on from here", job.name)
        with transaction():
            db.session.execute(delete(JobRun).where(is_ahead))


def run_once(job: Job, *, now: datetime) -> bool:
    """Do the job's current slot unless it was done; tell whether it was ours.

    An error is kept on the slot's row and logged, and the next slot runs as usual.
    """
    run_id = _claim(job, now)
    if run_id is None:
        return False
    _pause, error = _work(job, now)
    with transaction():
        run = db.session.get_one(JobRun, run_id)
        run.finished_at, run.error = clock.now(), error
    return True


def _work(job: Job, now: datetime) -> tuple[float | None, str | None]:
    """Do the work; return how soon there is more, and what went wrong."""
    try:
        return job.work(now), None
    except Exception as failure:
        log.exception("job %s failed", job.name)
        return None, f"{type(failure).__name__}: {failure}"[:MOST_OF_AN_ERROR]


def run_freely(job: Job, *, signs: dict[str, datetime]) -> None:
    """Do the work of a job that claims its rows itself until it has nothing more to do.

    Args:
        job: What to do.
        signs: When this process last left a sign of life of each job; changed here.
    """
    pause: float | None = 0.0
    while pause is not None and not _stopping.wait(pause):
        now = clock.now()
        pause, error = _work(job, now)
        last = signs.get(job.name)
        if error or last is None or abs(now - last) >= timedelta(seconds=SIGN_EVERY_S):
            signs[job.name] = now
            _leave_sign(job, now, error)


def _leave_sign(job: Job, now: datetime, error: str | None) -> None:
    values = {"started_at": now, "finished_at": clock.now()}
    with transaction():
        is_sign = and_(JobRun.job == job.name, JobRun.slot == SIGN_OF_LIFE)
        sign = db.session.scalar(select(JobRun).where(is_sign).with_for_update())
        if sign is None:
            _add_unless_there(JobRun(job=job.name, slot=SIGN_OF_LIFE, **values))
        else:
            sign.started_at, sign.finished_at = values["started_at"], values["finished_at"]
        if error:
            slot = int(now.timestamp())
            _add_unless_there(JobRun(job=job.name, slot=slot, error=error, **values))


def _add_unless_there(run: JobRun) -> None:
    """Add a row, unless another worker added it in this moment."""
    try:
        with db.session.begin_nested():
            db.session.add(run)
    except IntegrityError:
        log.debug("another worker noted job %s", run.job)


def _tick(app: Flask, job: Job, signs: dict[str, datetime]) -> None:
    with app.app_context():
        if job.claims_rows:
            run_freely(job, signs=signs)
        else:
            run_once(job, now=clock.now())


def run_worker(app: Flask) -> None:
    """Tick every job until the process is told to stop; what is in hand is finished first."""
    scheduler = BlockingScheduler(
        timezone="UTC",
        executors={"default": ThreadPoolExecutor(max(10, len(_jobs)))},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    signs: dict[str, datetime] = {}
    for job in registered():
        scheduler.add_job(
            _tick, "interval", args=(app, job, signs), seconds=_tick_s(job), id=job.name,
            next_run_time=clock.now(),
        )  # fmt: skip

    def stop(*_: object) -> None:
        _stopping.set()
        scheduler.shutdown(wait=False)

    Thread(target=_watch_clock, args=(scheduler,), daemon=True).start()
    signal.signal(signal.SIGTERM, stop)
    scheduler.start()


def _tick_s(job: Job) -> int:
    return min(job.every_s, LONGEST_TICK_S)


def _watch_clock(scheduler: BlockingScheduler) -> None:
    """Keep jobs going when the clock is set back: APScheduler alone would sleep it out."""
    drift = time.time() - time.monotonic()
    while not _stopping.wait(CLOCK_CHECK_S):
        drift_now = time.time() - time.monotonic()
        if abs(drift_now - drift) > CLOCK_JUMP_S:
            drift = drift_now
            for job in registered():
                scheduler.reschedule_job(job.name, trigger="interval", seconds=_tick_s(job))


def tidy(now: datetime) -> None:
    """Drop old runs, and note those that never ended because their worker was killed."""
    newest = select(func.max(JobRun.id)).group_by(JobRun.job)
    is_old = and_(JobRun.started_at < now - KEPT, JobRun.id.not_in(newest))
    broke_off = and_(JobRun.finished_at.is_(None), JobRun.started_at < now - LONGEST_RUN)
    with transaction():
        db.session.execute(delete(JobRun).where(is_old))
        noted = update(JobRun).where(broke_off).values(finished_at=now, error=BROKE_OFF)
        db.session.execute(noted)


register("worker.tidy", every_s=3600, work=tidy)


@commands.command("run")
def run() -> None:
    """Run every periodic job until stopped; any number of workers may run."""
    run_worker(current_app._get_current_object())  # type: ignore[attr-defined]


@commands.command("once")
def once() -> None:
    """Run every periodic job once, now, and stop."""
    for job in registered():
        _tick(current_app._get_current_object(), job, {})  # type: ignore[attr-defined]
