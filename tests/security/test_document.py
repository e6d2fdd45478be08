"""What docs/security.md says is proved is proved by a test that is there."""

from __future__ import annotations

import re

from config import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text("utf-8")
ROWS = dict(re.findall(r"^\| (\d+) \| (.*) \|$", PAGE, re.MULTILINE))


def test_every_check_has_a_line():
    assert list(ROWS) == [str(number) for number in range(1, 41)]


def test_every_proof_is_there():
    named = re.findall(r"`([a-z_/]+\.py)(?:::(\w+))?`", " ".join(ROWS.values()))
    assert len(named) > 35
    for path, test in named:
        text = (ROOT / "tests" / path).read_text("utf-8")
        assert f"def {test}(" in text if test else "def test_" in text, (path, test)


def test_what_is_not_proved_says_when_it_comes_or_what_else_holds():
    for number, line in ROWS.items():
        _check, proof, remark = re.split(r" \| ?", line)
        assert proof != "–" or "issue" in remark or "ruff" in remark, number
