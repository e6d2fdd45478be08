from __future__ import annotations

import shutil

import pytest

from tests.databases import PostgresDatabase
from tests.factories import NOON
from tests.security.world import make_world
from volunteer_hub.core.database import db
from volunteer_hub.core.remembered import Remembered
from volunteer_hub.core.security import limiter


@pytest.fixture(scope="session")
def made_once(tmp_path_factory):
    """Return where the world is kept once it was made: file and what is in it."""
    return {"file": tmp_path_factory.mktemp("world") / "world.db", "world": None}


@pytest.fixture
def world(app, at, monkeypatch, database, made_once):
    """Return two counties with everything in them, at NOON; nobody is slowed down."""
    at(NOON)
    monkeypatch.setattr(limiter, "enabled", False)
    if made_once["world"] is None:
        made_once["world"] = make_world()
        made_once["rows"] = _kept(database, made_once["file"])
    else:
        _put_back(database, made_once)
    expect_other_rows()  # put into the database past everybody who could have said so
    return made_once["world"]


def _kept(database, file) -> str:
    """Keep the world, to be copied: quicker than making it anew."""
    if isinstance(database, PostgresDatabase):
        return database.kept()
    _close()
    shutil.copy(database.file, file)
    return ""


def _put_back(database, made_once) -> None:
    if isinstance(database, PostgresDatabase):
        database.put_back(made_once["rows"])
        return
    _close()
    shutil.copy(made_once["file"], database.file)


def expect_other_rows() -> None:
    """Let this test and the next read again what is read once."""
    for each in Remembered.everything:
        each.forget()


def _close() -> None:
    """Let go of the file, so that all that was written is in it."""
    db.session.remove()
    db.engine.dispose()
