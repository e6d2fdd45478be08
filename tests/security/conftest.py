from __future__ import annotations

import shutil

import pytest

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
    own = getattr(database, "file", None)  # SQLite's; copying it is quicker than making it anew
    if own is None:
        return make_world()
    if made_once["world"] is None:
        made_once["world"] = make_world()
    _close()
    expect_other_rows()  # copied into the file past everybody who could have said so
    if made_once["file"].exists():
        shutil.copy(made_once["file"], own)
    else:
        shutil.copy(own, made_once["file"])
    return made_once["world"]


def expect_other_rows() -> None:
    """Let this test and the next read again what is read once."""
    for each in Remembered.everything:
        each.forget()


def _close() -> None:
    """Let go of the file, so that all that was written is in it."""
    db.session.remove()
    db.engine.dispose()
