"""Migrations lose nothing: not child rows, not rows by mistake, not half of it when killed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import func, inspect, select, text

from tests import factories
from tests.tooling.test_server import eventually
from volunteer_hub.accounts.models import Person
from volunteer_hub.core import backup
from volunteer_hub.core.database import db
from volunteer_hub.core.paths import MIGRATIONS, ROOT
from volunteer_hub.organisations.models import Membership, Organisation

pytestmark = pytest.mark.usefixtures("app", "folder")

MIGRATION = """
import os, time
from pathlib import Path
import sqlalchemy as sa
from alembic import op

revision, down_revision = "9001", {head!r}
{more}

def upgrade():
{body}

def downgrade():
    pass
"""
# Recreates a table that others refer to, as Alembic must on SQLite.
RECREATE = """
    recreate = "always" if op.get_bind().dialect.name == "sqlite" else "never"
    with op.batch_alter_table("organisation", recreate=recreate) as organisation:
        organisation.add_column(sa.Column("nickname", sa.String(40), nullable=True))
"""
LOSE = "    op.execute('DELETE FROM request_key')"
CHILD = """
import sys
from flask_migrate import upgrade
from config import Settings
from pathlib import Path
from volunteer_hub import create_app

app = create_app(Settings(secret_key="test" * 10, database_url=sys.argv[1]))
app.config["DATA_DIR"] = Path(sys.argv[2])
with app.app_context():
    upgrade(directory=sys.argv[3])
"""


@pytest.fixture
def folder(app, database, tmp_path, monkeypatch):
    """Return where this test keeps its backups; the database is made again after it."""
    monkeypatch.setitem(app.config, "DATA_DIR", tmp_path)
    yield tmp_path
    database.shipped = None  # emptying its tables would leave the schema as the test left it


def with_migration(folder: Path, body: str, more: str = "") -> Path:
    """Return the project's migrations with one more."""
    place = folder / "migrations"
    shutil.copytree(MIGRATIONS, place, ignore=shutil.ignore_patterns("__pycache__"))
    written = MIGRATION.format(head=head_of(place), more=more, body=body)
    (place / "versions" / "9001_throw_away.py").write_text(written)
    return place


def head_of(place: Path) -> str | None:
    return ScriptDirectory(str(place)).get_current_head()


def migrate(place: Path, to: str = "head", work=command.upgrade) -> None:
    db.session.remove()
    work(current_app.extensions["migrate"].migrate.get_config(str(place)), to)


def version() -> str | None:
    return db.session.execute(text("SELECT version_num FROM alembic_version")).scalar()


def count(model) -> int:
    return db.session.scalar(select(func.count()).select_from(model))


def columns() -> set[str]:
    return {column["name"] for column in inspect(db.engine).get_columns("organisation")}


def backups(folder: Path) -> list[Path]:
    return backup.made_in(folder / "backups")


def test_up_down_and_up_again(folder):
    migrate(MIGRATIONS, "base", command.downgrade)
    assert inspect(db.engine).get_table_names() == ["alembic_version"]
    migrate(MIGRATIONS)
    assert version() == head_of(MIGRATIONS)
    assert count(Person) == 0


def test_child_rows_survive_a_parent_table_that_is_made_again(folder):
    member_id = factories.organiser().id

    migrate(with_migration(folder, RECREATE))

    assert "nickname" in columns()
    assert (count(Organisation), count(Membership)) == (1, 1)
    assert db.session.scalar(select(Membership.person_id)) == member_id


def test_references_hold_again_after_a_migration(app, folder):
    migrate(with_migration(folder, RECREATE))

    with db.engine.connect() as connection, pytest.raises(Exception, match=r"(?i)foreign key"):
        connection.execute(
            text(
                "INSERT INTO membership (person_id, organisation_id, function, joined_at)"
                " VALUES (987, 987, 'member', '2026-01-01')"
            )
        )


def test_a_migration_that_loses_rows_is_undone(folder):
    member_id = factories.person().id
    place = with_migration(folder, "    op.execute('DELETE FROM person')")

    with pytest.raises(RuntimeError, match=r"would lose rows of \['person'\]"):
        migrate(place)

    assert version() == head_of(MIGRATIONS)
    assert db.session.get(Person, member_id) is not None


def test_a_table_that_is_dropped_with_its_rows_counts_as_lost(folder):
    factories.organiser()

    with pytest.raises(RuntimeError, match=r"would lose rows of \['membership'\]"):
        migrate(with_migration(folder, "    op.drop_table('membership')"))


