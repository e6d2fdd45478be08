from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.factories import NOON
from volunteer_hub.core import jobs
from volunteer_hub.core.database import db
from volunteer_hub.core.jobs import Job, JobRun, run_freely, run_once, status_of_all

pytestmark = pytest.mark.usefixtures("app")

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


def runs():
    db.session.rollback()
    return db.session.scalars(select(JobRun).order_by(JobRun.id)).all()


def status_of(job):
    db.session.rollback()
    (status,) = status_of_all([job])
    return status


def test_a_slot_is_done_once_whoever_asks_first():
    done = []
    job = Job("count", 60, done.append, claims_rows=False)

    assert run_once(job, now=NOON) is True
    assert run_once(job, now=NOON + 59 * SECOND) is False
    assert run_once(job, now=NOON + 60 * SECOND) is True
    assert done == [NOON, NOON + 60 * SECOND]


def test_slots_missed_while_no_worker_ran_are_one_run():
    done = []
    job = Job("count", 60, done.append, claims_rows=False)

    run_once(job, now=NOON)
    run_once(job, now=NOON + 5 * HOUR)
    run_once(job, now=NOON + 5 * HOUR)

    assert done == [NOON, NOON + 5 * HOUR]


def test_a_job_that_fails_is_noted_and_runs_again_next_time(caplog):
    def fail(_now):
        raise RuntimeError("no network")

    job = Job("fail", 60, fail, claims_rows=False)
    run_once(job, now=NOON)
    run_once(job, now=NOON + 60 * SECOND)

    errors = [run.error for run in runs()]
    assert errors == ["RuntimeError: no network"] * 2
    assert "job fail failed" in caplog.text


@pytest.mark.parametrize("every_s", [60, 600])
def test_a_clock_set_back_an_hour_does_not_stop_a_job(every_s):
    done = []
    job = Job("count", every_s, done.append, claims_rows=False)
    for minute in range(0, 61, every_s // 60):
        run_once(job, now=NOON + minute * MINUTE)
    before = len(done)

    # An hour later by the watch, noon again by the clock.
    for second in range(0, 1800, 30):
        run_once(job, now=NOON + second * SECOND)

    stopped_for_s = (done[before] - NOON).total_seconds()
    assert stopped_for_s <= max(2 * every_s, 4 * 60)
    slots = [run.slot for run in runs()]
    assert len(slots) == len(set(slots))


def test_a_clock_set_forward_an_hour_runs_a_job_once():
    done = []
    job = Job("count", 60, done.append, claims_rows=False)
    for moment in (NOON, NOON + HOUR, NOON + HOUR + SECOND):
        run_once(job, now=moment)
    assert done == [NOON, NOON + HOUR]


def test_clocks_that_differ_by_a_minute_do_not_undo_each_others_slots():
    done = []
    job = Job("count", 60, done.append, claims_rows=False)

    run_once(job, now=NOON + MINUTE)
    run_once(job, now=NOON)
    run_once(job, now=NOON)
    run_once(job, now=NOON + MINUTE)

    assert done == [NOON + MINUTE, NOON]


def test_a_job_that_claims_rows_goes_on_until_nothing_is_left(at):
    at(NOON)
    pauses = iter([0, 0.001, None])
    done = []

    def work(now):
        done.append(now)
        return next(pauses)

    run_freely(Job("free", 1, work, claims_rows=True), signs={})

    assert done == [NOON] * 3


def test_it_leaves_a_sign_of_life_once_a_minute_in_one_row(at):
    signs = {}
    job = Job("free", 1, lambda _now: None, claims_rows=True)
    for second in (0, 1, 59, 60, 61):
        at(NOON + second * SECOND)
        run_freely(job, signs=signs)

    (sign,) = runs()
    assert (sign.slot, sign.started_at) == (jobs.SIGN_OF_LIFE, NOON + MINUTE)
    assert status_of(job).last_at == NOON + MINUTE
    assert status_of(job).next_at == NOON + MINUTE + SECOND


def test_its_last_error_is_kept_after_it_works_again(at, caplog):
    signs, trouble = {}, [OSError("disk full")]

    def work(_now):
        if trouble:
            raise trouble.pop()

    job = Job("free", 1, work, claims_rows=True)
    at(NOON)
    run_freely(job, signs=signs)
    at(NOON + 2 * MINUTE)
    run_freely(job, signs=signs)

    status = status_of(job)
    assert (status.error, status.error_at) == ("OSError: disk full", NOON)
    assert status.last_at == NOON + 2 * MINUTE
    assert "job free failed" in caplog.text


def test_the_status_of_a_job_tells_when_it_ran_how_long_and_when_it_runs_next(at):
    job = Job("slow", 3600, lambda _now: at(NOON + 7 * SECOND) and None, claims_rows=False)
    at(NOON)
    assert status_of(job).last_at is None

    run_once(job, now=NOON)

    status = status_of(job)
    assert (status.last_at, status.took) == (NOON, 7 * SECOND)
    assert (status.next_at, status.error) == (NOON + HOUR, None)


def test_tidying_drops_old_runs_but_the_last_and_notes_broken_ones():
    job = Job("count", 60, lambda _now: None, claims_rows=False)
    for minute in (0, 1, 2):
        run_once(job, now=NOON + minute * MINUTE)
    db.session.rollback()
    db.session.add(JobRun(job="other", slot=1, started_at=NOON))
    db.session.commit()

    jobs.tidy(NOON + 2 * HOUR)
    assert [run.error for run in runs() if run.job == "other"] == [jobs.BROKE_OFF]

    jobs.tidy(NOON + jobs.KEPT + HOUR)
    assert [(run.job, run.started_at) for run in runs()] == [
        ("count", NOON + 2 * MINUTE),
        ("other", NOON),
    ]


def test_every_registered_job_has_a_name_of_its_own_and_an_interval():
    assert all(job.every_s >= 1 for job in jobs.registered())
    assert "worker.tidy" in [job.name for job in jobs.registered()]
