from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload

from volunteer_hub.catalogue.rules import search_key
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.remembered import Remembered
from volunteer_hub.regions.geography import Place
from volunteer_hub.regions.models import Level, Region, Venue
from volunteer_hub.regions.tree import Answer, Node, Tree

LOAD_ACTION = "regions.load"
VENUES_PER_PAGE = 20


def _read() -> Tree:
    statement = select(
        Region.id, Region.code, Region.name, Region.short_name, Region.full_name, Region.level,
        Region.parent_id, Region.lat, Region.lng, Region.is_approximate, Region.pinyin,
        Region.initials, Region.pinyin_alt,
    )  # fmt: skip
    return Tree(Node(*tuple(row)) for row in db.session.execute(statement))


REMEMBERED = Remembered(_read, load_action=LOAD_ACTION)


def tree() -> Tree:
    """Return all regions as they are now."""
    return REMEMBERED.get()


def region(region_id: int) -> Node:
    """Return the region.

    Raises:
        NotFoundError: There is no such region.
    """
    return _there(tree().find(region_id))


def region_by_code(code: str) -> Node:
    """Return the region with this code.

    Raises:
        NotFoundError: There is no such region.
    """
    return _there(tree().find_by_code(code))


def _there(node: Node | None) -> Node:
    if node is None:
        raise NotFoundError
    return node


def children_of(region_id: int | None) -> list[Node]:
    """Return the regions right below one; below None, the cities."""
    return tree().children(region_id)


def counties() -> list[Node]:
    """Return every county, by code."""
    return [county for city in children_of(None) for county in children_of(city.id)]


def path_of(region_id: int | None) -> str:
    """Return the full path of a region, 凤城市 通远堡镇 老堡村; empty when there is none."""
    node = tree().find(region_id)
    return tree().path(node) if node else ""


def place_of(region_id: int) -> Place | None:
    """Return where a region is, approximately when only a region above it has a point.

    Raises:
        NotFoundError: There is no such region.
    """
    return tree().place(region(region_id))


def search_regions(
    text: str, *, limit: int = 10, levels: Collection[str] | None = None
) -> list[Node]:
    """Return the regions that fit what was typed in hanzi, pinyin, initials or code, best first."""
    return tree().search(text, limit=limit, levels=levels)


def resolve_region(text: str, *, levels: Collection[str] | None = None) -> Answer:
    """Return the one region that was meant, or those it may be."""
    return tree().resolve(text, levels=levels)


def townships_by_county() -> dict[str, list[Node]]:
    """Return the townships under the name of their county, both by code."""
    return {
        county.short_name: [node for node in children_of(county.id) if node.level == Level.TOWNSHIP]
        for county in counties()
    }


@dataclass(frozen=True, slots=True)
class VenuePage:
    """One page of a list of venues."""

    venues: list[Venue]
    total: int
    page: int
    pages: int


def venue_by_id(venue_id: int) -> Venue:
    """Return the venue.

    Raises:
        NotFoundError: There is no such venue.
    """
    venue = db.session.get(Venue, venue_id)
    if venue is None:
        raise NotFoundError
    return venue


def lock_venue(venue_id: int) -> Venue:
    """Return the venue, held against other writers until the transaction ends.

    Raises:
        NotFoundError: There is no such venue.
    """
    venue = db.session.scalar(select(Venue).where(Venue.id == venue_id).with_for_update())
    if venue is None:
        raise NotFoundError
    return venue


def has_venue_named(name: str, region_id: int, *, besides: int | None = None) -> bool:
    """Tell whether a venue in use has this name in this very region."""
    statement = select(Venue.id).where(
        Venue.name == name,
        Venue.region_id == region_id,
        Venue.is_active,
        Venue.id != (besides or 0),
    )
    return db.session.scalar(statement.limit(1)) is not None


def venues(
    text: str = "",
    *,
    within: int | None = None,
    type_code: str | None = None,
    with_closed: bool = False,
    page: int = 1,
) -> VenuePage:
    """Return venues by spelling, a page at a time.

    Args:
        text: A part of the name, its pinyin or initials, or the region's name; empty for all.
        within: A region; venues in it and below it. None for all.
        type_code: A kind of venue.
        with_closed: Also those no longer in use.
        page: Which page, from 1; beyond the last one, the last.
    """
    conditions = _venue_conditions(text, within=within, type_code=type_code)
    if not with_closed:
        conditions.append(Venue.is_active.is_(True))
    total = db.session.scalar(select(func.count(Venue.id)).where(*conditions)) or 0
    pages = max(1, -(-total // VENUES_PER_PAGE))
    page = min(max(page, 1), pages)
    statement = (
        select(Venue)
        .where(*conditions)
        .options(joinedload(Venue.region))
        .order_by(Venue.pinyin, Venue.id)
        .offset((page - 1) * VENUES_PER_PAGE)
        .limit(VENUES_PER_PAGE)
    )
    return VenuePage(list(db.session.scalars(statement)), total, page, pages)


def search_venues(text: str, *, within: int | None = None, limit: int = 10) -> list[Venue]:
    """Return the venues in use that fit what was typed, by spelling."""
    conditions = [*_venue_conditions(text, within=within), Venue.is_active.is_(True)]
    statement = select(Venue).where(*conditions).order_by(Venue.pinyin, Venue.id).limit(limit)
    return list(db.session.scalars(statement.options(joinedload(Venue.region))))


def _venue_conditions(
    text: str, *, within: int | None = None, type_code: str | None = None
) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    for word in text.split():
        key = search_key(word)
        places = [node.id for node in search_regions(word, limit=30)]
        conditions.append(
            or_(
                func.lower(Venue.name).contains(key, autoescape=True),
                Venue.pinyin.contains(key, autoescape=True),
                Venue.initials.startswith(key, autoescape=True),
                Venue.region_id.in_(_with_all_below(places)),
            )
        )
    if within is not None:
        conditions.append(Venue.region_id.in_(tree().ids_within(within)))
    if type_code:
        conditions.append(Venue.type_code == type_code)
    return conditions


def _with_all_below(region_ids: list[int]) -> set[int]:
    return {inner for region_id in region_ids for inner in tree().ids_within(region_id)}


def place_of_venue(venue: Venue) -> Place | None:
    """Return where a venue is: its own pin, or else, approximately, its region."""
    if venue.lat is not None and venue.lng is not None:
        return Place(venue.lat, venue.lng, is_approximate=False)
    around = place_of(venue.region_id)
    return around and replace(around, is_approximate=True)


def venue_in_words(venue: Venue) -> str:
    """Return a venue's name with where it is: 通远堡镇文化站（凤城市 通远堡镇）."""
    return f"{venue.name}（{path_of(venue.region_id)}）"


def find_venue_meant(text: str) -> Venue | None:
    """Return the one venue in use that was meant, or None when it may be several or none.

    Args:
        text: A choice (# and the id), a name with or without where it is, or words that only
            one venue fits.
    """
    if text.startswith("#") and text[1:].isdecimal():
        venue = db.session.get(Venue, int(text[1:]))
        return venue if venue is not None and venue.is_active else None
    name = text.partition("（")[0].strip()
    named = db.session.scalars(select(Venue).where(Venue.name == name, Venue.is_active)).all()
    meant = [venue for venue in named if text in (venue.name, venue_in_words(venue))]
    fitting = meant or search_venues(name, limit=2)
    return fitting[0] if len(fitting) == 1 else None
