"""Rows of region files and what is typed about a venue. Pure: values in, verdict out."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from volunteer_hub.core.loading import Row, RowProblem, numbered
from volunteer_hub.core.text import N_, normalise
from volunteer_hub.regions.geography import Place, distance
from volunteer_hub.regions.tree import DEPTH

_CODE: Final = re.compile(r"[0-9A-Za-z-]{1,12}")
_OFFICES: Final = (
    "社区居民委员会", "社区居委会", "村村民委员会", "村村委会", "居民委员会", "村民委员会",
    "居委会", "村委会",
)  # fmt: skip
_PAIR: Final = re.compile(r"(-?\d{1,3}(?:\.\d+)?)\s*[,，;；\s]\s*(-?\d{1,3}(?:\.\d+)?)")
_LONGEST: Final = {
    "name": 60, "short_name": 60, "full_name": 200, "coord_source": 120, "pinyin": 200,
    "initials": 40, "pinyin_alt": 400,
}  # fmt: skip
_Problem = tuple[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class RegionRow:
    """One sound row of a region file."""

    line: int
    code: str
    name: str
    short_name: str
    full_name: str
    parent: str
    level: str
    lat: float | None
    lng: float | None
    is_approximate: bool
    coord_source: str
    pinyin: str
    initials: str
    pinyin_alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueDraft:
    """What someone filled in about a venue."""

    name: str
    type_code: str
    region_id: int
    address: str = ""
    directions: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    capacity: int | None = None
    is_step_free: bool = False
    lat: float | None = None
    lng: float | None = None
    is_active: bool = True


def read_rows(
    rows: Iterable[Row], *, known: Mapping[str, str]
) -> tuple[list[RegionRow], list[RowProblem]]:
    """Return the sound rows of a region file, from the city down, and what is wrong with others.

    Args:
        rows: Cells by column: code, name, parent and level at least; lat, lng, short_name,
            full_name, pinyin, initials, pinyin_alt, coord_source, coord_note when there are any.
        known: Level by code of the regions that are there already, which may be parents.
    """
    good: dict[str, RegionRow] = {}
    problems: list[RowProblem] = []
    for line, cells in numbered(rows):
        problem = _cell_problem(cells) or _doubled(cells, good)
        if problem is not None:
            problems.append(RowProblem(line, cells.get("code", ""), *problem))
        else:
            good[cells["code"]] = _region_row(line, cells)
    kept: list[RegionRow] = []
    levels = dict(known)
    for row in sorted(good.values(), key=lambda row: DEPTH[row.level]):
        problem = _parent_problem(row, levels)
        if problem is not None:
            problems.append(RowProblem(row.line, row.code, *problem))
            continue
        levels[row.code] = row.level
        kept.append(row)
    return kept, sorted(problems, key=lambda problem: problem.line)


def short_name_of(name: str) -> str:
    """Return what people call a village or community: 通远堡村委会 -> 通远堡村."""
    for office in _OFFICES:
        if name.endswith(office) and len(name) > len(office):
            return name[: -len(office)] + ("村" if office.startswith("村") else "社区")
    return name


def read_coordinates(text: str) -> tuple[float, float] | None:
    """Return (latitude, longitude) of a pair copied from a map, in whichever order it stands.

    In this country longitude is the greater number (73 to 135 degrees, latitude 18 to 54).
    """
    found = _PAIR.fullmatch(normalise(text))
    if found is None:
        return None
    one, other = float(found[1]), float(found[2])
    lat, lng = (one, other) if one < other else (other, one)
    return (lat, lng) if 18 <= lat <= 54 and 73 <= lng <= 135.5 else None


def is_remote(
    mark: bool | None, place: Place | None, seat: Place | None, *, from_km: float
) -> bool:
    """Tell whether a place is remote: as it was marked, or else by how far off it lies.

    Args:
        mark: What the office decided, if it did.
        place: Where it is; a point borrowed from the county is the seat itself, and so not far.
        seat: Where the county's seat is.
        from_km: From which distance on a place is remote, as the crow flies.
    """
    if mark is not None:
        return mark
    return place is not None and seat is not None and distance(place, seat).km >= from_km


def _cell_problem(cells: Mapping[str, str]) -> _Problem | None:
    if not _CODE.fullmatch(cells.get("code", "")):
        return N_("编码只能是 1 到 12 位数字、字母或短横线"), {}
    if not cells.get("name"):
        return N_("没有名称"), {}
    if cells.get("level") not in DEPTH:
        return N_("级别“%(level)s”不对，应为 city、county、township 或 village"), {
            "level": cells.get("level", "")
        }
    for column, longest in _LONGEST.items():
        if len(cells.get(column, "")) > longest:
            return N_("“%(column)s”太长"), {"column": column}
    return _coordinate_problem(cells.get("lat", ""), cells.get("lng", ""))


def _coordinate_problem(lat: str, lng: str) -> _Problem | None:
    for text, most in ((lat, 90), (lng, 180)):
        if text and not _is_within(text, most):
            return N_("“%(text)s”不是有效的经纬度数字"), {"text": text}
    if bool(lat) != bool(lng):
        return N_("经度和纬度要么都填，要么都不填"), {}
    return None


def _is_within(text: str, most: float) -> bool:
    try:
        number = float(text)
    except ValueError:
        return False
    return math.isfinite(number) and abs(number) <= most


def _doubled(cells: Mapping[str, str], good: Mapping[str, RegionRow]) -> _Problem | None:
    earlier = good.get(cells["code"])
    if earlier is None:
        return None
    return N_("编码与第 %(line)s 行重复"), {"line": str(earlier.line)}


def _parent_problem(row: RegionRow, levels: Mapping[str, str]) -> _Problem | None:
    """Return what is wrong with the parent; a city stands on top and needs none."""
    if row.level == "city":
        return None
    level = levels.get(row.parent)
    if level is None:
        return N_("上级 %(parent)s 不存在"), {"parent": row.parent or "—"}
    if DEPTH[level] >= DEPTH[row.level]:
        return N_("上级 %(parent)s 的级别不比它高"), {"parent": row.parent}
    return None


def _region_row(line: int, cells: Mapping[str, str]) -> RegionRow:
    lat, lng = cells.get("lat", ""), cells.get("lng", "")
    return RegionRow(
        line=line,
        code=cells["code"],
        name=cells["name"],
        short_name=cells.get("short_name") or short_name_of(cells["name"]),
        full_name=cells.get("full_name", ""),
        parent=cells.get("parent", ""),
        level=cells["level"],
        lat=float(lat) if lat else None,
        lng=float(lng) if lng else None,
        is_approximate=not lat or "approx" in cells.get("coord_note", "").lower(),
        coord_source=(cells.get("coord_source") or "import") if lat else "",
        pinyin=cells.get("pinyin", "").lower(),
        initials=cells.get("initials", "").lower(),
        pinyin_alt=cells.get("pinyin_alt", "").lower(),
    )
