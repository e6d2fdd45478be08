"""Races on purpose: locks taken away, and people who all read before the first of them writes."""

from __future__ import annotations

import re
from contextlib import contextmanager
from threading import Barrier, Thread

from sqlalchemy import event

from volunteer_hub.core.database import db
from volunteer_hub.core.sqlite import GATE_WAIT_S, Gate
from volunteer_hub.core.transaction import transaction

PATIENCE_S = 20  # a test that would wait for ever fails instead
_ROW_LOCK = re.compile(r"\s+FOR (?:NO KEY UPDATE|UPDATE|KEY SHARE|SHARE)(?: OF \w+)?\s*$")


@contextmanager
def without_locks(monkeypatch):
    """Take the locks away: PostgreSQL's on rows and names; on SQLite the gate and BEGIN IMMEDIATE.

    SQLite is left as its driver has it by default: a transaction begins with the first write.
    """

    def strip(connection, cursor, statement, parameters, _context, _many):
        if statement.startswith("BEGIN"):
            cursor.connection.isolation_level = ""
            return "SELECT 1", parameters
        bare = _ROW_LOCK.sub("", statement)
        return bare.replace("pg_advisory_xact_lock(", "abs("), parameters

    monkeypatch.setattr(Gate, "enter", lambda _gate, **_: GATE_WAIT_S)
    monkeypatch.setattr(Gate, "leave", lambda _gate: None)
    _begin_afresh()
    event.listen(db.engine, "before_cursor_execute", strip, retval=True)
    try:
        yield
    finally:
        event.remove(db.engine, "before_cursor_execute", strip)
        monkeypatch.undo()
        _begin_afresh()


def _begin_afresh():
    """Use new connections from here on."""
    db.session.remove()
    db.engine.dispose()


def meet_after(monkeypatch, where, name, *, meeting=None):
    """Let two who call this function wait, with what it gave them, until both have called it.

    Returns the meeting, to which callers of another function may come instead.
    """
    call, meeting = getattr(where, name), meeting or Barrier(2, timeout=PATIENCE_S)

    def called(*args, **kwargs):
        found = call(*args, **kwargs)
        meeting.wait()
        return found

    monkeypatch.setattr(where, name, called)
    return meeting


def all_together(app, works):
    """Do each work in a transaction and thread of its own, started together.

    Returns what each gave back, or the error it ended with.
    """
    start, results = Barrier(len(works), timeout=PATIENCE_S), [None] * len(works)

    def run(place, work):
        with app.app_context():
            start.wait()
            try:
                with transaction():
                    results[place] = work()
            except Exception as error:
                results[place] = error
            finally:
                db.session.remove()

    db.session.remove()
    threads = [Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
        assert not thread.is_alive(), "somebody waits for ever"
    return results
