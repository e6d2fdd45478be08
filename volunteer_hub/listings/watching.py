"""Keeps the index as the events are, in the transaction that changes them, whoever changes them."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import event, inspect, select
from sqlalchemy.orm import Session, UOWTransaction

from volunteer_hub.core.database import db
from volunteer_hub.events.models import Event, Status
from volunteer_hub.listings import actions
from volunteer_hub.listings.models import EventSearch
from volunteer_hub.programmes.models import Campaign
from volunteer_hub.regions.models import Region, Venue

_EVENT: Final = (
    "title", "topic", "speaker_name", "starts_at", "ends_at", "status", "venue_id", "region_id",
    "campaign_id", "audience_codes", "language_codes",
)  # fmt: skip
_VENUE: Final = ("name", "pinyin", "initials", "is_step_free")
_CAMPAIGN: Final = ("zh", "en")
_REGION: Final = ("short_name", "full_name", "pinyin", "initials", "pinyin_alt")


def _has_changed(row: object, names: tuple[str, ...]) -> bool:
    attributes = inspect(row, raiseerr=True).attrs
    return any(attributes[name].history.has_changes() for name in names)


def _events_of(session: Session) -> set[int]:
    """Return the ids of events that this flush changed themselves."""
    added = {
        row.id for row in session.new if isinstance(row, Event) and row.status is Status.PUBLISHED
    }
    changed = {
        row.id for row in session.dirty if isinstance(row, Event) and _has_changed(row, _EVENT)
    }
    return added | changed


def _events_around(session: Session) -> set[int]:
    """Return the ids of events in the index whose venue, campaign or region this flush changed."""
    conditions: list[Any] = []
    venues = [r.id for r in session.dirty if isinstance(r, Venue) and _has_changed(r, _VENUE)]
    campaigns = [
        r.id for r in session.dirty if isinstance(r, Campaign) and _has_changed(r, _CAMPAIGN)
    ]
    if venues:
        conditions.append(Event.venue_id.in_(venues))
    if campaigns:
        conditions.append(Event.campaign_id.in_(campaigns))
    if any(isinstance(r, Region) and _has_changed(r, _REGION) for r in session.dirty):
        conditions = [Event.id.is_not(None)]  # a new tree: everything lies somewhere in it
    of_index = select(EventSearch.event_id).join(Event, Event.id == EventSearch.event_id)
    return {
        event_id
        for condition in conditions
        for event_id in session.connection().scalars(of_index.where(condition))
    }


def _keep_up(session: Session, _context: UOWTransaction) -> None:
    changed = _events_of(session) | _events_around(session)
    if changed:
        actions.refresh(changed)


def init_app() -> None:
    """Listen to what the session writes."""
    if not event.contains(db.session, "after_flush", _keep_up):
        event.listen(db.session, "after_flush", _keep_up)
