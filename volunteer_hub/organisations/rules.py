"""What units and teams are, and rows of files of them. Pure: values in, verdict out."""

from __future__ import annotations

import enum
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from volunteer_hub.core.loading import Row, RowProblem, numbered
from volunteer_hub.core.text import N_

LONGEST_NAME: Final = 80


class Rank(enum.StrEnum):
    """How high a volunteer team stands in the tree; a unit has no rank."""

    DETACHMENT = "detachment"
    COMPANY = "company"
    SQUAD = "squad"


class Function(enum.StrEnum):
    """What a member may do for the organisation."""

    ORGANISER = "organiser"
    TEAM_LEADER = "team_leader"
    DEPUTY = "deputy"
    MEMBER = "member"


LEADING: Final = frozenset({Function.TEAM_LEADER, Function.DEPUTY})
RUNNING: Final = LEADING | {Function.ORGANISER}


_Problem = tuple[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One sound row of a file of units."""

    line: int
    name: str
    kind: str
    region: str
    parent: str


def read_units(
    rows: Iterable[Row],
    *,
    kinds: Collection[str],
    has_region: Callable[[str], bool],
    known: Collection[str],
) -> tuple[list[UnitRow], list[RowProblem]]:
    """Return the sound rows, parents before children, and what is wrong with the others.

    Args:
        rows: Cells by column: name, kind, region, parent.
        kinds: Codes of the kinds of organisation there are.
        has_region: Whether there is a region with this code.
        known: Names of the organisations that are there already, which may be parents.
    """
    good: dict[str, UnitRow] = {}
    problems: list[RowProblem] = []
    for line, cells in numbered(rows):
        row = UnitRow(
            line, *(cells.get(column, "") for column in ("name", "kind", "region", "parent"))
        )
        problem = _problem(row, kinds, has_region) or _doubled(row, good)
        if problem is None:
            good[row.name] = row
        else:
            problems.append(RowProblem(line, row.name, *problem))
    ordered, left = _parents_first(good, known)
    problems += [
        RowProblem(row.line, row.name, N_("上级“%(parent)s”不存在"), {"parent": row.parent})
        for row in left
    ]
    return ordered, sorted(problems, key=lambda problem: problem.line)


def _problem(
    row: UnitRow, kinds: Collection[str], has_region: Callable[[str], bool]
) -> _Problem | None:
    if not row.name:
        return N_("没有名称"), {}
    if len(row.name) > LONGEST_NAME:
        return N_("“%(column)s”太长"), {"column": "name"}
    if row.kind not in kinds:
        return N_("没有“%(kind)s”这个单位类别"), {"kind": row.kind or "—"}
    if not has_region(row.region):
        return N_("没有编码为 %(region)s 的地区"), {"region": row.region or "—"}
    return None


def _doubled(row: UnitRow, good: Mapping[str, UnitRow]) -> _Problem | None:
    earlier = good.get(row.name)
    if earlier is None:
        return None
    return N_("名称与第 %(line)s 行重复"), {"line": str(earlier.line)}


def _parents_first(
    good: Mapping[str, UnitRow], known: Collection[str]
) -> tuple[list[UnitRow], list[UnitRow]]:
    """Return the rows in an order in which every parent is there, and those without a way up."""
    there = set(known) - good.keys()
    ordered: list[UnitRow] = []
    waiting = list(good.values())
    while waiting:
        ready = [row for row in waiting if not row.parent or row.parent in there]
        if not ready:
            break
        ordered += ready
        there |= {row.name for row in ready}
        waiting = [row for row in waiting if row.name not in there]
    return ordered, waiting
