"""Every write to the index of published events."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, Select, delete, insert, select
from sqlalchemy.orm import aliased

from volunteer_hub.catalogue import queries as catalogue
from volunteer_hub.core.database import db, run
from volunteer_hub.core.pinyin import of_text
from volunteer_hub.events.models import Event, Status
from volunteer_hub.listings import rules
from volunteer_hub.listings.models import EventSearch
from volunteer_hub.programmes.models import Campaign
from volunteer_hub.regions.models import Region, Venue

AT_ONCE: Final = 500
_Township, _County = aliased(Region), aliased(Region)
_REGIONS: Final = (Region, _Township, _County)


def refresh(event_ids: Collection[int]) -> None:
    """Make anew what these events are found by; an event that is not published has nothing."""
    ordered = sorted(event_ids)
    for start in range(0, len(ordered), AT_ONCE):
        some = ordered[start : start + AT_ONCE]
        run(delete(EventSearch).where(EventSearch.event_id.in_(some)))
        rows = [_index_row(row) for row in run(_facts().where(Event.id.in_(some)))]
        if rows:
            db.session.connection().execute(insert(EventSearch), rows)


def sweep(*, now: datetime) -> int:
    """Drop what has ended, and add what is missing; returns how many were added.

    Nothing is missing unless rows were written around the session, by a restore or an upgrade.
    """
    run(delete(EventSearch).where(EventSearch.ends_at <= now))
    missing = (
        select(Event.id)
        .outerjoin(EventSearch, EventSearch.event_id == Event.id)
        .where(
            Event.status == Status.PUBLISHED, Event.ends_at > now, EventSearch.event_id.is_(None)
        )
    )
    found = list(db.session.scalars(missing))
    refresh(found)
    return len(found)


def rebuild(*, now: datetime) -> int:
    """Make the whole index anew; returns how many events it has."""
    run(delete(EventSearch))
    return sweep(now=now)


def _facts() -> Select[*tuple[Any, ...]]:
    places = [
        (region.id, region.short_name, region.full_name, region.pinyin, region.initials,
         region.pinyin_alt)
        for region in _REGIONS
    ]  # fmt: skip
    return (
        select(
            Event.id, Event.starts_at, Event.ends_at, Event.title, Event.topic,
            Event.speaker_name, Event.audience_codes, Event.language_codes,
            Campaign.id.label("campaign_id"), Campaign.zh, Campaign.en,
            Venue.name.label("venue"), Venue.pinyin, Venue.initials, Venue.is_step_free,
            *(column.label(f"place_{level}_{number}") for level, columns in enumerate(places)
              for number, column in enumerate(columns)),
        )
        .join(Campaign, Campaign.id == Event.campaign_id)
        .outerjoin(Venue, Venue.id == Event.venue_id)
        .outerjoin(Region, Region.id == Event.region_id)
        .outerjoin(_Township, _Township.id == Region.township_id)
        .outerjoin(_County, _County.id == Region.county_id)
        .where(Event.status == Status.PUBLISHED)
    )  # fmt: skip


def _index_row(row: Row[Any]) -> dict[str, Any]:
    places = [row[-18:][start : start + 6] for start in range(0, 18, 6)]
    names = (name for place in places if place[0] is not None for name in place[1:])
    spoken = (row.title, row.topic, row.speaker_name, row.zh)
    found = rules.Found(
        texts=[
            *spoken,
            row.en,
            *(spelling for text in spoken if text for spelling in of_text(text)),
            row.venue or "",
            row.pinyin or "",
            row.initials or "",
            *names,
            "".join(place[1] for place in reversed(places) if place[0] is not None),
            *_audience_names(row.audience_codes),
        ],
        region_ids={place[0] for place in places if place[0] is not None},
        campaign_id=row.campaign_id,
        audience_codes=row.audience_codes,
        language_codes=row.language_codes,
        is_step_free=bool(row.is_step_free),
    )
    return {
        "id": rules.order_key(row.starts_at, row.id),
        "event_id": row.id,
        "ends_at": row.ends_at,
        "haystack": rules.haystack_of(found),
        "words": " ".join(rules.index_words_of(found)),
    }


def _audience_names(codes: Iterable[str]) -> list[str]:
    entries = (catalogue.find_entry("audience", code) for code in codes)
    return [name for entry in entries if entry for name in (entry.zh, entry.pinyin, entry.initials)]
