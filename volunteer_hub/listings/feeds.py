"""Public events as calendars and news: which a reader asks for, and what these say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from flask import url_for
from flask_babel import gettext as _

from volunteer_hub.assignments import calendars
from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.formats import bracketed, listed, span_of
from volunteer_hub.core.i18n import language
from volunteer_hub.listings import atom, queries
from volunteer_hub.listings.rules import Wanted
from volunteer_hub.programmes import queries as programmes
from volunteer_hub.regions import queries as regions

if TYPE_CHECKING:
    from volunteer_hub.events.models import Event

KEPT: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed is about.

    Attributes:
        wanted: Which events are in it.
        title: What it is called.
        arguments: What its address says.
    """

    wanted: Wanted
    title: str
    arguments: dict[str, Any]


def feed_about(region_code: str, campaign_code: str) -> Feed:
    """Return the feed of a region, a campaign, both, or of everything.

    Raises:
        NotFoundError: There is no such region or campaign.
    """
    region = regions.region_by_code(region_code) if region_code else None
    campaign = programmes.campaign_by_code(campaign_code) if campaign_code else None
    if region is not None and region.depth > 2:
        raise NotFoundError
    what = [
        region.short_name if region else "",
        campaign.name(language()) if campaign else "",
    ]
    given = {"region": region_code, "campaign": campaign_code}
    return Feed(
        Wanted(
            region_id=region.id if region else None, campaign_id=campaign.id if campaign else None
        ),
        str(bracketed(_("科普活动"), listed(what))),
        {name: code for name, code in given.items() if code},
    )


def told_since(now: datetime) -> datetime:
    """Return from when on calendars are told of events: the same moment all day."""
    midnight = datetime.combine(now.astimezone(LOCAL), time.min, LOCAL)
    return midnight - KEPT


def changes_of(events: Sequence[Event]) -> dict[int, datetime]:
    """Return when what is said of each event last changed."""
    edited = queries.edited_at([event.id for event in events])
    return {
        event.id: max(calendars.latest_change(event), edited.get(event.id, event.created_at))
        for event in events
    }


def changed_at(changes: Mapping[int, datetime], *, now: datetime) -> datetime:
    """Return when anything in a feed last changed; at midnight what is long over leaves it."""
    return max([told_since(now) + KEPT, *changes.values()])


def items(
    events: Sequence[Event], changes: Mapping[int, datetime], *, site: str
) -> list[atom.Item]:
    """Return events as news."""
    return [
        atom.Item(
            uid=f"{site}/e/{event.id}",
            title=event.title,
            href=site + url_for("pages.show_event", event_id=event.id),
            summary="\n".join(filter(None, _lines(event))),
            category=event.campaign.en if language() == "en" else event.campaign.zh,
            published_at=event.published_at or event.created_at,
            updated_at=changes[event.id],
        )
        for event in events
    ]


def _lines(event: Event) -> tuple[str, str, str]:
    place = regions.venue_in_words(event.venue) if event.venue else regions.path_of(event.region_id)
    return span_of(event.starts_at, event.ends_at), place, event.summary
