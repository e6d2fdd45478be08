"""The pinned files: what pyproject.toml asks for, hashed, and no word of where it came from."""

from __future__ import annotations

import itertools
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools import bootstrap

ROOT = Path(__file__).resolve().parents[2]
PIN_FILES = bootstrap.SETS
PIN = re.compile(r"([a-z0-9.-]+)==(\S+)(?: ; (.+?))? \\")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}(?: \\)?")

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def lines_of(name: str) -> list[str]:
    return (ROOT / name).read_text("utf-8").splitlines()


def pins(name: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for line in lines_of(name):
        if match := PIN.fullmatch(line):
            found.setdefault(canonicalize_name(match[1]), set()).add(match[2])
    return found


def wanted_for(name: str) -> list[Requirement]:
    texts = list(PROJECT["project"]["dependencies"])
    if name != bootstrap.RUN_TIME:
        texts += PROJECT["project"]["optional-dependencies"]["postgresql"]
    if name == bootstrap.DEVELOPMENT:
        texts += PROJECT["dependency-groups"]["dev"]
    return [Requirement(text) for text in texts]


@pytest.mark.parametrize("name", PIN_FILES)
def test_pins_hold_nothing_but_names_versions_and_hashes(name):
    odd = [it for it in lines_of(name) if not PIN.fullmatch(it) and not HASH.fullmatch(it)]
    assert odd == []


@pytest.mark.parametrize("name", PIN_FILES)
def test_every_pin_has_a_hash(name):
    lines = lines_of(name)
    bare = [
        line for line, after in zip(lines, [*lines[1:], ""], strict=True)
        if PIN.fullmatch(line) and not HASH.fullmatch(after)
    ]  # fmt: skip
    assert bare == []


@pytest.mark.parametrize("name", PIN_FILES)
def test_pins_are_what_the_project_asks_for(name):
    pinned = pins(name)
    unmet = [
        str(wish)
        for wish in wanted_for(name)
        if not any(
            wish.specifier.contains(it) for it in pinned.get(canonicalize_name(wish.name), ())
        )
    ]
    assert unmet == []


@pytest.mark.parametrize(("smaller", "larger"), list(itertools.pairwise(PIN_FILES)))
def test_each_set_holds_the_one_before_it(smaller, larger):
    everything = pins(larger)
    assert {name: everything.get(name) for name in pins(smaller)} == pins(smaller)


@pytest.mark.parametrize("wish", [str(wish) for wish in wanted_for("requirements-dev.txt")])
def test_every_dependency_is_explained(wish):
    explained = (ROOT / "docs" / "dependencies.md").read_text("utf-8").lower()
    assert f"| {Requirement(wish).name.lower()} " in explained
