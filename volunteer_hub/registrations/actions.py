from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from volunteer_hub.core import audit, outbox, pinyin
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import DomainError, NotFoundError
from volunteer_hub.core.outbox import Draft
from volunteer_hub.core.text import normalise
from volunteer_hub.core.tokens import code_hash
from volunteer_hub.events import queries as events
from volunteer_hub.events.models import Event, Status
from volunteer_hub.events.rules import is_imminent
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.registrations import queries, rules
from volunteer_hub.registrations.errors import (
    EventCancelledError,
    FullError,
    NoRegistrationNeededError,
    RegistrationEndedError,
    TooLateToWithdrawError,
    TooManyCompanionsError,
)
from volunteer_hub.registrations.models import Channel, Registration, RegistrationState
from volunteer_hub.registrations.rules import Refusal, RegistrationDraft

AT_ONCE: Final = 1000
ERRORS: Final[dict[Refusal, type[DomainError]]] = {
    Refusal.CANCELLED: EventCancelledError,
    Refusal.ENDED: RegistrationEndedError,
    Refusal.NOT_NEEDED: NoRegistrationNeededError,
    Refusal.TOO_MANY_COMPANIONS: TooManyCompanionsError,
    Refusal.FULL: FullError,
}


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
    event = _lock_published(event_id)
    if person_id is not None:
        earlier = queries.find_registration_of(event_id, person_id)
        if earlier is not None:
            return earlier
    _refuse_without_places(event, draft, now=now)
    return _add(event_id, draft, channel=Channel.WEB, person_id=person_id, now=now)


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
    _refuse_without_places(event, draft, now=now, is_staff=True)
    return _add(event_id, draft, channel=Channel.PHONE, by=scope.person_id, now=now)


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
    return _add(event_id, draft, channel=channel, by=by, now=now)


def add_companions(registration: Registration, count: int) -> int:
    """Add people who came along after all; return how many were added, up to the most allowed."""
    added = max(0, min(count, rules.MOST_COMPANIONS - registration.companions))
    registration.companions += added
    return added


def take_back_companions(registration: Registration, count: int) -> None:
    """Take back companions that were added by mistake."""
    registration.companions = max(0, registration.companions - count)


def withdraw(code: str, *, now: datetime) -> Registration:
    """Give back the place of this ticket. Doing it twice changes nothing.

    Raises:
        TicketNotFoundError: No ticket has this code.
        TooLateToWithdrawError: The event has begun.
    """
    registration = queries.lock_registration_by_code(code)
    if registration.state is RegistrationState.CANCELLED:
        return registration
    if now >= registration.event.starts_at:
        raise TooLateToWithdrawError
    _cancel(registration, now=now)
    return registration


def cancel(registration_id: int, *, scope: Scope, now: datetime) -> Registration:
    """Take a place away on the organiser's word, and tell its holder.

    Raises:
        NotFoundError: There is none, or the event is not this person's business.
    """
    registration = queries.lock_registration_for_staff(registration_id, scope)
    if registration.state is RegistrationState.CANCELLED:
        return registration
    _cancel(registration, now=now)
    audit.record("registration.cancel", registration, by=scope.person_id, now=now)
    _tell("registration_cancelled", registration, now=now)
    return registration


def cancel_walk_in(registration: Registration, *, now: datetime) -> None:
    """Take back somebody who was added at the door by mistake."""
    if registration.channel in (Channel.WALK_IN, Channel.POSTER):
        _cancel(registration, now=now)


def tell_of_changes(event_id: int, *, now: datetime) -> int:
    """Tell everyone who left a phone number what became of the event; return how many places.

    A cancelled event takes all places back. Repeating it sends nothing twice.

    Args:
        event_id: An event that changed or was cancelled.
        now: The moment of telling.
    """
    event = queries.event_by_id(event_id)
    places = queries.lock_confirmed_of(event_id)
    for registration in places:
        if event.status is Status.CANCELLED:
            _cancel(registration, now=now)
            _tell("event_cancelled", registration, now=now)
        elif event.changed_at is not None and registration.created_at < event.changed_at:
            _tell("event_changed", registration, now=now, key=f"{event.changed_at:%Y%m%d%H%M%S}")
    return len(places)


