"""The first command of the README: it serves, shows how to sign in, and ends when told to."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.tooling.test_server import eventually
from tools.ports import free_port

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def port():
    """Return one for a server."""
    return free_port()


@contextmanager
def start(place: Path, port: int, **settings: str) -> Iterator[subprocess.Popen[str]]:
    environment = {it: os.environ[it] for it in os.environ if not it.startswith("VH_")}
    environment |= {"VH_DATA_DIR": str(place), "VH_PORT": str(port), **settings}
    process = subprocess.Popen(
        [sys.executable, "run.py"],
        cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def front_page(port: int) -> str:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"http://127.0.0.1:{port}/") as page:
        text: str = page.read().decode()
        return text


def wait_for_sign_ins(process: subprocess.Popen[str], port: int) -> str:
    said = ""
    while f"http://127.0.0.1:{port}" not in said:
        line = process.stdout.readline()
        assert line, f"it ended early: {said}"
        said += line
    return said


def end(process: subprocess.Popen[str]) -> str:
    process.send_signal(signal.SIGTERM)
    rest, _ = process.communicate(timeout=30)
    assert process.returncode == 0, rest
    return rest


def test_the_first_start_loads_demo_data_and_the_second_keeps_them(tmp_path, port):
    with start(tmp_path, port) as process:
        first = wait_for_sign_ins(process, port)
        assert "<h1" in front_page(port)
        rest = end(process)
    assert "Demo data is loaded" in first
    assert "Finishing" in rest
    assert not (tmp_path / "new-database").exists()

    with start(tmp_path, port) as process:
        second = wait_for_sign_ins(process, port)
        end(process)
    assert "Demo data" not in second


def test_without_demo_data_the_site_starts_with_regions_and_words(tmp_path, port):
    with start(tmp_path, port, VH_DEMO="0") as process:
        said = wait_for_sign_ins(process, port)
        assert "<h1" in front_page(port)
        end(process)
    assert "Regions, words and campaigns are loaded" in said
    assert "Demo data" not in said


def test_a_first_start_that_is_killed_is_made_good_by_the_next(tmp_path, port):
    with start(tmp_path, port) as process:
        eventually((tmp_path / "new-database").exists)
        process.kill()
    with start(tmp_path, port) as process:
        said = wait_for_sign_ins(process, port)
        end(process)
    assert "Demo data is loaded" in said


def test_a_site_that_has_people_already_is_left_alone(tmp_path, port):
    with start(tmp_path, port) as process:
        wait_for_sign_ins(process, port)
        end(process)
    (tmp_path / "new-database").write_text("demo")
    with start(tmp_path, port) as process:
        said = wait_for_sign_ins(process, port)
        end(process)
    assert "There are people here already" in said
    assert not (tmp_path / "new-database").exists()


def test_a_taken_port_is_named_before_anything_is_touched(tmp_path, port):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        with start(tmp_path, port) as process:
            said, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert f"Cannot serve at 127.0.0.1:{port}" in said
    assert "VH_PORT=5001 python3 run.py" in said
    assert not (tmp_path / "volunteer_hub.db").exists()


def test_of_two_starts_at_once_on_one_port_one_serves(tmp_path, port):
    with start(tmp_path, port, VH_DEMO="0") as one, start(tmp_path, port, VH_DEMO="0") as other:
        eventually(lambda: one.poll() is not None or other.poll() is not None, within_s=60)
        serving, ended = (other, one) if one.poll() is not None else (one, other)
        assert "Cannot serve at" in ended.stdout.read()
        wait_for_sign_ins(serving, port)
        end(serving)
