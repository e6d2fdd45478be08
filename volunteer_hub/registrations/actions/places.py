"""Places at events: taken, booked, given back."""

from __future__ import annotations

from datetime import datetime

from volunteer_hub.core import audit
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.events import queries as events
from volunteer_hub.events.models import Status
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.registrations import queries, rules
from volunteer_hub.registrations.actions import line, rows, telling
from volunteer_hub.registrations.errors import TooLateToWithdrawError
from volunteer_hub.registrations.models import Channel, Registration, RegistrationState
from volunteer_hub.registrations.rules import RegistrationDraft


def register(
    event_id: int, draft: RegistrationDraft, *, person_id: int | None, now: datetime
) -> Registration:
    """Give an attendee a place, and the people who come along.

    A signed-in person who holds a place already gets the same one again.

    Args:
        event_id: A published event.
        draft: What they filled in.
        person_id: Their account, if they have one.
        now: The moment of registering.

    Raises:
        NotFoundError: There is no such published event.
        DomainError: One of `ERRORS`, when the event takes none, or not so many.
    """
    event = rows.lock_published(event_id)
    if person_id is not None:
        earlier = queries.find_registration_of(event_id, person_id)
        if earlier is not None:
            return earlier
    why_not = rows.refusal_of(event, draft, now=now)
    if why_not is not None:
        raise rows.ERRORS[why_not]
    registration = rows.add(event_id, draft, channel=Channel.WEB, person_id=person_id, now=now)
    telling.tell("registration_confirmed", registration, now=now)
    return registration


def register_by_phone(
    event_id: int, draft: RegistrationDraft, *, scope: Scope, now: datetime
) -> Registration:
    """Give a place to somebody who asked the organiser for it.

    Args:
        event_id: An event of the organiser.
        draft: Who comes.
        scope: Whose business the event must be.
        now: The moment of booking.

    Raises:
        NotFoundError: The event is not theirs, or still a draft.
        DomainError: One of `ERRORS`, when the event is over, cancelled or full.
    """
    event = events.lock_event_for_staff(event_id, scope)
    if event.status is Status.DRAFT:
        raise NotFoundError
    why_not = rows.refusal_of(event, draft, now=now, is_staff=True)
    if why_not is not None:
        raise rows.ERRORS[why_not]
    booked = rows.add(event_id, draft, channel=Channel.PHONE, by=scope.person_id, now=now)
    telling.tell("registration_confirmed", booked, now=now)
    return booked


def add_at_the_door(
    event_id: int, draft: RegistrationDraft, *, by: int | None, now: datetime
) -> Registration:
    """Note somebody who came without a place: the door is never closed by a number.

    Args:
        event_id: The event they stand in front of.
        draft: What they said about themselves, perhaps nothing.
        by: The member of staff; None when they scanned the poster themselves.
        now: The moment they came.
    """
    channel = Channel.POSTER if by is None else Channel.WALK_IN
    return rows.add(event_id, draft, channel=channel, by=by, now=now)


def add_companions(registration: Registration, count: int) -> int:
    """Add people who came along after all; return how many were added, up to the most allowed."""
    added = max(0, min(count, rules.MOST_COMPANIONS - registration.companions))
    registration.companions += added
    return added


def take_back_companions(registration: Registration, count: int) -> None:
    """Take back companions that were added by mistake."""
    registration.companions = max(0, registration.companions - count)


def withdraw(code: str, *, now: datetime) -> Registration:
    """Give back the place of this ticket, or the place in line. Doing it twice changes nothing.

    Whoever waits is offered what gets free.

    Raises:
        TicketNotFoundError: No ticket has this code.
        TooLateToWithdrawError: The event has begun.
    """
    event = events.lock_event(queries.registration_by_code(code).event_id)
    registration = queries.lock_registration_by_code(code)
    if registration.state is RegistrationState.CANCELLED:
        return registration
    if now >= event.starts_at:
        raise TooLateToWithdrawError
    line.leave(registration, now=now)
    rows.end(registration, now=now)
    line.settle(event, now=now)
    return registration


def bring_fewer(code: str, companions: int, *, now: datetime) -> Registration:
    """Let fewer people come along than were registered; whoever waits is offered the places.

    Whoever waits themselves keeps their place in line. More people are never added this way.

    Args:
        code: The ticket's.
        companions: How many come along.
        now: The moment.

    Raises:
        TicketNotFoundError: No ticket has this code.
        TooLateToWithdrawError: The event has begun.
    """
    event = events.lock_event(queries.registration_by_code(code).event_id)
    registration = queries.lock_registration_by_code(code)
    if now >= event.starts_at:
        raise TooLateToWithdrawError
    if registration.state is RegistrationState.CANCELLED or companions >= registration.companions:
        return registration
    registration.companions = max(0, companions)
    line.need_fewer(registration)
    line.settle(event, now=now)
    return registration


def cancel(registration_id: int, *, scope: Scope, now: datetime) -> Registration:
    """Take a place away on the organiser's word, and tell its holder.

    Raises:
        NotFoundError: There is none, or the event is not this person's business.
    """
    event = events.lock_event_for_staff(queries.event_id_of(registration_id), scope)
    registration = queries.lock_registration(registration_id)
    if registration.state is RegistrationState.CANCELLED:
        return registration
    line.leave(registration, now=now)
    rows.end(registration, now=now)
    audit.record("registration.cancel", registration, by=scope.person_id, now=now)
    telling.tell("registration_cancelled", registration, now=now)
    line.settle(event, now=now)
    return registration


def cancel_walk_in(registration: Registration, *, now: datetime) -> None:
    """Take back somebody who was added at the door by mistake."""
    if registration.channel in (Channel.WALK_IN, Channel.POSTER):
        rows.end(registration, now=now)


def tell_of_changes(event_id: int, *, now: datetime) -> int:
    """Tell everyone who left a phone number what became of the event; return how many places.

    A cancelled event takes all places back; whoever only waits is told when the line is settled.
    Repeating it sends nothing twice.

    Args:
        event_id: An event that changed or was cancelled.
        now: The moment of telling.
    """
    event = queries.event_by_id(event_id)
    places = queries.lock_live_of(event)
    for registration in places:
        if event.status is Status.CANCELLED:
            rows.end(registration, now=now)
            telling.tell("event_cancelled", registration, now=now)
        elif event.changed_at is not None and registration.created_at < event.changed_at:
            telling.tell(
                "event_changed", registration, now=now, key=f"{event.changed_at:%Y%m%d%H%M%S}"
            )
    return len(places)
