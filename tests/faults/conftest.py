from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import pytest

from tests import skips
from tests.faults.running import copy_of, make_home, running


@cache
def _can_mount() -> bool:
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or shutil.which("mount") is None:
        return False
    with tempfile.TemporaryDirectory() as place:
        tried = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", place], check=False
        )
        return (
            tried.returncode == 0 and subprocess.run(["umount", place], check=False).returncode == 0
        )


@cache
def faketime() -> str | None:
    """Return the library that sets a program's clock, as Debian has it."""
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
    return str(found[0]) if found else None


skips.TOOLS["mount"] = skips.Tool("the right to mount a small disk", _can_mount, "run as root")
skips.TOOLS["faketime"] = skips.Tool(
    "libfaketime", lambda: faketime() is not None, "apt-get install libfaketime"
)


def pytest_collection_modifyitems(items):
    """Let one process do them all, one after the other: each needs the machine for itself."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("faults"))


@pytest.fixture(scope="session")
def home(tmp_path_factory):
    """Return a data folder with one event that anybody may register for."""
    folder = tmp_path_factory.mktemp("home")
    make_home(folder)
    return folder


@pytest.fixture
def folder(home, tmp_path):
    """Return a copy of that folder."""
    return copy_of(home, tmp_path / "site")


@pytest.fixture(scope="session")
def site(home, tmp_path_factory):
    """Return a running site that these tests may use, but do no lasting harm to."""
    with running(copy_of(home, tmp_path_factory.mktemp("served") / "site")) as served:
        yield served
