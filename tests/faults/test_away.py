"""The database is away for a moment: pages say so, whatever their frame would ask of it."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import InterfaceError, OperationalError, PendingRollbackError
from sqlalchemy.orm import Session

from tests import factories
from volunteer_hub.core import database
from volunteer_hub.core.database import db

AWAY = [
    OperationalError("SELECT 1", {}, Exception("server closed the connection unexpectedly")),
    InterfaceError("SELECT 1", {}, Exception("connection already closed")),
    PendingRollbackError("Can't reconnect until invalid transaction is rolled back."),
]


@pytest.fixture(params=AWAY, ids=lambda error: type(error).__name__)
def away(request, app, monkeypatch):
    """Let the database answer nothing, as long as this is patched."""
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)

    def fail(*_rest, **_more):
        raise request.param

    def go_away():
        for name in ("execute", "scalar", "scalars", "get"):
            monkeypatch.setattr(Session, name, fail)

    return go_away


@pytest.mark.parametrize("path", ["/", "/events", "/e/1", "/me", "/organise", "/healthz"])
def test_people_are_told_in_words_and_when_to_come_back(client, away, path):
    client.sign_in(factories.organiser())
    away()

    answer = client.get(path)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert 'data-error="busy"' in answer.text


def test_programs_are_told_as_well(client, away):
    away()
    answer = client.get("/e/1", headers={"Accept": "application/json"})
    assert answer.status_code == 503
    assert answer.json["type"] == "/problems/busy"


def test_a_connection_that_died_after_all_was_read_is_nobodys_error(app, monkeypatch):
    given_up = []

    def die(_session):
        raise AWAY[0]

    with monkeypatch.context() as dying:
        dying.setattr(Session, "close", die)
        dying.setattr(Session, "invalidate", lambda session: given_up.append(session))
        database._let_go(None)

    assert given_up == [db.session()]


def test_a_foreign_host_is_refused_and_repeated_nowhere(app, client, monkeypatch):
    monkeypatch.setitem(app.config, "TRUSTED_HOSTS", ["localhost"])
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    answer = client.get("/events", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert "evil" not in answer.text
    assert client.get("/events").status_code == 200
