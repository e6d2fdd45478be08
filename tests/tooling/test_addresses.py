"""No file of the project says where packages are fetched from, or where it was written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOT_OURS = {".git", ".venv", "var", "__pycache__", "node_modules"}
# Written apart so that this file does not hold what it looks for.
HOSTS = (
    ("pypi", "org"),
    ("pythonhosted", "org"),
    ("npmjs", "org"),
    ("npmjs", "com"),
    ("yarnpkg", "com"),
    ("npmmirror", "com"),
    ("deb.debian", "org"),
    ("tuna.tsinghua.edu", "cn"),
)
ADDRESS = re.compile("|".join(re.escape(".".join(parts)) for parts in HOSTS))
# Vendored files are kept as their authors made them; what they would fetch by default is blocked.
DELIVERY = re.compile(
    "|".join(re.escape(".".join(it)) for it in (("jsdelivr", "net"), ("unpkg", "com")))
)
OPTION = re.compile(r"(?<!no-emit-)\b(index-url|find-links|trusted-host)\b")
PLACE = re.compile(r"(?<![\w.])/(root|opt|work|home/\w+)/")


def our_texts() -> Iterator[tuple[Path, str]]:
    for path in sorted(ROOT.rglob("*")):
        inside = path.relative_to(ROOT)
        if path.is_dir() or any(part in NOT_OURS or "_cache" in part for part in inside.parts):
            continue
        if ".hypothesis" in inside.parts or path == Path(__file__):
            continue
        try:
            yield inside, path.read_text("utf-8")
        except UnicodeDecodeError:
            continue


def found(pattern: re.Pattern[str]) -> list[str]:
    return [f"{path}: {match[0]}" for path, text in our_texts() for match in pattern.finditer(text)]


def not_vendored(places: list[str]) -> list[str]:
    return [it for it in places if not it.startswith("static/vendor/")]


def test_no_file_names_a_package_registry():
    assert found(ADDRESS) == []


def test_no_page_fetches_code_from_elsewhere():
    assert not_vendored(found(DELIVERY)) == []


def test_no_file_tells_an_installer_where_to_look():
    assert found(OPTION) == []


def test_no_file_names_a_place_on_the_machine_it_was_written_on():
    assert not_vendored(found(PLACE)) == []
