"""Which townships are remote: those the office marked, and else those far from the county seat."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import select

from volunteer_hub.core import audit
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.numbers import Number, value_of
from volunteer_hub.core.remembered import Remembered
from volunteer_hub.core.text import N_
from volunteer_hub.regions import queries, rules
from volunteer_hub.regions.geography import Place
from volunteer_hub.regions.models import Level, Region
from volunteer_hub.regions.tree import Node

MARK_ACTION: Final = "regions.mark_remote"
REMOTE_KM: Final = "places.remote_km"
NUMBERS: Final = (
    Number(key=REMOTE_KM, label=N_("离县城多少公里起算偏远"), usual=30, least=1, most=500,
           unit=N_("公里"), why=N_("直线距离；单个乡镇可以在它的页面上另定")),
)  # fmt: skip


def _read() -> dict[int, bool]:
    marked = select(Region.id, Region.is_remote).where(Region.is_remote.is_not(None))
    return {region_id: bool(is_remote) for region_id, is_remote in db.session.execute(marked)}


_MARKS: Final = Remembered(_read, load_action=MARK_ACTION)


def is_remote(region_id: int | None, place: Place | None = None) -> bool:
    """Tell whether what lies here is remote.

    Args:
        region_id: The region; what is said of its township holds. None is nowhere, not remote.
        place: Where in it, when that is known better than by the region's own point.
    """
    node = queries.tree().find(region_id)
    if node is None:
        return False
    line = queries.tree().line(node)
    marks = _MARKS.get()
    mark = next((marks[each.id] for each in reversed(line) if each.id in marks), None)
    county = next((each for each in line if each.level == Level.COUNTY), None)
    return rules.is_remote(
        mark,
        place or queries.tree().place(node),
        queries.tree().place(county) if county else None,
        from_km=value_of(REMOTE_KM),
    )


def mark_of(node: Node) -> bool | None:
    """Return what the office decided about a township; None when distance decides."""
    return _MARKS.get().get(node.id)


def mark(code: str, is_remote: bool | None, *, by: int, now: datetime) -> None:
    """Decide that a township is remote, or is not, or that distance is to say so.

    Raises:
        NotFoundError: There is no such township.
    """
    statement = select(Region).where(Region.code == code, Region.level == Level.TOWNSHIP)
    region = db.session.scalar(statement.with_for_update())
    if region is None:
        raise NotFoundError
    was = region.is_remote
    if was is is_remote:
        return
    region.is_remote = is_remote
    db.session.flush()
    audit.record(MARK_ACTION, region, by=by, now=now, details={"was": was, "is": is_remote})
    _MARKS.forget()
