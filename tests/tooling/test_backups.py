"""run.py backup and run.py restore: on command, never under a running site, never half."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tools import backups, presence, site
from tools.presence import InUseError
from volunteer_hub.core import clock
from volunteer_hub.core.database import db
from volunteer_hub.core.transaction import transaction
from volunteer_hub.privacy import actions as privacy

ROOT = Path(__file__).resolve().parents[2]


def run(place: Path, *arguments: str | Path, **settings: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VH_")}
    return subprocess.run(
        [sys.executable, "run.py", *arguments],
        cwd=ROOT, env={**kept, "VH_SETUP": "0", "VH_DATA_DIR": str(place), **settings},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Return the data folder of a real site that was just initialised."""
    place = tmp_path_factory.mktemp("city")
    done = run(place, "init")
    assert done.returncode == 0, done.stderr
    return place


@pytest.fixture
def city(made, tmp_path, monkeypatch):
    """Return a copy of it, in which the commands below work."""
    place = tmp_path / "city"
    shutil.copytree(made, place)
    monkeypatch.setenv("VH_DATA_DIR", str(place))
    return place


def refusal(work, arguments: list[str]) -> str:
    """Return the line with which a command ends."""
    with pytest.raises(SystemExit) as ended:
        work(arguments)
    assert isinstance(ended.value.code, str)
    assert "\n" not in ended.value.code
    return ended.value.code


def add_word(place: Path, key: str) -> None:
    with closing(sqlite3.connect(place / "volunteer_hub.db")) as database, database:
        database.execute(
            "INSERT INTO request_key (key, location, answered_at) VALUES (?, '/', '2026-01-01')",
            [key],
        )


def words(place: Path) -> list[str]:
    with closing(sqlite3.connect(place / "volunteer_hub.db")) as database:
        return [key for (key,) in database.execute("SELECT key FROM request_key ORDER BY id")]


def test_saved_on_one_machine_and_put_back_on_another(city, tmp_path, monkeypatch, capsys):
    add_word(city, "kept")
    backups.save([str(tmp_path / "city.db")])
    assert capsys.readouterr().out.startswith(f"Saved: {tmp_path / 'city.db'} (")

    monkeypatch.setenv("VH_DATA_DIR", str(tmp_path / "other"))
    backups.put_back([str(tmp_path / "city.db")])

    assert words(tmp_path / "other") == ["kept"]
    assert "What was there before is kept: nowhere" in capsys.readouterr().out


def test_without_a_name_it_goes_into_the_folder_of_backups(city):
    backups.save([])
    (made,) = (city / "backups").glob("*.db")
    assert made.with_name(made.name + ".json").exists()


def test_what_was_there_is_kept_under_another_name(city, tmp_path, capsys):
    backups.save([str(tmp_path / "city.db")])
    add_word(city, "written later")

    backups.put_back([str(tmp_path / "city.db")])

    assert words(city) == []
    kept = Path(capsys.readouterr().out.rsplit("is kept: ", 1)[1].strip())
    with closing(sqlite3.connect(kept)) as database:
        assert database.execute("SELECT key FROM request_key").fetchall() == [("written later",)]


def test_whoever_closed_their_account_stays_forgotten_when_an_older_backup_is_put_back(
    city, tmp_path, capsys, monkeypatch
):
    with open_city(city) as database:
        database.execute(
            "INSERT INTO person (id, name, pinyin, initials, phone, created_at, is_demo)"
            " VALUES (900, '欧阳宁', 'ouyangning', 'oyn', '13811112222', '2026-01-01', 0)"
        )
    backups.save([str(tmp_path / "older.db")])
    with site.of(site.settings()).app_context():
        with transaction():
            privacy.close_account(900, now=clock.now())
        db.engine.dispose()
    assert readable(city) == 0
    backups.save([str(tmp_path / "newer.db")])
    capsys.readouterr()

    backups.put_back([str(tmp_path / "older.db")])

    assert readable(city) == 0
    assert "Closed again: 1 accounts." in capsys.readouterr().out
    names = (tmp_path / "closed-accounts.txt").read_text("utf-8")
    assert names.startswith("900 ")
    assert "欧阳" not in names
    monkeypatch.setenv("VH_DATA_DIR", str(tmp_path / "another machine"))
    backups.put_back([str(tmp_path / "older.db")])  # with the list that lies beside it
    assert readable(tmp_path / "another machine") == 0


@contextmanager
def open_city(place: Path):
    with closing(sqlite3.connect(place / "volunteer_hub.db")) as database, database:
        yield database


def readable(place: Path) -> int:
    with open_city(place) as database:
        statement = "SELECT count(*) FROM person WHERE name = '欧阳宁' OR phone = '13811112222'"
        return database.execute(statement).fetchone()[0]


def test_a_running_site_is_not_pulled_away_from_under_its_visitors(city, tmp_path):
    backups.save([str(tmp_path / "city.db")])
    add_word(city, "still here")
    holder = subprocess.Popen(
        [sys.executable, "-c", "import sys; from pathlib import Path; from tools import presence\n"
         "presence.announce(Path(sys.argv[1])); print('in', flush=True); sys.stdin.read()", city],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with holder:
        holder.stdout.readline()
        said = refusal(backups.put_back, [str(tmp_path / "city.db")])
        holder.kill()

    assert said == f"The site is running in {city}. Stop it first; nothing was changed."
    assert words(city) == ["still here"]
    backups.put_back([str(tmp_path / "city.db")])  # the dead hold nothing


def test_nothing_starts_while_a_backup_is_put_back(tmp_path):
    with presence.alone(tmp_path), pytest.raises(InUseError, match="being restored"):
        presence.announce(tmp_path)
    presence.announce(tmp_path)


def test_a_damaged_backup_is_refused_with_one_line(city, tmp_path):
    file = tmp_path / "city.db"
    backups.save([str(file)])
    raw = bytearray(file.read_bytes())
    raw[5000] ^= 1
    file.write_bytes(raw)
    add_word(city, "still here")

    said = refusal(backups.put_back, [str(file)])

    assert said == (
        f"{file} is damaged (its sha256 differs); nothing was changed. Use another backup."
    )
    assert words(city) == ["still here"]


@pytest.mark.parametrize("names", [[], ["x.db"]])
def test_where_there_is_no_database_there_is_nothing_to_save(tmp_path, monkeypatch, names):
    monkeypatch.setenv("VH_DATA_DIR", str(tmp_path))
    said = refusal(backups.save, [str(tmp_path / name) for name in names])
    assert said == f"{tmp_path / 'volunteer_hub.db'} cannot be saved: unable to open database file"
    assert list(tmp_path.rglob("*.db")) == []


def test_the_commands_are_there(city):
    saved = run(city, "backup")
    assert saved.returncode == 0, saved.stderr
    (file,) = (city / "backups").glob("*.db")
    assert run(city, "restore", file).returncode == 0