def _lock_published(event_id: int) -> Event:
    event = events.lock_event(event_id)
    if event.status is Status.DRAFT:
        raise NotFoundError
    return event


def _refuse_without_places(
    event: Event, draft: RegistrationDraft, *, now: datetime, is_staff: bool = False
) -> None:
    terms = queries.terms_of(event)
    if is_staff:
        terms = rules.as_staff_may_book(terms)
    taken = queries.people_registered([event.id])[event.id]
    why_not = rules.refusal(terms, people_taken=taken, draft=draft, now=now)
    if why_not is not None:
        raise ERRORS[why_not]


def _add(
    event_id: int,
    draft: RegistrationDraft,
    *,
    channel: Channel,
    now: datetime,
    by: int | None = None,
    person_id: int | None = None,
) -> Registration:
    name = normalise(draft.name) if draft.name else None
    spelling, initials = pinyin.of_name(name) if name else ("", "")
    registration = Registration(
        event_id=event_id,
        person_id=person_id,
        name=name,
        pinyin=spelling,
        initials=initials,
        phone=draft.phone or None,
        age_band=draft.age_band or None,
        companions=draft.companions,
        state=RegistrationState.CONFIRMED,
        channel=channel,
        created_at=now,
        created_by_id=by if by is not None else person_id,
        ticket_revision=1,
    )
    db.session.add(registration)
    db.session.flush()
    registration.ticket_hash = code_hash(queries.code_of(registration))
    if channel in (Channel.WEB, Channel.PHONE):
        _tell("registration_confirmed", registration, now=now)
    return registration


def _cancel(registration: Registration, *, now: datetime) -> None:
    registration.state = RegistrationState.CANCELLED
    registration.cancelled_at = now


def _tell(kind: str, registration: Registration, *, now: datetime, key: str = "") -> None:
    """Queue a message to whoever left a number; the others see it on their ticket."""
    if not registration.phone:
        return
    event = registration.event
    params = _facts(event) | {"path": _path(kind, registration)}
    if kind == "event_changed":
        params |= {"changes": list(event.changes), "reason": event.change_reason}
        params["was"] = event.moved_from.isoformat() if event.moved_from else None
    if kind == "event_cancelled":
        params["reason"] = event.cancel_reason
    draft = Draft(
        kind=kind,
        to=outbox.to_registration(registration.id),
        dedupe_key=f"{kind}:registration:{registration.id}:{key}",
        params=params,
        emergency=_emergency(kind, event, now),
    )
    outbox.enqueue_all([draft], now=now)


def _emergency(kind: str, event: Event, now: datetime) -> str | None:
    """Return why a message goes at any hour, or None when it can wait for the morning."""
    is_news = kind in ("event_changed", "event_cancelled")
    return kind if is_news and is_imminent(event.moved_from, event.starts_at, now=now) else None


def remind(*, now: datetime) -> int:
    """Remind attendees who left a number of tomorrow's events, up to ``AT_ONCE``; return how many.

    Repeating it reminds nobody twice.
    """
    due = queries.due_reminders(now=now, limit=AT_ONCE)
    drafts = [
        Draft(
            kind="registration_reminder",
            to=outbox.to_registration(registration.id),
            dedupe_key=key,
            expires_at=registration.event.starts_at,
            params=_facts(registration.event) | {"path": _path("", registration)},
        )
        for key, registration in due
    ]
    outbox.enqueue_all(drafts, now=now)
    return len(drafts)


def _facts(event: Event) -> dict[str, Any]:
    return {
        "event": event.title,
        "when": event.starts_at.isoformat(),
        "place": event.venue.name if event.venue else "",
    }


def _path(kind: str, registration: Registration) -> str:
    """Return where a message leads: the ticket while it is worth something."""
    if kind == "event_cancelled":
        return "/events"
    if kind == "registration_cancelled":
        return f"/e/{registration.event_id}"
    return f"/T/{queries.code_of(registration)}"
