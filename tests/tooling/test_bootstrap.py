"""Setting up: once, one at a time, afresh after an interruption, again when the pins change."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools import bootstrap

INSTALLED = "installed.txt"


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Return an empty project whose installer only writes down what it was asked for."""
    settle(tmp_path / "project", monkeypatch.setattr)
    return tmp_path / "project"


def settle(root: Path, put, succeeds: bool = True) -> None:
    root.mkdir(exist_ok=True)
    for name in bootstrap.SETS:
        if not (root / name).exists():
            (root / name).write_text(f"pins of {name}")
    put(bootstrap, "ROOT", root)
    put(bootstrap, "VENV", root / ".venv")
    put(bootstrap, "PYTHON", root / ".venv" / "bin" / "python")
    note = (
        "import sys; open(sys.argv[1], 'a').write(sys.argv[2] + '\\n'); sys.exit(int(sys.argv[3]))"
    )
    put(bootstrap, "_ways", lambda name: [
        [sys.executable, "-c", note, str(root / INSTALLED), name, "0" if succeeds else "1"]
    ])  # fmt: skip


def installed(project: Path) -> list[str]:
    return (project / INSTALLED).read_text().split()


def test_a_set_is_installed_once(project):
    for _ in range(2):
        bootstrap.ensure(bootstrap.RUN_TIME)
    assert installed(project) == ["requirements.txt"]
    assert bootstrap.is_ready(bootstrap.RUN_TIME)
    assert not bootstrap.is_ready(bootstrap.DEVELOPMENT)


def test_the_environment_is_a_python_of_its_own(project):
    bootstrap.ensure(bootstrap.RUN_TIME)
    prefix = subprocess.run(
        [bootstrap.PYTHON, "-c", "import sys; print(sys.prefix)"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert Path(prefix.stdout.strip()) == project / ".venv"


def test_a_larger_set_will_do(project):
    for name in reversed(bootstrap.SETS):
        bootstrap.ensure(name)
    assert installed(project) == ["requirements-dev.txt"]


def test_a_smaller_set_will_not(project):
    for name in bootstrap.SETS:
        bootstrap.ensure(name)
    assert installed(project) == list(bootstrap.SETS)


def test_new_pins_are_installed_into_the_same_environment(project):
    bootstrap.ensure(bootstrap.RUN_TIME)
    kept = bootstrap.VENV / "kept"
    kept.touch()
    (project / bootstrap.RUN_TIME).write_text("newer pins")
    bootstrap.ensure(bootstrap.RUN_TIME)
    assert installed(project) == ["requirements.txt", "requirements.txt"]
    assert kept.exists()


def test_an_interrupted_set_up_begins_afresh(project, monkeypatch):
    settle(project, monkeypatch.setattr, succeeds=False)
    with pytest.raises(SystemExit, match="did not finish"):
        bootstrap.ensure(bootstrap.RUN_TIME)
    half_done = bootstrap.VENV / "half-done"
    half_done.touch()
    settle(project, monkeypatch.setattr)
    bootstrap.ensure(bootstrap.RUN_TIME)
    assert bootstrap.is_ready(bootstrap.RUN_TIME)
    assert not half_done.exists()


def test_an_interrupted_update_begins_afresh_too(project, monkeypatch):
    bootstrap.ensure(bootstrap.DEVELOPMENT)
    (project / bootstrap.DEVELOPMENT).write_text("newer pins")
    settle(project, monkeypatch.setattr, succeeds=False)
    with pytest.raises(SystemExit):
        bootstrap.ensure(bootstrap.DEVELOPMENT)
    assert not bootstrap.is_ready(bootstrap.RUN_TIME)


def test_a_python_that_is_gone_means_a_new_environment(project):
    bootstrap.ensure(bootstrap.RUN_TIME)
    bootstrap.PYTHON.unlink()
    bootstrap.PYTHON.symlink_to(project / "gone")
    assert not bootstrap.is_ready(bootstrap.RUN_TIME)
    bootstrap.ensure(bootstrap.RUN_TIME)
    assert bootstrap.PYTHON.exists()


def test_a_moved_folder_goes_on_as_it_is(project, tmp_path, monkeypatch):
    bootstrap.ensure(bootstrap.RUN_TIME)
    moved = tmp_path / "moved"
    shutil.move(project, moved)
    settle(moved, monkeypatch.setattr)
    assert bootstrap.is_ready(bootstrap.RUN_TIME)
    subprocess.run([bootstrap.PYTHON, "-c", "import json"], check=True)


def test_of_two_starts_at_once_one_waits_and_finds_it_done(project):
    start = (
        "import sys\nfrom pathlib import Path\n"
        "from tests.tooling.test_bootstrap import settle\nfrom tools import bootstrap\n"
        "settle(Path(sys.argv[1]), setattr)\nbootstrap.ensure(bootstrap.RUN_TIME)\n"
    )
    starts = [subprocess.Popen([sys.executable, "-c", start, project]) for _ in range(3)]
    assert [it.wait(60) for it in starts] == [0, 0, 0]
    assert installed(project) == ["requirements.txt"]


def test_a_way_that_fails_gives_way_to_the_next(project, monkeypatch):
    bad, good = ([sys.executable, "-c", f"raise SystemExit({code})"] for code in (1, 0))
    monkeypatch.setattr(bootstrap, "_ways", lambda _name: iter([bad, good]))
    bootstrap.ensure(bootstrap.RUN_TIME)
    assert bootstrap.is_ready(bootstrap.RUN_TIME)


def test_uv_comes_first_where_it_is(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: f"/bin/{name}")
    assert next(iter(bootstrap._ways("requirements.txt")))[:3] == ["/bin/uv", "pip", "install"]


def test_every_way_checks_hashes_and_builds_nothing(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: f"/bin/{name}")
    monkeypatch.setattr(bootstrap, "_can_import", lambda module: module == "pip")
    ways = list(bootstrap._ways("requirements.txt"))
    assert len(ways) == 2
    for way in ways:
        assert "--require-hashes" in way
        assert way[way.index("--only-binary") + 1] == ":all:"


def test_without_any_installer_it_says_which_package_brings_one(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    monkeypatch.setattr(bootstrap, "_can_import", lambda _module: False)
    with pytest.raises(SystemExit, match="apt-get install python3-pip"):
        list(bootstrap._ways("requirements.txt"))
