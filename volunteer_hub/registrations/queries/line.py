"""Who waits for a full event, as they and the organiser see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select

from volunteer_hub.core.database import db
from volunteer_hub.events.models import Event, Status
from volunteer_hub.registrations.models import Registration
from volunteer_hub.registrations.queries.places import people_at, registration_by_id
from volunteer_hub.waiting import queries as lines
from volunteer_hub.waiting.errors import OfferNotFoundError
from volunteer_hub.waiting.models import EntryState, OfferState, WaitingEntry, WaitingOffer
from volunteer_hub.waiting.rules import LIVE


@dataclass(frozen=True, slots=True)
class InLine:
    """How things stand with a party that waits, or waited.

    Attributes:
        state: Whether they wait, are offered places, or why they do neither.
        position: Their place in line, the first is 1; None when they do not wait.
        offer_id: What they are offered.
        expires_at: Until when it is kept for them.
    """

    state: EntryState
    position: int | None = None
    offer_id: int | None = None
    expires_at: datetime | None = None


def find_in_line(registration_id: int) -> InLine | None:
    """Return how things stand with a party in line, or None when it never was in one."""
    entry = lines.find_entry_of_registration(registration_id)
    if entry is None:
        return None
    offer = lines.find_open_offer(entry) if entry.state is EntryState.OFFERED else None
    return InLine(
        state=entry.state,
        position=lines.position_of(entry),
        offer_id=offer.id if offer else None,
        expires_at=offer.expires_at if offer else None,
    )


def offered_place(offer_id: int) -> tuple[WaitingOffer, Registration]:
    """Return an offer of places at an event, and whose it is.

    Raises:
        OfferNotFoundError: There is none.
    """
    offer = lines.offer_by_id(offer_id)
    registration_id = offer.entry.registration_id
    if registration_id is None:
        raise OfferNotFoundError
    return offer, registration_by_id(registration_id)


@dataclass(frozen=True, slots=True)
class Waiter:
    """One party in line, as the organiser sees it; the position is None for who has an offer."""

    registration: Registration
    joined_at: datetime
    position: int | None
    expires_at: datetime | None


def waiters_of(event_id: int) -> list[Waiter]:
    """Return who has an offer and who waits, the first first."""
    is_open = and_(WaitingOffer.entry_id == WaitingEntry.id, WaitingOffer.state == OfferState.OPEN)
    statement = (
        select(Registration, WaitingEntry.joined_at, WaitingEntry.state, WaitingOffer.expires_at)
        .join(WaitingEntry, WaitingEntry.registration_id == Registration.id)
        .outerjoin(WaitingOffer, is_open)
        .where(WaitingEntry.event_id == event_id, WaitingEntry.state.in_(LIVE))
        .order_by(WaitingEntry.joined_at, WaitingEntry.id)
    )
    found, position = [], 0
    for registration, joined_at, state, expires_at in db.session.execute(statement):
        waits = state is EntryState.WAITING
        position += waits
        found.append(Waiter(registration, joined_at, position if waits else None, expires_at))
    return found


@dataclass(frozen=True, slots=True)
class Promoted:
    """Somebody whom staff let in before their turn, and why."""

    registration: Registration
    reason: str
    at: datetime | None


def promoted_to(event_id: int) -> list[Promoted]:
    """Return whom staff let in before their turn, the latest first."""
    statement = (
        select(Registration, WaitingEntry.reason, WaitingEntry.ended_at)
        .join(WaitingEntry, WaitingEntry.registration_id == Registration.id)
        .where(WaitingEntry.event_id == event_id, WaitingEntry.reason != "")
        .order_by(WaitingEntry.ended_at.desc(), WaitingEntry.id.desc())
    )
    return [Promoted(*row) for row in db.session.execute(statement)]


def count_waiting(event_id: int) -> int:
    """Return how many parties wait, or have an offer."""
    statement = select(func.count(WaitingEntry.id)).where(
        WaitingEntry.event_id == event_id, WaitingEntry.state.in_(LIVE)
    )
    return db.session.scalar(statement) or 0


def events_to_settle(*, now: datetime) -> list[int]:
    """Return the events whose line may have to move: an offer ran out, or a place is free.

    Args:
        now: The moment.
    """
    of_event = WaitingEntry.event_id == Event.id
    waits = select(WaitingEntry.id).where(of_event, WaitingEntry.state == EntryState.WAITING)
    lives = select(WaitingEntry.id).where(of_event, WaitingEntry.state.in_(LIVE))
    taken = people_at(Event.id) + lines.kept_at(Event.id)
    has_room = or_(Event.capacity.is_(None), Event.capacity > taken)
    is_over = or_(Event.status != Status.PUBLISHED, Event.ends_at <= now)
    statement = select(Event.id).where(
        or_(
            and_(is_over, lives.exists()),
            lines.has_overdue_offer(of_event, now=now),
            and_(Event.starts_at > now, waits.exists(), has_room),
        )
    )
    return list(db.session.scalars(statement.order_by(Event.id)))
