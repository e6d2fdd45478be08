"""What a phone keeps to answer by itself: as little as that takes, and no whole name."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select

from volunteer_hub.accounts.models import Person
from volunteer_hub.assignments.models import Assignment, State
from volunteer_hub.checkin.models import Attendance
from volunteer_hub.core.database import run
from volunteer_hub.core.tokens import secret_of
from volunteer_hub.events.models import Post, Shift
from volunteer_hub.registrations.models import Registration, RegistrationState
from volunteer_hub.volunteers.models import Volunteer

GOOD: Final = 0
CANCELLED: Final = 1
WAITING: Final = 2
_HASH_SIGNS: Final = 24


def salt_of(event_id: int) -> str:
    """Return what an event's ticket hashes are salted with, so that rosters tell nothing else."""
    return secret_of("roster", event_id)


def salted(salt: str, code_hash: str) -> str:
    """Return a ticket's hash as a phone keeps it."""
    return hashlib.sha256(f"{salt}|{code_hash}".encode()).hexdigest()[:_HASH_SIGNS]


def roster_of(event_id: int, *, with_tails: bool) -> list[list[Any]]:
    """Return who may come, one short line each.

    A line is: salted hash, key, surname, initials, people, state, post, start of the own part,
    when they came, when they left, last digits of the phone number. Seconds since 1970.

    Args:
        event_id: The event.
        with_tails: Whether the organiser lets phones keep the last digits.
    """
    salt, stays = salt_of(event_id), _stays(event_id)
    lines = []
    for row in run(_attendees(event_id)):
        state = _STATES.get(row.state, CANCELLED)
        own = [f"r{row.id}", 1 + row.companions, state, "", None]
        lines.append(_line(salt, row, own, stays))
    for row in run(_volunteers(event_id)):
        state = GOOD if row.state is State.ACCEPTED else CANCELLED
        own = [f"v{row.id}", 1, state, row.title, _seconds(row.starts_at)]
        lines.append(_line(salt, row, own, stays))
    if not with_tails:
        for line in lines:
            line[-1] = ""
    return lines


_STATES: Final = {RegistrationState.CONFIRMED: GOOD, RegistrationState.WAITING: WAITING}
Line = list[Any]


def _line(
    salt: str,
    row: Any,  # noqa: ANN401 - a row
    own: Line,
    stays: dict[str, tuple[datetime, datetime | None]],
) -> Line:
    key, people, state, post, starts_at = own
    came, left = stays.get(key, (None, None))
    return [salted(salt, row.code_hash), key, (row.name or "")[:1], row.initials, people, state,
            post, starts_at, _seconds(came), _seconds(left), (row.phone or "")[-4:]]  # fmt: skip


def _seconds(moment: datetime | None) -> int | None:
    return int(moment.timestamp()) if moment is not None else None


def _attendees(event_id: int) -> Any:  # noqa: ANN401 - a statement
    return (
        select(
            Registration.id,
            Registration.name,
            Registration.initials,
            Registration.companions,
            Registration.state,
            Registration.phone,
            Registration.ticket_hash.label("code_hash"),
        )
        .where(Registration.event_id == event_id, Registration.ticket_hash.is_not(None))
        .order_by(Registration.id)
    )


def _volunteers(event_id: int) -> Any:  # noqa: ANN401 - a statement
    return (
        select(
            Assignment.id,
            Person.name,
            Person.initials,
            Person.phone,
            Assignment.state,
            Assignment.pass_hash.label("code_hash"),
            Post.title,
            Shift.starts_at,
        )
        .join(Post, Assignment.post_id == Post.id)
        .join(Shift, Post.shift_id == Shift.id)
        .join(Volunteer, Assignment.volunteer_id == Volunteer.id)
        .join(Person, Volunteer.person_id == Person.id)
        .where(Shift.event_id == event_id, Assignment.pass_hash.is_not(None))
        .order_by(Assignment.id)
    )


def _stays(event_id: int) -> dict[str, tuple[datetime, datetime | None]]:
    """Return when each came and left last, by key."""
    statement = (
        select(
            Attendance.registration_id, Attendance.assignment_id, Attendance.in_at,
            Attendance.out_at,
        )
        .where(Attendance.event_id == event_id)
        .order_by(Attendance.in_at, Attendance.id)
    )  # fmt: skip
    return {
        f"r{row.registration_id}" if row.registration_id else f"v{row.assignment_id}": (
            row.in_at,
            row.out_at,
        )
        for row in run(statement)
    }
