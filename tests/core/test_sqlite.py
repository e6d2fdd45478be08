from __future__ import annotations

import sqlite3
import threading
import time

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from volunteer_hub.core import sqlite
from volunteer_hub.core.errors import BusyError
from volunteer_hub.core.sqlite import WRITES, Gate, turn

WRITERS, ROUNDS = 32, 5


@pytest.fixture
def engine(tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path / 'x.db'}", **sqlite.ENGINE_OPTIONS)
    sqlite.install(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE counter (n INTEGER NOT NULL)")
        connection.exec_driver_sql("INSERT INTO counter VALUES (0)")
        connection.commit()
    yield engine
    engine.dispose()


def test_thirty_two_writers_lose_no_update(engine):
    failures = []

    def write():
        for _ in range(ROUNDS):
            try:
                with engine.connect().execution_options(**{WRITES: True}) as connection:
                    number = connection.execute(text("SELECT n FROM counter")).scalar_one()
                    connection.execute(text("UPDATE counter SET n = :n"), {"n": number + 1})
                    connection.commit()
            except Exception as error:
                failures.append(error)

    threads = [threading.Thread(target=write) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with engine.connect() as connection:
        counted = connection.execute(text("SELECT n FROM counter")).scalar_one()
    assert failures == []
    assert counted == WRITERS * ROUNDS


def test_writers_that_wait_hold_no_connection_and_use_the_one_of_the_last(engine):
    held, used = [], set()

    def write():
        with turn(engine):
            connection = engine.connect().execution_options(**{WRITES: True})
            connection.begin()
        with connection:
            held.append(engine.pool.checkedout())
            used.add(connection.connection.dbapi_connection)
            connection.execute(text("UPDATE counter SET n = n + 1"))
            connection.commit()

    threads = [threading.Thread(target=write) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert held == [1] * WRITERS
    assert len(used) == 1


def test_who_waited_at_the_gate_waits_the_less_for_the_database(engine, tmp_path, monkeypatch):
    enter = Gate.enter
    monkeypatch.setattr(Gate, "enter", lambda gate, **_: min(enter(gate), 0.05))
    stranger = sqlite3.connect(engine.url.database, isolation_level=None)
    stranger.execute("BEGIN IMMEDIATE")
    begun = time.monotonic()
    with pytest.raises(OperationalError):
        engine.connect().execution_options(**{WRITES: True}).begin()
    assert time.monotonic() - begun < 1
    stranger.close()

    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 5000


def test_a_turn_that_begins_nothing_is_over(engine):
    with turn(engine):
        pass
    with pytest.raises(OperationalError), turn(engine):
        raise OperationalError("", {}, Exception())
    with turn(engine), engine.connect().execution_options(**{WRITES: True}) as connection:
        connection.execute(text("UPDATE counter SET n = n + 1"))
        connection.commit()


def test_every_connection_keeps_foreign_keys_and_full_durability(engine):
    with engine.connect() as connection:
        found = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("foreign_keys", "journal_mode", "synchronous")
        ]

    assert found == [1, "wal", 2]


def test_a_writer_that_waits_too_long_is_told_so(tmp_path):
    gate = Gate(str(tmp_path / "gate"))
    gate.enter()

    with pytest.raises(BusyError):
        gate.enter(wait_s=0.05)

    gate.leave()
    gate.enter(wait_s=0.05)
    gate.leave()


def test_two_processes_share_the_gate_through_its_file(tmp_path):
    mine, theirs = Gate(str(tmp_path / "gate")), Gate(str(tmp_path / "gate"))
    mine.enter()

    with pytest.raises(BusyError):
        theirs.enter(wait_s=0.05)

    mine.leave()
    theirs.enter(wait_s=0.05)
    theirs.leave()
