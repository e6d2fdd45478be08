"""A table is looked at line by line, and taken."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from volunteer_hub.accounts import queries as accounts
from volunteer_hub.core import audit
from volunteer_hub.core.database import db, take_turns
from volunteer_hub.core.errors import DomainError
from volunteer_hub.core.text import N_
from volunteer_hub.events.errors import UnsoundPlanError
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.tables.kinds import FIELDS, Kind
from volunteer_hub.tables.rules import CellProblem, Judged, Line, Verdict


def judge(kind: Kind, lines: Iterable[Line], *, scope: Scope) -> list[Judged]:
    """Return what taking each line would do. Lines that are there already change nothing."""
    seen: dict[Hashable, int] = {}
    return [_judge(kind, line, scope, seen)[0] for line in lines]


def take(kind: Kind, lines: Iterable[Line], *, scope: Scope, now: datetime) -> list[Judged]:
    """Take every line that can be; returns what became of each. Twice changes nothing.

    Not at the same moment either: whoever takes a table of this kind waits for the one before.
    """
    take_turns(f"table of {kind.code}")
    seen: dict[Hashable, int] = {}
    return [_take(kind, line, scope, seen, now) for line in lines]


def note_handed_out(kind: Kind, lines: int, *, by: int, now: datetime) -> None:
    """Write down that somebody took a file with names and numbers of contacts away."""
    details = {"table": kind.code, "lines": lines}
    audit.record("table.hand_out", accounts.person_by_id(by), by=by, now=now, details=details)


def _take(kind: Kind, line: Line, scope: Scope, seen: dict[Hashable, int], now: datetime) -> Judged:
    judged, draft, row = _judge(kind, line, scope, seen)
    try:
        with db.session.begin_nested():  # of a line that is refused nothing stays
            if judged.verdict is Verdict.NEW:
                kind.add(draft, line.cells, scope, now)
            elif judged.verdict is Verdict.CHANGED:
                kind.change(row, draft, scope, now)
    except UnsoundPlanError as error:
        first = error.problems[0]
        return _wrong(line, judged.name, first.message, dict(first.values))
    except DomainError as error:
        return _wrong(line, judged.name, error.message, {})
    return judged


def _judge(
    kind: Kind, line: Line, scope: Scope, seen: dict[Hashable, int]
) -> tuple[Judged, Any, Any]:
    name = line.cells.get("title") or line.cells.get("name") or ""
    if line.is_merged:
        message = N_("这一行有合并的单元格。请取消合并，每一格都填上")
        return _wrong(line, name, message, {}), None, None
    try:
        draft = kind.read(line.cells, scope)
    except CellProblem as problem:
        return _wrong(line, name, problem.message, problem.values), None, None
    earlier = seen.setdefault(kind.key(draft), line.number)
    if earlier != line.number:
        message = N_("和第 %(line)s 行是同一个")
        return _wrong(line, name, message, {"line": earlier}), None, None
    row = kind.find(draft, scope)
    if row is None:
        return Judged(line.number, name, Verdict.NEW), draft, None
    before = kind.draft_of(row)
    said = [
        FIELDS.get(column.key, column.key) for column in kind.columns if column.key in line.cells
    ]
    draft = replace(before, **{name: getattr(draft, name) for name in said if name})
    changes = tuple(_changes(kind, draft, before))
    verdict = Verdict.CHANGED if changes else Verdict.SAME
    return Judged(line.number, name, verdict, changes=changes), draft, row


def _changes(kind: Kind, draft: object, before: object) -> Iterable[str]:
    """Yield the headings of what is said otherwise; a column that is not there says nothing."""
    for column in kind.columns:
        name = FIELDS.get(column.key, column.key)
        if name and getattr(draft, name) != getattr(before, name):
            yield column.heading


def _wrong(line: Line, name: str, message: str, values: Mapping[str, object]) -> Judged:
    return Judged(line.number, name, Verdict.WRONG, message, values)
