from __future__ import annotations

import gc

import hypothesis
import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from config import Settings
from tests.client import CarefulClient, HurriedClient
from tests.databases import Database, SqliteDatabase, start_database
from volunteer_hub import create_app
from volunteer_hub.core import clock, outbox
from volunteer_hub.core.database import db
from volunteer_hub.core.remembered import Remembered, forget_what_was_written
from volunteer_hub.core.security import limiter
from volunteer_hub.notifications import kinds

pytest_plugins = ["tests.skips"]

# How long an example takes says more about the machine than about the code.
hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")

# Pytest, the site and all tests are half a million objects that stay; looking through them again
# and again for garbage took a tenth of the time of all tests.
gc.set_threshold(100_000, 20, 50)


# Rows that the site reads once per process. Actions say when they wrote some; tests put them there.
REMEMBERED = {
    "campaign", "catalogue_entry", "region", "reminder_plan", "site_number", "special_day",
    "work_year",
}  # fmt: skip


@event.listens_for(Session, "after_flush")
def _mark_written(session, _context):
    session.info["written"] = True
    if any(row.__tablename__ in REMEMBERED for row in (*session.new, *session.deleted)):
        for each in Remembered.everything:
            each.was_written = True


@event.listens_for(Session, "after_commit")
@event.listens_for(Session, "after_soft_rollback")
def _mark_kept(session, *_):
    session.info["written"] = False


def pytest_addoption(parser):
    parser.addoption(
        "--database",
        choices=["sqlite", "postgresql"],
        default="sqlite",
        help="which database the tests that need one run on",
    )
    parser.addoption(
        "--pictures",
        metavar="FOLDER",
        help="keep a picture of every page that browser tests look at, at each size",
    )


def pytest_collection_modifyitems(config, items):
    """Leave out, on PostgreSQL, what would do there exactly what it does on SQLite."""
    if config.getoption("--database") == "sqlite":
        return
    needs, needs_not = [], []
    for item in items:
        (needs if "database" in getattr(item, "fixturenames", ()) else needs_not).append(item)
    config.hook.pytest_deselected(items=needs_not)
    items[:] = needs


@pytest.fixture(scope="session")
def database(request, tmp_path_factory, worker_id):
    """Return the database of this test process, made by the real migrations once."""
    kind = request.config.getoption("--database")
    started = start_database(kind, tmp_path_factory.mktemp("database"), worker_id)
    yield started
    started.stop()


@pytest.fixture(scope="session")
def worker_id(request):
    """Return which of the parallel test processes this is; plain pytest has one."""
    return getattr(request.config, "workerinput", {}).get("workerid", "master")


@pytest.fixture(scope="session")
def _application(database: Database):
    application = create_app(
        Settings(
            secret_key="test" * 10,
            database_url=database.url,
            environment="development",
            public_url="http://localhost",
        )
    )
    application.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=True, RATELIMIT_ENABLED=True)
    is_first = isinstance(database, SqliteDatabase)
    application.test_client_class = CarefulClient if is_first else HurriedClient
    with application.app_context():
        database.prepare()
    return application


@pytest.fixture
def app(_application, database: Database):
    """Return the application on a database that holds regions, catalogue and campaigns alone."""
    database.reset()
    with _application.app_context():
        limiter.reset()
        forget_what_was_written()
        yield _application
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(autouse=True)
def _queued_messages_can_be_worded(request, monkeypatch):
    """Refuse what a feature queues and its kind does not declare: no reader would ever get it."""
    if request.path.parent.name in ("notifications", "admin"):  # they queue odd ones on purpose
        return
    row = outbox._row

    def checked(draft, now):
        kind = kinds.find_kind(draft.kind)
        if kind is not None and not {"sealed", "nonce"} & draft.params.keys():
            kind.facts(draft.params)
        return row(draft, now)

    monkeypatch.setattr(outbox, "_row", checked)


@pytest.fixture
def client(app):
    """Return a browser-like client that nobody signed in on."""
    return app.test_client()


@pytest.fixture
def at(monkeypatch):
    """Return a function that sets the clock to a moment."""

    def set_clock(moment):
        monkeypatch.setattr(clock, "now", lambda: moment)
        return moment

    return set_clock
