from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.factories import NOON
from volunteer_hub.core.database import db
from volunteer_hub.core.jobs import Job, JobRun, run_once

pytestmark = pytest.mark.usefixtures("app")


def test_a_slot_is_done_once_whoever_asks_first():
    done = []
    job = Job("count", 60, done.append, claims_rows=False)

    assert run_once(job, now=NOON) is True
    assert run_once(job, now=NOON + timedelta(seconds=59)) is False
    assert run_once(job, now=NOON + timedelta(seconds=60)) is True
    assert done == [NOON, NOON + timedelta(seconds=60)]


def test_a_job_that_fails_is_noted_and_runs_again_next_time(caplog):
    def fail(_now):
        raise RuntimeError("no network")

    job = Job("fail", 60, fail, claims_rows=False)
    run_once(job, now=NOON)
    run_once(job, now=NOON + timedelta(seconds=60))

    errors = db.session.scalars(select(JobRun.error).order_by(JobRun.slot)).all()
    assert errors == ["RuntimeError: no network"] * 2
    assert "job fail failed" in caplog.text
