"""A registration's row: made, given its place, ended. The event's row is held meanwhile."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from volunteer_hub.core import pinyin
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import DomainError, NotFoundError
from volunteer_hub.core.text import normalise
from volunteer_hub.core.tokens import code_hash
from volunteer_hub.events import queries as events
from volunteer_hub.events.models import Event, Status
from volunteer_hub.registrations import queries, rules
from volunteer_hub.registrations.errors import (
    EventCancelledError,
    FullError,
    NoRegistrationNeededError,
    RegistrationEndedError,
    TooManyCompanionsError,
)
from volunteer_hub.registrations.models import Channel, Registration, RegistrationState
from volunteer_hub.registrations.rules import Refusal, RegistrationDraft

ERRORS: Final[dict[Refusal, type[DomainError]]] = {
    Refusal.CANCELLED: EventCancelledError,
    Refusal.ENDED: RegistrationEndedError,
    Refusal.NOT_NEEDED: NoRegistrationNeededError,
    Refusal.TOO_MANY_COMPANIONS: TooManyCompanionsError,
    Refusal.FULL: FullError,
}


def lock_published(event_id: int) -> Event:
    """Return the published event held against other writers.

    Raises:
        NotFoundError: There is none, or it is a draft.
    """
    event = events.lock_event(event_id)
    if event.status is Status.DRAFT:
        raise NotFoundError
    return event


def refusal_of(
    event: Event, draft: RegistrationDraft, *, now: datetime, is_staff: bool = False
) -> Refusal | None:
    """Return why these people cannot have places at the held event, or None when they can."""
    terms = queries.terms_of(event)
    if is_staff:
        terms = rules.as_staff_may_book(terms)
    return rules.refusal(terms, taken=queries.taken_of(event.id), draft=draft, now=now)


def add(
    event_id: int,
    draft: RegistrationDraft,
    *,
    channel: Channel,
    now: datetime,
    by: int | None = None,
    person_id: int | None = None,
) -> Registration:
    """Make a registration with its ticket; it has its places until it is made to wait."""
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
    return registration


def end(registration: Registration, *, now: datetime) -> None:
    """Take a place back, or a place in line."""
    registration.state = RegistrationState.CANCELLED
    registration.cancelled_at = now
