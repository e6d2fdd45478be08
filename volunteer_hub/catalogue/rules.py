"""Words of the catalogue and the rows they are loaded from. Pure: values in, verdict out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from volunteer_hub.core.loading import Row, RowProblem, numbered
from volunteer_hub.core.text import N_

_NUMERALS: Final = "零一二三四五六七八九"
_CODE: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_LONGEST: Final = {"zh": 60, "en": 80, "clause": 40, "stat": 20, "pinyin": 200, "initials": 60}


@dataclass(frozen=True, slots=True)
class Entry:
    """One word of the catalogue, as pages use it."""

    kind: str
    code: str
    zh: str
    en: str
    clause: str | None = None
    stat: str | None = None
    parent: str | None = None
    pinyin: str = ""
    initials: str = ""
    is_active: bool = True

    def name(self, language: str) -> str:
        """Return the word in a language, zh or en."""
        return self.en if language == "en" else self.zh


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One sound row of a catalogue file."""

    line: int
    kind: str
    code: str
    zh: str
    en: str
    clause: str | None
    stat: str | None
    parent: str | None
    position: int
    pinyin: str
    initials: str


def clause_name(clause: str, language: str) -> str:
    """Return how people write a clause of the city's plan: 2.4.15 -> 二（四）15.

    Args:
        clause: Part, section and item, as far as they go: 2, 2.4 or 2.4.15.
        language: zh or en.
    """
    if language == "en":
        return f"Plan {clause}"
    part, _, rest = clause.partition(".")
    section, _, item = rest.partition(".")
    named = _numeral(part) + (f"（{_numeral(section)}）" if section else "")
    return named + item


def _numeral(digit: str) -> str:
    return _NUMERALS[int(digit)] if digit.isdigit() and len(digit) == 1 else digit


def search_key(text: str) -> str:
    """Return text as it is compared: ordinary width, lower case, without any space."""
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


def found(entries: Iterable[Entry], text: str) -> list[Entry]:
    """Return the words that fit what was typed (hanzi, English, pinyin or initials), best first."""
    key = search_key(text)
    if not key:
        return []
    ranked = [(rank, entry) for entry in entries if (rank := _rank(entry, key)) is not None]
    return [entry for _, entry in sorted(ranked, key=lambda pair: pair[0])]


def _rank(entry: Entry, key: str) -> int | None:
    zh, en = search_key(entry.zh), search_key(entry.en)
    tests = (
        key in (zh, en, entry.code),
        zh.startswith(key),
        entry.initials == key,
        entry.pinyin.startswith(key) or en.startswith(key),
        entry.initials.startswith(key),
        key in zh,
        len(key) > 2 and (key in entry.pinyin or key in en),
    )
    return next((place for place, fits in enumerate(tests) if fits), None)


def read_rows(
    rows: Iterable[Row], *, kinds: Collection[str], known: Collection[tuple[str, str]]
) -> tuple[list[EntryRow], list[RowProblem]]:
    """Return the sound rows of a catalogue file, parents before children, and what is wrong.

    Args:
        rows: Cells by column: kind, code, zh, en, clause, parent, position, stat, pinyin, initials.
        kinds: The kinds there are.
        known: (kind, code) of the words that are there already, which may be parents.
    """
    good: dict[tuple[str, str], EntryRow] = {}
    problems: list[RowProblem] = []
    for line, cells in numbered(rows):
        problem = _problem(cells, kinds) or _doubled(cells, good)
        if problem is not None:
            message, values = problem
            problems.append(RowProblem(line, cells.get("code", ""), message, values))
        else:
            good[cells["kind"], cells["code"]] = _entry_row(line, cells)
    kept = [row for row in good.values() if _has_parent(row, good, known)]
    problems += [
        RowProblem(row.line, row.code, N_("上级 %(parent)s 不存在"), {"parent": row.parent or ""})
        for row in good.values()
        if not _has_parent(row, good, known)
    ]
    return sorted(kept, key=lambda row: row.parent is not None), problems


def _problem(cells: Mapping[str, str], kinds: Collection[str]) -> tuple[str, dict[str, str]] | None:
    kind, code = cells.get("kind", ""), cells.get("code", "")
    if kind not in kinds:
        return N_("没有“%(kind)s”这一类"), {"kind": kind}
    if not _CODE.fullmatch(code):
        return N_("编码只能用小写字母、数字和下划线"), {}
    if not cells.get("zh") or not cells.get("en"):
        return N_("中文名和英文名都要填写"), {}
    for column, longest in _LONGEST.items():
        if len(cells.get(column, "")) > longest:
            return N_("“%(column)s”太长"), {"column": column}
    if not re.fullmatch(r"-?\d{0,6}", cells.get("position", "")):
        return N_("“%(text)s”不是数字"), {"text": cells["position"]}
    return None


def _doubled(
    cells: Mapping[str, str], good: Mapping[tuple[str, str], EntryRow]
) -> tuple[str, dict[str, str]] | None:
    earlier = good.get((cells["kind"], cells["code"]))
    if earlier is None:
        return None
    return N_("编码与第 %(line)s 行重复"), {"line": str(earlier.line)}


def _has_parent(
    row: EntryRow,
    good: Mapping[tuple[str, str], EntryRow],
    known: Collection[tuple[str, str]],
) -> bool:
    """Tell whether the row stands on top or right below a word on top: two levels, no more."""
    if row.parent is None:
        return True
    parent = good.get((row.kind, row.parent))
    if parent is not None:
        return parent.parent is None
    return (row.kind, row.parent) in known


def _entry_row(line: int, cells: Mapping[str, str]) -> EntryRow:
    return EntryRow(
        line=line,
        kind=cells["kind"],
        code=cells["code"],
        zh=cells["zh"],
        en=cells["en"],
        clause=cells.get("clause") or None,
        stat=cells.get("stat") or None,
        parent=cells.get("parent") or None,
        position=int(cells.get("position") or 0),
        pinyin=cells.get("pinyin", ""),
        initials=cells.get("initials", ""),
    )
