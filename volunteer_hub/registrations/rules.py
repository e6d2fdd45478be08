"""When a place at an event may be taken or given back. Pure: values in, verdict out."""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

REMIND_BEFORE: Final = timedelta(hours=24)
ROOM_FOR_ALL: Final = 10**6
MOST_COMPANIONS: Final = 9  # beyond this it is a group, which the organiser books


class Refusal(enum.StrEnum):
    """Why nobody can take a place, or not so many."""

    CANCELLED = "cancelled"
    ENDED = "ended"
    NOT_NEEDED = "not_needed"
    TOO_MANY_COMPANIONS = "too_many_companions"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Terms:
    """What an event says about its attendees."""

    is_cancelled: bool
    is_closed: bool
    takes_registrations: bool
    ends_at: datetime
    capacity: int | None
    max_companions: int


@dataclass(frozen=True, slots=True)
class RegistrationDraft:
    """What an attendee, or somebody for them, filled in."""

    name: str | None = None
    phone: str | None = None
    age_band: str | None = None
    companions: int = 0

    @property
    def people(self) -> int:
        """How many places this takes."""
        return 1 + self.companions


def closed(terms: Terms, *, now: datetime) -> Refusal | None:
    """Return why the event takes no registrations at all, or None when it does.

    Args:
        terms: What the event says.
        now: The moment of asking; the end of the event, itself excluded, is the last moment.
    """
    if terms.is_cancelled:
        return Refusal.CANCELLED
    if terms.is_closed or now >= terms.ends_at:
        return Refusal.ENDED
    if not terms.takes_registrations:
        return Refusal.NOT_NEEDED
    return None


@dataclass(frozen=True, slots=True)
class Taken:
    """What is taken of an event's places.

    Attributes:
        people: Who holds a place, companions counted.
        kept: Places kept for people who waited and have yet to answer.
        waiting: Parties that wait; whoever comes now comes after them.
    """

    people: int = 0
    kept: int = 0
    waiting: int = 0

    @property
    def places(self) -> int:
        """How many places nobody else can have."""
        return self.people + self.kept


def refusal(
    terms: Terms, *, taken: Taken, draft: RegistrationDraft, now: datetime
) -> Refusal | None:
    """Return why these people cannot have places, or None when they can.

    Args:
        terms: What the event says.
        taken: What is taken before this.
        draft: Who wants to come.
        now: The moment of asking.
    """
    why_not = closed(terms, now=now)
    if why_not is not None:
        return why_not
    if draft.companions > terms.max_companions:
        return Refusal.TOO_MANY_COMPANIONS
    if terms.capacity is None:
        return None
    is_full = taken.waiting > 0 or taken.places + draft.people > terms.capacity
    return Refusal.FULL if is_full else None


def is_waiting_over(terms: Terms, *, now: datetime) -> bool:
    """Tell whether nobody can be let in from the waiting list any more."""
    return terms.is_closed or terms.is_cancelled or now >= terms.ends_at


def free_places(terms: Terms, taken: Taken) -> int:
    """Return how many places may be offered to those who wait."""
    return ROOM_FOR_ALL if terms.capacity is None else terms.capacity - taken.places


def as_staff_may_book(terms: Terms) -> Terms:
    """Return the terms for the organiser's telephone: open also when the web is closed to it."""
    return replace(terms, takes_registrations=True, max_companions=MOST_COMPANIONS)


def places_left(terms: Terms, taken: Taken) -> int | None:
    """Return how many more people may come; None when there is no limit.

    While somebody waits there are none: what is free is kept for them.
    """
    if terms.capacity is None:
        return None
    return 0 if taken.waiting else max(0, terms.capacity - taken.places)


def is_reminder_due(*, starts_at: datetime, known_at: datetime, now: datetime) -> bool:
    """Tell whether an attendee is to be reminded: from a day before, until it begins.

    Args:
        starts_at: When the event begins.
        known_at: When they last heard of it, by registering or of a change; whoever did so in
            the last day needs no reminder.
        now: The moment.
    """
    day_before = starts_at - REMIND_BEFORE
    return known_at < day_before <= now < starts_at
