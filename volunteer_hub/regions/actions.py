from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import select

from volunteer_hub.core import audit
from volunteer_hub.core.database import db
from volunteer_hub.core.loading import LoadReport, Row
from volunteer_hub.regions import queries, rules
from volunteer_hub.regions.errors import VenueExistsError
from volunteer_hub.regions.models import Level, Region, Venue
from volunteer_hub.regions.rules import RegionRow, VenueDraft
from volunteer_hub.regions.spelling import of_place
from volunteer_hub.regions.tree import DEPTH

SHIPPED: Final = Path(__file__).parent / "data" / "regions.csv"


def load_shipped_regions(*, now: datetime | None = None) -> LoadReport:
    """Bring the tree up to the file that comes with the project."""
    with SHIPPED.open(encoding="utf-8", newline="") as file:
        return load_regions(csv.DictReader(file), now=now)


def load_regions(
    rows: Iterable[Row], *, now: datetime | None = None, by: int | None = None
) -> LoadReport:
    """Add or change the regions in these rows. A region that no row names stays as it is.

    Loading the same rows again changes nothing. A region without a point of its own gets that of
    the nearest above it, marked as approximate.

    Args:
        rows: Cells by column name, as in the shipped file; any city.
        now: When; a load with a moment is noted in the audit, so that running processes read
            the tree again. Shipped data in a new database needs none.
        by: Who loads; None for a command.
    """
    there = {region.code: region for region in db.session.scalars(select(Region))}
    known = {code: str(region.level) for code, region in there.items()}
    good, problems = rules.read_rows(rows, known=known)
    report = LoadReport(problems=problems)
    for level in Level:
        for row in (row for row in good if row.level == level):
            _keep(row, there, report)
        db.session.flush()  # the next level needs the ids
    _derive(there.values())
    db.session.flush()
    queries.REMEMBERED.forget()
    if now is not None and good and report.added + report.changed:
        counts = {"added": report.added, "changed": report.changed}
        audit.record(queries.LOAD_ACTION, there[good[0].code], by=by, now=now, details=counts)
    return report


def _keep(row: RegionRow, there: dict[str, Region], report: LoadReport) -> None:
    region = there.get(row.code)
    is_new = region is None
    if region is None:
        region = there[row.code] = Region(code=row.code)
    parent = there.get(row.parent)
    pinyin, initials = (row.pinyin, row.initials) if row.pinyin else of_place(row.short_name)
    region.name, region.short_name, region.level = row.name, row.short_name, Level(row.level)
    region.full_name = row.full_name or (parent.full_name if parent else "") + row.short_name
    region.parent_id = parent.id if parent else None
    region.pinyin, region.initials, region.pinyin_alt = pinyin[:200], initials[:40], row.pinyin_alt
    if row.lat is not None or is_new:
        region.lat, region.lng, region.coord_source = row.lat, row.lng, row.coord_source
        region.is_approximate = row.is_approximate
    report.count(is_new=is_new, is_changed=not is_new and db.session.is_modified(region))
    if is_new:
        db.session.add(region)


def _derive(regions: Iterable[Region]) -> None:
    """Set what follows from the regions above: county, township, and a borrowed point."""
    by_id = {region.id: region for region in regions}
    for region in sorted(by_id.values(), key=lambda region: DEPTH[region.level]):
        parent = by_id.get(region.parent_id or 0)
        is_county, is_township = region.level is Level.COUNTY, region.level is Level.TOWNSHIP
        region.county_id = region.id if is_county else parent.county_id if parent else None
        region.township_id = region.id if is_township else parent.township_id if parent else None
        if not region.coord_source and parent is not None:
            region.lat, region.lng, region.is_approximate = parent.lat, parent.lng, True


def add_venue(draft: VenueDraft, *, by: int, now: datetime) -> Venue:
    """Add a venue that events can be held at.

    Raises:
        VenueExistsError: There is one of this name in this region.
        NotFoundError: There is no such region.
    """
    venue = Venue(created_at=now)
    _fill(venue, draft)
    db.session.add(venue)
    db.session.flush()
    audit.record("venue.add", venue, by=by, now=now, details={"region_id": venue.region_id})
    return venue


def change_venue(venue_id: int, draft: VenueDraft, *, by: int, now: datetime) -> Venue:
    """Change what is known of a venue, or take it out of use.

    Raises:
        NotFoundError: There is no such venue or region.
        VenueExistsError: Another one in this region has this name.
    """
    venue = queries.lock_venue(venue_id)
    was_active = venue.is_active
    _fill(venue, draft)
    db.session.flush()
    details = {"region_id": venue.region_id, "was_active": was_active, "is_active": venue.is_active}
    audit.record("venue.change", venue, by=by, now=now, details=details)
    return venue


def _fill(venue: Venue, draft: VenueDraft) -> None:
    region_id = queries.region(draft.region_id).id
    with db.session.no_autoflush:
        if draft.is_active and queries.has_venue_named(draft.name, region_id, besides=venue.id):
            raise VenueExistsError
    pinyin, initials = of_place(draft.name)
    venue.name, venue.pinyin, venue.initials = draft.name, pinyin[:320], initials[:80]
    venue.type_code, venue.region_id = draft.type_code, region_id
    venue.address, venue.directions = draft.address, draft.directions
    venue.contact_name, venue.contact_phone = draft.contact_name, draft.contact_phone
    venue.capacity, venue.is_active = draft.capacity, draft.is_active
    venue.is_step_free = draft.is_step_free
    venue.lat, venue.lng = draft.lat, draft.lng
