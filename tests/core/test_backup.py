"""A backup holds what was committed before it; a restore brings it back, or changes nothing."""

from __future__ import annotations

import json
import shutil
import sqlite3
import stat
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

import pytest
from sqlalchemy import Connection, NullPool, create_engine, make_url, text

from tests.databases import PostgresDatabase
from tests.factories import NOON, organiser, person
from volunteer_hub.core import backup
from volunteer_hub.core.backup import BackupError, Manifest, postgresql
from volunteer_hub.core.database import db

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def url(app, database):
    if isinstance(database, PostgresDatabase):
        database.inside.dispose()  # the tests' own connection counts as somebody's too
    return db.engine.url.render_as_string(hide_password=False)


@pytest.fixture
def file(tmp_path, url):
    ending = ".db" if url.startswith("sqlite") else ".dump"
    return tmp_path / "backups" / f"saved{ending}"


@contextmanager
def connected(url: str, **options) -> Iterator[Connection]:
    engine = create_engine(url, poolclass=NullPool, **options)
    with engine.connect() as connection:
        yield connection


def people(url: str) -> list[str]:
    with connected(url) as connection:
        found = connection.execute(text("SELECT name FROM person ORDER BY id"))
        return list(found.scalars())


def sibling(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def nobody_uses_it() -> None:
    db.session.remove()
    db.engine.dispose()


@pytest.fixture(autouse=True)
def _tidy(url, database):
    """Remove what restores kept, and make the database again: the tests' reset knows of neither."""
    yield
    database.shipped = None
    if url.startswith("sqlite"):
        return
    with connected(sibling(url, "postgres"), isolation_level="AUTOCOMMIT") as server:
        kept = text(
            "SELECT datname FROM pg_database WHERE datname LIKE '%!_replaced!_%' ESCAPE '!'"
        )
        for name in server.execute(kept).scalars().all():
            server.exec_driver_sql(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_what_was_saved_comes_back(url, file):
    organiser(name="周望星")
    backup.make(url, file, now=NOON)
    person(name="后来人")
    nobody_uses_it()

    backup.restore(url, file, now=NOON)

    assert people(url) == ["周望星"]


def test_the_replaced_database_is_kept_with_what_was_written_last(url, file):
    backup.make(url, file, now=NOON)
    person(name="后来人")
    nobody_uses_it()

    kept = backup.restore(url, file, now=NOON)

    if url.startswith("sqlite"):
        assert kept.endswith(".replaced-20260905_120000.db")
        assert people(f"sqlite:///{kept}") == ["后来人"]
    else:
        assert people(sibling(url, kept.removeprefix("database "))) == ["后来人"]


def test_a_restore_works_where_there_is_no_database_yet(url, file, tmp_path):
    person(name="林小禾")
    backup.make(url, file, now=NOON)
    if url.startswith("sqlite"):
        elsewhere = f"sqlite:///{tmp_path / 'elsewhere' / 'hub.db'}"
        backup.restore(elsewhere, file, now=NOON)
        assert people(elsewhere) == ["林小禾"]
    else:
        elsewhere = sibling(url, "vh_test_replaced_elsewhere")
        assert backup.restore(elsewhere, file, now=NOON) == "nowhere: there was none"
        assert people(elsewhere) == ["林小禾"]


def test_a_backup_while_others_write_holds_everything_committed_before_it(app, url, file):
    written, enough, stop = [], Event(), Event()

    def write() -> None:
        with app.app_context():
            while not stop.is_set():
                written.append(person(name=f"第{len(written)}人").name)
                if len(written) >= 20:
                    enough.set()

    with ThreadPoolExecutor() as pool:
        writing = pool.submit(write)
        assert enough.wait(30)
        before = list(written)
        backup.make(url, file, now=NOON)
        stop.set()
        writing.result()
    nobody_uses_it()
    backup.restore(url, file, now=NOON)

    saved = people(url)
    assert saved[: len(before)] == before
    assert saved == written[: len(saved)]
    assert Manifest.read_beside(file).rows["person"] == len(saved)


def test_nobody_else_may_read_a_backup(url, file):
    backup.make(url, file, now=NOON)
    for path in (file, Manifest.path_beside(file)):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_a_backup_never_takes_the_place_of_another(url, file):
    backup.make(url, file, now=NOON)
    before = file.read_bytes()
    with pytest.raises(BackupError, match="there already"):
        backup.make(url, file, now=NOON)
    assert file.read_bytes() == before


def test_one_flipped_bit_is_found_and_nothing_is_changed(url, file):
    backup.make(url, file, now=NOON)
    person(name="后来人")
    raw = bytearray(file.read_bytes())
    raw[len(raw) // 2] ^= 1
    file.write_bytes(raw)
    nobody_uses_it()

    with pytest.raises(BackupError, match=r"is damaged .*nothing was changed") as refusal:
        backup.restore(url, file, now=NOON)

    assert "\n" not in str(refusal.value)
    assert people(url) == ["后来人"]


@pytest.mark.parametrize("keep", [0, 100, 5000])
def test_a_truncated_backup_is_found(url, file, keep):
    backup.make(url, file, now=NOON)
    file.write_bytes(file.read_bytes()[:keep])
    with pytest.raises(BackupError, match="is damaged"):
        backup.restore(url, file, now=NOON)


def with_manifest(file, **changes):
    path = Manifest.path_beside(file)
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_a_backup_with_other_rows_than_it_had_is_found(url, file):
    person(name="林小禾")
    backup.make(url, file, now=NOON)
    rows = Manifest.read_beside(file).rows
    with_manifest(file, rows=dict(rows) | {"person": 2})
    nobody_uses_it()

    with pytest.raises(BackupError, match="person: 1 rows instead of 2"):
        backup.restore(url, file, now=NOON)

    assert people(url) == ["林小禾"]


def test_a_backup_of_a_newer_program_is_not_taken(url, file):
    backup.make(url, file, now=NOON)
    with_manifest(file, revision="9999")
    with pytest.raises(BackupError, match="another version of the program"):
        backup.restore(url, file, now=NOON)


def test_a_backup_alone_or_missing_or_half_described_is_not_taken(url, file):
    with pytest.raises(BackupError, match="There is no backup"):
        backup.restore(url, file, now=NOON)
    backup.make(url, file, now=NOON)
    Manifest.path_beside(file).write_text("{")
    with pytest.raises(BackupError, match="json is damaged"):
        backup.restore(url, file, now=NOON)
    Manifest.path_beside(file).unlink()
    with pytest.raises(BackupError, match="bring both"):
        backup.restore(url, file, now=NOON)


def test_a_backup_of_the_other_kind_of_database_is_not_taken(url, file):
    backup.make(url, file, now=NOON)
    other = file.with_suffix({".db": ".dump", ".dump": ".db"}[file.suffix])
    shutil.copy(file, other)
    shutil.copy(Manifest.path_beside(file), Manifest.path_beside(other))
    with pytest.raises(BackupError, match="not a backup of this kind"):
        backup.restore(url, other, now=NOON)


def test_nothing_is_left_of_a_backup_that_failed(url, file, monkeypatch):
    def fail(*_rest):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Manifest, "write_beside", fail)
    with pytest.raises(BackupError, match="No space left on device"):
        backup.make(url, file, now=NOON)
    assert list(file.parent.iterdir()) == []


class TestSqlite:
    """What is only so when the database is a file."""

    def test_a_damaged_database_is_told_from_a_sound_one(self, tmp_path):
        path = tmp_path / "x.db"
        with sqlite3.connect(path) as made:
            made.execute("CREATE TABLE t (n INTEGER PRIMARY KEY, word TEXT)")
            made.executemany("INSERT INTO t (word) VALUES (?)", [["科普" * 200]] * 200)
        made.close()
        url = f"sqlite:///{path}"
        assert backup.problem_of(url) is None
        raw = bytearray(path.read_bytes())
        raw[4096 * 3 : 4096 * 4] = b"\xff" * 4096
        path.write_bytes(raw)
        assert backup.problem_of(url) is not None

    def test_a_damaged_database_can_be_replaced_and_is_kept(self, tmp_path):
        target, file = tmp_path / "hub.db", tmp_path / "saved.db"
        with sqlite3.connect(target) as made:
            made.execute("CREATE TABLE t (n INTEGER)")
        made.close()
        backup.make(f"sqlite:///{target}", file, now=NOON)
        target.write_bytes(b"no database at all")
        (tmp_path / "hub.db-wal").write_bytes(b"a log of the damaged one")

        kept = backup.restore(f"sqlite:///{target}", file, now=NOON)

        assert backup.problem_of(f"sqlite:///{target}") is None
        assert (tmp_path / kept).read_bytes() == b"no database at all"
        assert not (tmp_path / "hub.db-wal").exists()

    def test_a_damaged_database_is_not_saved(self, tmp_path):
        target, file = tmp_path / "hub.db", tmp_path / "saved.db"
        target.write_bytes(b"no database at all" * 100)
        with pytest.raises(BackupError, match="cannot be saved"):
            backup.make(f"sqlite:///{target}", file, now=NOON)
        assert not file.exists()


class TestPostgresqlTools:
    """Which of the server's tools is taken, and what is said when there is none."""

    @staticmethod
    def tool(folder, version):
        folder.mkdir()
        path = folder / "pg_dump"
        path.write_text(f"#!/bin/sh\necho 'pg_dump (PostgreSQL) {version}'\n")
        path.chmod(0o755)
        return path

    def test_one_that_is_older_than_the_server_is_passed_over(self, tmp_path, monkeypatch):
        self.tool(tmp_path / "old", "15.18")
        new = self.tool(tmp_path / "new", "18.1")
        monkeypatch.setattr(
            postgresql, "_folders", lambda: iter([str(tmp_path / "old"), str(tmp_path / "new")])
        )
        assert postgresql._program("pg_dump", 18) == str(new)

    def test_none_means_one_line_that_says_what_to_install(self, tmp_path, monkeypatch):
        monkeypatch.setattr(postgresql, "_folders", lambda: iter([str(tmp_path)]))
        with pytest.raises(BackupError, match=r"pg_dump of PostgreSQL 18 .*postgresql-client"):
            postgresql._program("pg_dump", 18)

    def test_a_password_is_not_an_argument(self, monkeypatch):
        seen = {}

        def run(command, env, **_options):
            seen.update(command=command, password=env["PGPASSWORD"])
            return subprocess.CompletedProcess(command, 0)

        monkeypatch.setattr(subprocess, "run", run)
        place = make_url("postgresql+psycopg://hub:secret@db/hub")
        postgresql._run(place, "pg_dump")
        assert seen["password"] == "secret"
        assert seen["command"] == ["pg_dump", "--dbname=postgresql://hub@db/hub"]


def test_a_database_in_use_is_not_replaced(url, file):
    if url.startswith("sqlite"):
        return  # there the lock of the data folder says so: tests/tooling/test_backups.py
    person(name="林小禾")
    backup.make(url, file, now=NOON)
    nobody_uses_it()
    with connected(url) as connection:
        connection.execute(text("SELECT 1"))
        with pytest.raises(BackupError, match="in use"):
            backup.restore(url, file, now=NOON)


def test_a_server_that_is_not_there_is_one_line(tmp_path):
    with pytest.raises(BackupError) as refusal:
        backup.make(
            "postgresql+psycopg://hub:secret@127.0.0.1:1/hub", tmp_path / "x.dump", now=NOON
        )
    assert "\n" not in str(refusal.value)
    assert "secret" not in str(refusal.value)
