from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    String,
    and_,
    func,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from volunteer_hub.core.database import db
from volunteer_hub.waiting.errors import OfferNotFoundError
from volunteer_hub.waiting.models import EntryState, OfferState, WaitingEntry, WaitingOffer
from volunteer_hub.waiting.rules import LIVE

_IN_ORDER = (WaitingEntry.joined_at, WaitingEntry.id)


@dataclass(frozen=True, slots=True)
class Line:
    """Whom one event, or one post, has waiting for it."""

    event_id: int | None = None
    post_id: int | None = None

    @property
    def condition(self) -> ColumnElement[bool]:
        """That an entry is of this line."""
        if self.event_id is not None:
            return WaitingEntry.event_id == self.event_id
        return WaitingEntry.post_id == self.post_id


@dataclass(frozen=True, slots=True)
class LineCount:
    """How long a line is.

    Attributes:
        parties: How many wait; whoever has an offer does not wait any more.
        kept: Places that are kept for those who have an offer.
    """

    parties: int = 0
    kept: int = 0


def line_of(entry: WaitingEntry) -> Line:
    """Return the line somebody stands in."""
    return Line(event_id=entry.event_id, post_id=entry.post_id)


def waiting_in(line: Line) -> list[WaitingEntry]:
    """Return who waits and has no offer, the first first."""
    statement = select(WaitingEntry).where(line.condition, WaitingEntry.state == EntryState.WAITING)
    return list(db.session.scalars(statement.order_by(*_IN_ORDER)))


def live_in(line: Line) -> list[WaitingEntry]:
    """Return who waits or has an offer, the first first."""
    statement = select(WaitingEntry).where(line.condition, WaitingEntry.state.in_(LIVE))
    return list(db.session.scalars(statement.order_by(*_IN_ORDER)))


def open_offers_in(line: Line) -> list[WaitingOffer]:
    """Return the offers that nobody answered yet, with their entries, the oldest first."""
    statement = (
        select(WaitingOffer)
        .join(WaitingOffer.entry)
        .where(line.condition, WaitingOffer.state == OfferState.OPEN)
        .options(joinedload(WaitingOffer.entry))
        .order_by(WaitingOffer.offered_at, WaitingOffer.id)
        .execution_options(populate_existing=True)
    )
    return list(db.session.scalars(statement))


def count_of(line: Line) -> LineCount:
    """Return how many wait, and how many places are kept by offers."""
    statement = (
        select(WaitingEntry.state, func.count(WaitingEntry.id), func.sum(WaitingEntry.people))
        .where(line.condition, WaitingEntry.state.in_(LIVE))
        .group_by(WaitingEntry.state)
    )
    found = {state: (parties, people) for state, parties, people in db.session.execute(statement)}
    return LineCount(
        parties=found.get(EntryState.WAITING, (0, 0))[0],
        kept=found.get(EntryState.OFFERED, (0, 0))[1],
    )


def heads_at(post_ids: Collection[int]) -> Select[int | None, str, int]:
    """Return the statement that counts who waits and who has an offer, by post and state."""
    return (
        select(
            WaitingEntry.post_id,
            type_coerce(WaitingEntry.state, String),
            func.count(WaitingEntry.id),
        )
        .where(WaitingEntry.post_id.in_(post_ids), WaitingEntry.state.in_(LIVE))
        .group_by(WaitingEntry.post_id, WaitingEntry.state)
    )


def kept_at(event_id: ColumnElement[int] | InstrumentedAttribute[int]) -> ScalarSelect[int]:
    """Return how many places offers keep at an event, as a part of a larger statement."""
    return (
        select(func.coalesce(func.sum(WaitingEntry.people), 0))
        .where(WaitingEntry.event_id == event_id, WaitingEntry.state == EntryState.OFFERED)
        .scalar_subquery()
    )


def kept_at_post(post_id: InstrumentedAttribute[int]) -> ScalarSelect[int]:
    """Return how many places offers keep at a post, as a part of a larger statement."""
    return (
        select(func.count(WaitingEntry.id))
        .where(WaitingEntry.post_id == post_id, WaitingEntry.state == EntryState.OFFERED)
        .scalar_subquery()
    )


def position_of(entry: WaitingEntry) -> int | None:
    """Return the place in line, the first is 1; None for whoever does not wait."""
    if entry.state is not EntryState.WAITING:
        return None
    is_before = or_(
        WaitingEntry.joined_at < entry.joined_at,
        and_(WaitingEntry.joined_at == entry.joined_at, WaitingEntry.id < entry.id),
    )
    statement = select(func.count(WaitingEntry.id)).where(
        line_of(entry).condition, WaitingEntry.state == EntryState.WAITING, is_before
    )
    return 1 + (db.session.scalar(statement) or 0)


def last_joined_at(line: Line) -> datetime | None:
    """Return when the last one joined the line, whatever became of them."""
    statement = (
        select(WaitingEntry.joined_at)
        .where(line.condition)
        .order_by(WaitingEntry.joined_at.desc())
        .limit(1)
    )
    return db.session.scalar(statement)


def find_entry_of_registration(registration_id: int) -> WaitingEntry | None:
    """Return the entry of an attendee's party, as it is now, or None when they never waited."""
    statement = select(WaitingEntry).where(WaitingEntry.registration_id == registration_id)
    return db.session.scalar(statement.execution_options(populate_existing=True))


def find_entry_of_volunteer(post_id: int, volunteer_id: int) -> WaitingEntry | None:
    """Return the live entry of a volunteer at a post, as it is now, or None."""
    statement = select(WaitingEntry).where(
        WaitingEntry.post_id == post_id,
        WaitingEntry.volunteer_id == volunteer_id,
        WaitingEntry.state.in_(LIVE),
    )
    return db.session.scalar(statement.execution_options(populate_existing=True))


def volunteers_in(line: Line) -> set[int]:
    """Return the volunteers who stand in a line, or ever did."""
    statement = select(WaitingEntry.volunteer_id).where(line.condition).distinct()
    return {each for each in db.session.scalars(statement) if each is not None}


def offer_by_id(offer_id: int) -> WaitingOffer:
    """Return the offer with its entry, as they are now.

    Raises:
        OfferNotFoundError: There is none.
    """
    statement = (
        select(WaitingOffer)
        .where(WaitingOffer.id == offer_id)
        .options(joinedload(WaitingOffer.entry, innerjoin=True))
        .execution_options(populate_existing=True)
    )
    found = db.session.scalar(statement)
    if found is None:
        raise OfferNotFoundError
    return found


def find_open_offer(entry: WaitingEntry) -> WaitingOffer | None:
    """Return what somebody is offered now, or None."""
    statement = select(WaitingOffer).where(
        WaitingOffer.entry_id == entry.id, WaitingOffer.state == OfferState.OPEN
    )
    return db.session.scalar(statement)


def has_overdue_offer(line_key: ColumnElement[bool], *, now: datetime) -> ColumnElement[bool]:
    """Return the condition that some offer of these entries was to be answered by now.

    Args:
        line_key: Ties the entries to a larger statement.
        now: The moment.
    """
    return (
        select(WaitingOffer.id)
        .join(WaitingOffer.entry)
        .where(line_key, WaitingOffer.state == OfferState.OPEN, WaitingOffer.expires_at <= now)
        .exists()
    )
