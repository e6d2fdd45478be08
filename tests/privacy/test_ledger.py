"""The list beside the backups closes again whom an older backup brings back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import factories
from tests.factories import HOUR, NOON
from tests.privacy.somebody import (
    TELLTALE,
    close,
    left_readable,
    totals,
)
from volunteer_hub.accounts.models import Person
from volunteer_hub.core import jobs
from volunteer_hub.core.database import db
from volunteer_hub.privacy import ledger, queries, rules


def job(name):
    return next(each for each in jobs.registered() if each.name == name)


@pytest.fixture
def place(app, tmp_path):
    app.config["DATA_DIR"] = tmp_path
    yield ledger.path_in(tmp_path)
    del app.config["DATA_DIR"]


def test_closing_names_the_account_by_its_id(somebody, client, place):
    client.sign_in(db.session.get(Person, somebody))
    client.post("/me/data/close/confirm", data={"is_sure": "y"})

    (line,) = place.read_text("utf-8").splitlines()
    assert line.startswith(f"{somebody} ")
    for telltale in TELLTALE:
        assert telltale not in line
    assert place.stat().st_mode & 0o077 == 0


def test_whoever_an_older_backup_brings_back_is_closed_again(somebody, place):
    mark = rules.mark_of(somebody, db.session.get(Person, somebody).created_at)
    ledger.write(place, [queries.Closed(somebody, mark, NOON)])
    counted = totals()

    jobs.run_once(job("privacy.ledger"), now=NOON + HOUR)

    assert left_readable() == {}
    assert totals() == counted
    assert ledger.replay(place, now=NOON + HOUR) == 0


def test_somebody_else_who_got_the_same_id_is_left_alone(somebody, place):
    began = db.session.get(Person, somebody).created_at + timedelta(seconds=1)
    ledger.write(place, [queries.Closed(somebody, rules.mark_of(somebody, began), NOON)])

    assert ledger.replay(place, now=NOON + HOUR) == 0
    assert db.session.get(Person, somebody).erased_at is None


def test_a_leader_whom_a_backup_brings_back_is_closed_all_the_same(app, place):
    leader = factories.organiser()
    mark = rules.mark_of(leader.id, leader.created_at)
    ledger.write(place, [queries.Closed(leader.id, mark, NOON)])
    assert ledger.replay(place, now=NOON) == 1


def test_what_the_file_lost_comes_back_from_the_database(somebody, place):
    close(somebody)
    jobs.run_once(job("privacy.ledger"), now=NOON)
    assert [closed.person_id for closed in ledger.read(place)] == [somebody]


def test_lines_that_are_none_do_no_harm(place):
    closed = queries.Closed(7, "m" * 32, NOON)
    ledger.write(place, [closed])
    with place.open("a") as opened:
        opened.write("\nhalf a li")
    assert ledger.read(place) == [closed]
    assert not ledger.write(place, [closed])


def test_a_full_disk_stops_no_closing(somebody, client, place, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(ledger, "write", full)
    client.sign_in(db.session.get(Person, somebody))
    answer = client.post("/me/data/close/confirm", data={"is_sure": "y"})
    assert answer.location == "/closed"
