"""Who waits for a place at a full event: joining, offers, answers; all under the event's row."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from volunteer_hub.core import audit
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.events import queries as events
from volunteer_hub.events.models import Event, Status
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.registrations import queries, rules
from volunteer_hub.registrations.actions import rows, telling
from volunteer_hub.registrations.errors import EventCancelledError
from volunteer_hub.registrations.models import Channel, Registration, RegistrationState
from volunteer_hub.registrations.rules import Refusal, RegistrationDraft
from volunteer_hub.waiting import actions as waiting
from volunteer_hub.waiting import queries as lines
from volunteer_hub.waiting.actions import Holder
from volunteer_hub.waiting.errors import (
    NotWaitingError,
    OfferNotFoundError,
    PartyTooLargeError,
    WaitingClosedError,
)
from volunteer_hub.waiting.models import OfferState, WaitingEntry, WaitingOffer
from volunteer_hub.waiting.queries import Line
from volunteer_hub.waiting.rules import LIVE


def wait(
    event_id: int, draft: RegistrationDraft, *, person_id: int | None, now: datetime
) -> Registration:
    """Put an attendee on the waiting list of a full event, or give the place that is free again.

    A signed-in person who holds a place or waits already stays where they are.

    Args:
        event_id: A published event.
        draft: What they filled in.
        person_id: Their account, if they have one.
        now: The moment.

    Raises:
        NotFoundError: There is no such published event.
        DomainError: One of `rows.ERRORS`, when the event takes nobody.
        WaitingClosedError: It has begun.
        PartyTooLargeError: So many will never fit.
    """
    event = rows.lock_published(event_id)
    if person_id is not None:
        earlier = queries.find_registration_of(event_id, person_id, with_waiting=True)
        if earlier is not None:
            return earlier
    made = {"channel": Channel.WEB, "person_id": person_id}
    return _wait(event, draft, made, now=now)


def wait_by_phone(
    event_id: int, draft: RegistrationDraft, *, scope: Scope, now: datetime
) -> Registration:
    """Do the same for somebody who asked the organiser, by telephone.

    Raises:
        NotFoundError: The event is not theirs, or still a draft.
        DomainError: Nobody can wait for it, as in `wait`.
    """
    event = events.lock_event_for_staff(event_id, scope)
    if event.status is Status.DRAFT:
        raise NotFoundError
    made = {"channel": Channel.PHONE, "by": scope.person_id}
    return _wait(event, draft, made, now=now, is_staff=True)


def _wait(
    event: Event,
    draft: RegistrationDraft,
    made: dict[str, Any],
    *,
    now: datetime,
    is_staff: bool = False,
) -> Registration:
    why_not = rows.refusal_of(event, draft, now=now, is_staff=is_staff)
    if why_not is None:
        registration = rows.add(event.id, draft, now=now, **made)
        telling.tell("registration_confirmed", registration, now=now)
        return registration
    if why_not is not Refusal.FULL:
        raise rows.ERRORS[why_not]
    _refuse_to_wait(event, draft, now=now)
    return _join(event, rows.add(event.id, draft, now=now, **made), now=now)


def _refuse_to_wait(event: Event, draft: RegistrationDraft, *, now: datetime) -> None:
    if now >= event.starts_at:
        raise WaitingClosedError
    if event.capacity is not None and draft.people > event.capacity:
        raise PartyTooLargeError


def _join(event: Event, registration: Registration, *, now: datetime) -> Registration:
    registration.state = RegistrationState.WAITING
    line, holder = Line(event_id=event.id), Holder(registration_id=registration.id)
    entry = waiting.join(line, holder, people=1 + registration.companions, now=now)
    settle(event, now=now)
    position = lines.position_of(entry)
    if position is not None:
        telling.tell("waiting_joined", registration, now=now, more={"position": position})
    return registration


def accept_offer(offer_id: int, *, now: datetime) -> Registration:
    """Give the places that were offered. Accepting twice changes nothing.

    When the organiser made the event smaller meanwhile and others were quicker, the registration
    that comes back waits again, where it stood before.

    Raises:
        OfferNotFoundError: There is no such offer of a place at an event.
        OfferExpiredError: Its time is over.
        OfferGoneError: It was declined or taken back.
        EventCancelledError: The event will not take place.
    """
    event, offer, registration = _lock_offer(offer_id)
    if offer.state is OfferState.ACCEPTED:
        return registration
    if event.status is Status.CANCELLED:
        raise EventCancelledError
    waiting.refuse_unless_open(offer, now=now)
    people = queries.people_registered([event.id])[event.id]
    if event.capacity is not None and people + offer.entry.people > event.capacity:
        waiting.take_back(offer, now=now)
        return registration
    waiting.accept(offer, now=now)
    _let_in(registration, now=now)
    return registration


def decline_offer(offer_id: int, *, now: datetime) -> Registration:
    """Leave the line, and hand the places to the next. Doing it twice changes nothing.

    Whoever has accepted stays where they are, so that an old page does no harm.

    Raises:
        OfferNotFoundError: There is no such offer of a place at an event.
    """
    event, offer, registration = _lock_offer(offer_id)
    if offer.state is OfferState.OPEN:
        waiting.decline(offer, now=now)
        rows.end(registration, now=now)
        settle(event, now=now)
    return registration


def _lock_offer(offer_id: int) -> tuple[Event, WaitingOffer, Registration]:
    event_id = lines.offer_by_id(offer_id).entry.event_id
    if event_id is None:
        raise OfferNotFoundError
    event = events.lock_event(event_id)
    offer = lines.offer_by_id(offer_id)  # once more: it may have been answered while we waited
    return event, offer, queries.lock_registration(offer.entry.registration_id or 0)


def promote(registration_id: int, reason: str, *, scope: Scope, now: datetime) -> Registration:
    """Let somebody in before their turn, also beyond the number of places, and tell them.

    Args:
        registration_id: Who waits.
        reason: Why, in the organiser's words.
        scope: Whose business the event must be.
        now: The moment.

    Raises:
        NotFoundError: There is none, or the event is not this person's business.
        NotWaitingError: They do not wait any more.
    """
    events.lock_event_for_staff(queries.event_id_of(registration_id), scope)
    registration = queries.lock_registration(registration_id)
    entry = lines.find_entry_of_registration(registration_id)
    if entry is None:
        raise NotFoundError
    if entry.state not in LIVE:
        raise NotWaitingError
    waiting.promote(entry, reason, by=scope.person_id or 0, now=now)
    audit.record("waiting.promote", registration, by=scope.person_id, now=now)
    _let_in(registration, now=now)
    return registration


def _let_in(registration: Registration, *, now: datetime) -> None:
    registration.state = RegistrationState.CONFIRMED
    # The moment they got their place: what changed before they know, and need no reminder of.
    registration.created_at = now
    telling.tell("registration_confirmed", registration, now=now)


def leave(registration: Registration, *, now: datetime) -> None:
    """Take whoever waits out of their line, if they are in one; their event is held."""
    entry = lines.find_entry_of_registration(registration.id)
    if entry is not None and entry.state in LIVE:
        waiting.leave(entry, now=now)


def need_fewer(registration: Registration) -> None:
    """Note that a party in line, whose event is held, became smaller."""
    entry = lines.find_entry_of_registration(registration.id)
    if entry is not None and entry.state in LIVE:
        entry.people = 1 + registration.companions


def settle_line(event_id: int, *, now: datetime) -> None:
    """Hand on what nobody answered for, and offer what is free; repeating it changes nothing.

    Raises:
        NotFoundError: There is no such event.
    """
    settle(events.lock_event(event_id), now=now)


def settle(event: Event, *, now: datetime) -> None:
    """Do the same for an event that is held already."""
    line = Line(event_id=event.id)
    entries = lines.live_in(line)
    if not entries:
        return
    terms = queries.terms_of(event)
    if rules.is_waiting_over(terms, now=now):
        _send_home(event, entries, now=now)
        return
    for entry in waiting.lapse(line, now=now):
        rows.end(_registration_of(entry), now=now)
    if now >= event.starts_at:
        return
    free = rules.free_places(terms, queries.taken_of(event.id))
    for offer in waiting.offer_places(line, free=free, starts_at=event.starts_at, now=now):
        telling.tell_of_offer(offer, _registration_of(offer.entry), now=now)


def _send_home(event: Event, entries: list[WaitingEntry], *, now: datetime) -> None:
    """End the line of an event that is over, or will not be, and tell of the latter."""
    waiting.close(entries, now=now)
    for entry in entries:
        registration = _registration_of(entry)
        rows.end(registration, now=now)
        if event.status is Status.CANCELLED:
            telling.tell("event_cancelled", registration, now=now)


def _registration_of(entry: WaitingEntry) -> Registration:
    return queries.registration_by_id(entry.registration_id or 0)
