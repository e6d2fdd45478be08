"""What was confirmed before there was a ledger comes to the same in it."""

from __future__ import annotations

import json

import pytest
from alembic import command
from sqlalchemy import func, select, text

from tests import factories
from tests.core.test_migrations import migrate
from volunteer_hub.core.database import db
from volunteer_hub.core.paths import MIGRATIONS
from volunteer_hub.recognition import queries
from volunteer_hub.recognition.models import HoursEntry, HoursKind, ServiceRecord


def ledger_revision():
    (file,) = (MIGRATIONS / "versions").glob("*_hours_ledger.py")
    return file.name.partition("_")[0]


@pytest.fixture
def before(app, database, tmp_path, monkeypatch):
    """Return the totals of records as they stood before the migration."""
    monkeypatch.setitem(app.config, "DATA_DIR", tmp_path)
    volunteer = factories.volunteer()
    volunteer_id = volunteer.id
    for minutes, kind in ((150, HoursKind.TIMED), (90, HoursKind.ADDED), (0, HoursKind.NO_SHOW)):
        factories.record(factories.assignment(to=volunteer), minutes, kind)
    migrate(MIGRATIONS, f"{ledger_revision()}-1", command.downgrade)
    yield volunteer_id
    database.shipped = None


def test_every_confirmed_hour_is_kept(app, before):
    rows = "SELECT kind, sum(minutes) FROM service_record GROUP BY kind ORDER BY kind"
    was = [tuple(row) for row in db.session.execute(text(rows))]
    migrate(MIGRATIONS)

    totals = queries.totals_of(before)
    assert was == [("added", 90), ("no_show", 0), ("timed", totals.timed)]
    assert (totals.added, totals.timed, totals.times) == (90, 150, 2)
    assert db.session.scalar(select(func.sum(HoursEntry.minutes))) == 240
    sources = select(HoursEntry.source, HoursEntry.evidence, HoursEntry.rule_version)
    assert {tuple(row) for row in db.session.execute(sources)} == {
        ("scans", "scanned", "usual-1"),
        ("claim", "vouched", "usual-1"),
    }
    working = db.session.scalars(select(HoursEntry.working)).first()
    assert json.dumps(working["days"]) == '{"2026-09-06": 150}'
    assert db.session.scalar(select(func.count()).select_from(ServiceRecord)) == 3
