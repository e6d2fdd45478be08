from __future__ import annotations

from datetime import timedelta

import pytest

from tests import factories
from tests.client import counted_queries
from tests.factories import NOON
from volunteer_hub.admin import wording
from volunteer_hub.core import jobs
from volunteer_hub.core.jobs import Job


@pytest.fixture
def office(client, at):
    """Return the client of somebody in the city's office; it is noon."""
    at(NOON)
    client.sign_in(factories.office())
    return client


@pytest.fixture
def own_jobs(app, monkeypatch):
    """Return the list of jobs, empty for this test."""
    known = {}
    monkeypatch.setattr(jobs, "_jobs", known)
    return known


def test_the_page_shows_every_job_and_when_it_runs(office, own_jobs):
    own_jobs["accounts.tidy"] = Job("accounts.tidy", 3600, lambda _now: None, claims_rows=False)
    jobs.run_once(own_jobs["accounts.tidy"], now=NOON)

    page = office.get("/admin/jobs").text

    for shown in ("清理过期的登录和验证码", "accounts.tidy", "每 1 小时", "9月5日（周六） 12:00",
                  "9月5日（周六） 13:00", "0.00 秒"):  # fmt: skip
        assert shown in page
    assert "没有按时" not in page


def test_the_page_shows_what_went_wrong(office, own_jobs, caplog):
    def fail(_now):
        raise OSError("disk full")

    own_jobs["sad"] = Job("sad", 60, fail, claims_rows=False)
    jobs.run_once(own_jobs["sad"], now=NOON)

    assert "OSError: disk full" in office.get("/admin/jobs").text


def test_a_worker_that_is_gone_is_noticed(office, own_jobs, at):
    own_jobs["often"] = Job("often", 60, lambda _now: None, claims_rows=False)
    jobs.run_once(own_jobs["often"], now=NOON)
    at(NOON + timedelta(minutes=7))

    page = office.get("/admin/jobs").text

    assert "有任务没有按时运行" in page
    assert "没有按时" in page


def test_the_page_costs_few_queries_however_many_jobs_there_are(office):
    for job in jobs.registered():
        if not job.claims_rows:
            jobs._leave_sign(job, NOON, None)
    with counted_queries() as statements:
        office.get("/admin/jobs")
    assert len(statements) <= 12


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(1, "每 1 秒"), (60, "每 1 分钟"), (7200, "每 2 小时"), (86_400, "每 1 天"), (90, "每 90 秒")],
)
def test_intervals_in_words(app, seconds, said):
    assert wording.interval_in_words(seconds) == said


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.1234, "0.12 秒"), (42.4, "42 秒"), (130, "2 分钟")]
)
def test_lengths_in_words(app, seconds, said):
    assert wording.length_in_words(timedelta(seconds=seconds)) == said


def test_every_job_has_words(app):
    silent = [job.name for job in jobs.registered() if wording.job_in_words(job.name) == job.name]
    assert silent == []
