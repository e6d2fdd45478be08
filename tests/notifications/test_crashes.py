"""A worker may die at any point of its round: nothing is lost, at most one is sent twice."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta

import pytest

from tests import factories
from tests.factories import NOON
from tests.notifications.conftest import running
from tests.notifications.sending import deliveries, messages, queue, work
from volunteer_hub.core import clock, outbox
from volunteer_hub.core.database import db
from volunteer_hub.core.outbox import Draft
from volunteer_hub.core.paths import ROOT
from volunteer_hub.core.transaction import transaction
from volunteer_hub.notifications import tasks
from volunteer_hub.notifications.actions.delivering import LEASE
from volunteer_hub.notifications.models import DeliveryState

MESSAGES = 6
# Every point a round passes, and how many messages are sent twice when a worker dies there: only
# the one that the other side has taken and that is not marked yet.
POINTS = {"routing": 0, "routed": 0, "claiming": 0, "claimed": 0, "sent": 1, "marked": 0}


class KilledError(BaseException):
    """The end of a worker: no code of ours may catch it."""


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("nth", [1, 3])
def test_nothing_is_lost_and_at_most_the_one_in_flight_is_repeated(
    mailbox, monkeypatch, point, nth
):
    for _ in range(MESSAGES):
        queue(factories.person())
    seen = Counter()

    def die(reached):
        seen[reached] += 1
        if reached == point and seen[point] == (nth if point in ("sent", "marked") else 1):
            raise KilledError

    monkeypatch.setattr(tasks, "reached", die)
    with pytest.raises(KilledError):
        work(NOON)
    db.session.remove()
    monkeypatch.setattr(tasks, "reached", lambda _point: None)

    work(NOON + timedelta(seconds=1))
    work(NOON + LEASE)

    keys = Counter(parcel.key for parcel in mailbox.parcels)
    assert len(keys) == MESSAGES
    assert sum(keys.values()) == MESSAGES + POINTS[point]
    assert [d.state for d in deliveries()] == [DeliveryState.SENT] * MESSAGES


def test_every_point_of_a_round_is_known_here(mailbox, monkeypatch):
    queue(factories.person())
    passed = []
    monkeypatch.setattr(tasks, "reached", passed.append)

    work(NOON)

    assert set(passed) == set(POINTS)


WORKER = """
import sys
from datetime import timedelta
from config import Settings
from volunteer_hub import create_app
from volunteer_hub.core import jobs
from volunteer_hub.notifications.actions import delivering

delivering.LEASE = timedelta(seconds=1)  # nobody waits three minutes here
settings = Settings(
    secret_key="test" * 10, database_url=sys.argv[1], environment="production",
    public_url="http://localhost", sms_url=sys.argv[2], sms_key="k", sms_secret="s",
    sms_signature="s",
)
app = create_app(settings)
for job in jobs.registered():
    if not job.name.startswith("messages."):
        del jobs._jobs[job.name]
jobs.run_worker(app)
"""
KILLS = 3
PATIENCE_S = 60


def wait_until(is_so) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline, "nothing happened"
        time.sleep(0.005)


def queue_for(count: int) -> int:
    """Queue a message for so many people, at any hour."""
    people = [factories.person().id for _ in range(count)]
    drafts = [
        Draft(kind="welcome", to=outbox.to_person(each), emergency="a test, at any hour")
        for each in people
    ]
    with transaction():
        outbox.enqueue_all(drafts, now=clock.now())
    db.session.remove()
    return len(people)


def kill_workers(gateway, database, log_path) -> str:
    """Kill one worker after the other in the middle of its work; return what they logged.

    The last one may finish.
    """
    url = f"http://127.0.0.1:{gateway.port}/sms"
    with log_path.open("wb") as log:
        for kill in range(KILLS + 1):
            worker = subprocess.Popen(
                [sys.executable, "-c", WORKER, database.url, url], cwd=ROOT, stderr=log
            )
            try:
                if kill < KILLS:
                    aim = (kill + 1) * 12
                    wait_until(lambda aim=aim: len(gateway.taken()) >= aim)
                else:
                    wait_until(lambda: all(d.state is DeliveryState.SENT for d in deliveries()))
            finally:
                worker.send_signal(signal.SIGKILL)
                worker.wait()
    return log_path.read_text()


@pytest.mark.timeout(400)  # it starts five processes, one after the other
def test_workers_killed_for_real_lose_nothing(database, app, tmp_path):
    """A kill repeats the one in flight at most; and so does an answer that never came, which a
    busy machine may cause and the worker then writes in its log (docs/decisions/0008-delivery.md).
    """
    people = queue_for(60)

    with running("gateway", tmp_path, "--pause", "0.02") as gateway:
        log = kill_workers(gateway, database, tmp_path / "workers.log")

    taken = gateway.taken()
    keys = Counter(line["key"] for line in taken)
    unanswered = log.count("failed: TryAgainError")
    assert len(keys) == people
    assert len(taken) - people <= KILLS + unanswered, log
    assert max(keys.values()) <= 2 + unanswered
    assert [m.dropped for m in messages()] == [None] * people


def test_a_worker_told_to_stop_finishes_what_it_has_in_hand(database, app, tmp_path):
    people = queue_for(40)

    with running("gateway", tmp_path, "--pause", "0.05") as gateway:
        url = f"http://127.0.0.1:{gateway.port}/sms"
        worker = subprocess.Popen([sys.executable, "-c", WORKER, database.url, url], cwd=ROOT)
        try:
            wait_until(lambda: len(gateway.taken()) >= 3)
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(PATIENCE_S) == 0
        finally:
            worker.kill()

    sent = [d for d in deliveries() if d.state is DeliveryState.SENT]
    assert 3 <= len(sent) == len(gateway.taken()) < people
    assert [d.claimed_by for d in deliveries()] == [None] * people
