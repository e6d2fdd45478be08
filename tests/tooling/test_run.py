"""run.py: cheap to import, says what it can do, and says plainly what it cannot."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import run

ROOT = Path(__file__).resolve().parents[2]


def python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_help_lists_every_command():
    shown = python("run.py", "--help")
    assert shown.returncode == 0
    for command in ("test", "flask", "worker", "setup"):
        assert f"python3 run.py {command}" in shown.stdout


def test_an_unknown_command_is_named():
    shown = python("run.py", "tset")
    assert shown.returncode == 1
    assert "no command 'tset'" in shown.stderr


def test_importing_it_loads_nothing_but_the_standard_library():
    shown = python(
        "-c",
        "import sys; before = set(sys.modules); import run\n"
        "print({name.split('.')[0] for name in set(sys.modules) - before}"
        " - set(sys.stdlib_module_names))",
    )
    assert shown.stdout.strip() in ("{'run', 'tools'}", "{'tools', 'run'}")


def test_a_wsgi_server_gets_the_application(tmp_path):
    shown = python(
        "-c", "import run; print(type(run.app).__name__, run.app is run.app, hasattr(run, 'x'))",
        VH_DATA_DIR=str(tmp_path),
    )  # fmt: skip
    assert shown.stdout == "Flask True False\n", shown.stderr


def test_a_live_site_without_a_key_is_refused_in_one_line_without_a_traceback(tmp_path):
    shown = python(
        "-c", "import run; run.app", VH_ENVIRONMENT="production", VH_DATA_DIR=str(tmp_path)
    )
    assert shown.returncode == 1
    assert shown.stderr.startswith("VH_SECRET_KEY must be set")


@pytest.mark.parametrize("name", ["run.py", "tools/bootstrap.py"])
def test_an_older_python_can_at_least_read_it_and_say_what_it_needs(name):
    source = (ROOT / name).read_text("utf-8")
    ast.parse(source, feature_version=(3, 8))
    assert "from __future__ import annotations" in source


def test_commands_of_the_site_are_passed_on(tmp_path):
    shown = python("run.py", "flask", "--help", VH_DATA_DIR=str(tmp_path))
    assert shown.returncode == 0, shown.stderr
    for group in ("db", "demo", "worker", "i18n"):
        assert f"\n  {group} " in shown.stdout


@pytest.mark.parametrize(
    ("command", "url", "pins"),
    [
        (["serve"], "", "requirements.txt"),
        (["flask", "routes"], "sqlite:///x.db", "requirements.txt"),
        (["serve"], "postgresql://hub@db/hub", "requirements-postgresql.txt"),
        (["worker"], "postgres://hub@db/hub", "requirements-postgresql.txt"),
        (["setup"], "", "requirements.txt"),
        (["setup", "--dev"], "", "requirements-dev.txt"),
        (["test"], "", "requirements-dev.txt"),
    ],
)
def test_each_command_gets_the_packages_it_needs(command, url, pins, monkeypatch):
    monkeypatch.setenv("VH_DATABASE_URL", url)
    assert run._pins_for(command[0], command[1:]) == pins
