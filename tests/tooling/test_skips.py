"""What a machine lacks is said at the end of a test run, or fails it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import skips

pytest_plugins = ["pytester"]

ROOT = Path(__file__).resolve().parents[2]
TESTS = """
import pytest
from tests import skips

skips.TOOLS["telescope"] = skips.Tool("a telescope", lambda: False, "apt-get install telescope")

@pytest.mark.needs("telescope")
def test_stars():
    raise AssertionError("must not run")

@pytest.mark.needs("telescope")
def test_planets():
    raise AssertionError("must not run")

def test_pebbles():
    pass

@pytest.mark.xfail(reason="known")
def test_known():
    raise AssertionError
"""


@pytest.fixture
def run_toy(pytester, monkeypatch):
    def run(text: str, **environment: str) -> pytest.RunResult:
        monkeypatch.setenv("PYTHONPATH", str(ROOT))
        monkeypatch.delenv("VH_REQUIRE_ALL", raising=False)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        pytester.makepyfile(test_toy=text)
        return pytester.runpytest_subprocess("-p", "tests.skips", "-p", "no:xdist", "-q")

    return run


def test_the_end_of_a_run_says_what_was_skipped_and_how_to_get_it(run_toy):
    result = run_toy(TESTS)
    result.assert_outcomes(passed=1, skipped=2, xfailed=1)
    result.stdout.fnmatch_lines(
        ["   2 x a telescope is not on this machine; to get it: apt-get install telescope"]
    )


def test_where_all_is_required_a_skip_fails(run_toy):
    result = run_toy(TESTS, VH_REQUIRE_ALL="1")
    result.assert_outcomes(passed=1, errors=2, xfailed=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*but this one was skipped: a telescope is not on this machine*"])


@pytest.mark.parametrize(("required", "code"), [("0", 5), ("1", 2)])
def test_a_whole_module_skipped_counts_as_well(run_toy, required, code):
    result = run_toy("import pytest; pytest.importorskip('telescope')", VH_REQUIRE_ALL=required)
    assert result.ret == code


def test_a_test_that_opens_pages_needs_a_browser(run_toy, monkeypatch):
    monkeypatch.setenv("PATH", "")
    text = "import pytest\n@pytest.mark.browser\ndef test_page(): raise AssertionError"
    result = run_toy(text)
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["*Chromium is not on this machine*apt-get install chromium"])


def test_each_tool_says_how_to_get_it():
    assert all(tool.how_to_get for tool in skips.TOOLS.values())