def test_a_migration_may_say_which_rows_it_deletes(folder):
    factories.organiser()

    migrate(
        with_migration(
            folder, "    op.drop_table('membership')", more="MAY_LOSE_ROWS_OF = ('membership',)"
        )
    )

    assert version() == "9001"


def test_a_migration_that_breaks_references_is_undone(folder):
    factories.organiser()
    place = with_migration(folder, "    op.execute('UPDATE membership SET person_id = 987')")

    with pytest.raises(Exception, match=r"(?i)references|foreign key"):
        migrate(place)

    db.session.remove()
    assert version() == head_of(MIGRATIONS)


def test_an_append_only_table_that_is_made_again_must_get_its_guard_again(folder):
    body = RECREATE.replace('"organisation"', '"audit_entry"')
    place = with_migration(folder, body)

    if db.engine.dialect.name == "sqlite":
        with pytest.raises(RuntimeError, match="audit_entry_no_delete"):
            migrate(place)
        assert version() == head_of(MIGRATIONS)
    else:  # PostgreSQL changes tables where they are
        migrate(place)


def test_a_backup_is_made_before_anything_changes(folder):
    factories.organiser()

    migrate(with_migration(folder, RECREATE))

    (saved,) = backups(folder)
    manifest = backup.Manifest.read_beside(saved)
    assert f"-{head_of(MIGRATIONS)}." in saved.name
    assert (manifest.revision, manifest.rows["membership"]) == (head_of(MIGRATIONS), 1)


@pytest.mark.parametrize("work", [command.upgrade, lambda config, _to: command.current(config)])
def test_nothing_to_change_makes_no_backup(folder, work):
    migrate(MIGRATIONS, work=work)
    assert backups(folder) == []


def test_without_a_backup_nothing_is_migrated(folder):
    (folder / "backups").write_text("in the way")

    with pytest.raises(RuntimeError, match="nothing was migrated, for no backup could be made"):
        migrate(with_migration(folder, RECREATE))

    assert version() == head_of(MIGRATIONS)
    assert "nickname" not in columns()


def test_only_the_newest_backups_are_kept(app, folder):
    url = db.engine.url.render_as_string(hide_password=False)
    old = folder / "backups"
    old.mkdir()
    for number in range(backup.KEPT):
        for name in (f"{number}.db", f"{number}.db.json"):
            (old / name).touch()
            os.utime(old / name, (number, number))

    made = backup.make_in(old, url, now=factories.NOON)

    assert backups(folder)[0] == made
    assert [file.stem for file in backups(folder)[1:]] == [
        str(number) for number in range(9, 0, -1)
    ]
    assert not (old / "0.db").exists()
    assert not (old / "0.db.json").exists()


BEGUN = (
    RECREATE
    + """
    Path({place!r}, "begun").touch()
    while not Path({place!r}, "go").exists():
        time.sleep(0.01)
"""
)


def start_migration(database, folder: Path, place: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, database.url, folder, place],
        cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def test_killed_in_the_middle_the_old_schema_is_whole_and_the_next_run_finishes(database, folder):
    member_id = factories.organiser().id
    place = with_migration(folder, BEGUN.format(place=str(folder)))
    db.session.remove()
    with start_migration(database, folder, place) as child:
        eventually((folder / "begun").exists)
        child.send_signal(signal.SIGKILL)

    assert version() == head_of(MIGRATIONS)
    assert "nickname" not in columns()
    assert db.session.scalar(select(Membership.person_id)) == member_id

    (folder / "go").touch()
    migrate(place)
    assert version() == "9001"
    assert "nickname" in columns()
    assert (count(Organisation), count(Membership)) == (1, 1)


def test_of_two_migrations_at_once_one_does_it_and_the_other_finds_it_done(database, folder):
    factories.organiser()
    place = with_migration(folder, BEGUN.format(place=str(folder)))
    db.session.remove()
    with start_migration(database, folder, place) as one:
        eventually((folder / "begun").exists)
        with start_migration(database, folder, place) as other:
            eventually(lambda: Path(f"/proc/{other.pid}").exists())
            (folder / "go").touch()
            assert (one.wait(60), other.wait(60)) == (0, 0), other.stdout.read()
    assert version() == "9001"
    assert len(backups(folder)) == 1
