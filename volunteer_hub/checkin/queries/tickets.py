"""Tickets and passes, as their holders see them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_, select

from volunteer_hub.assignments.models import Assignment, State
from volunteer_hub.checkin.models import Attendance
from volunteer_hub.checkin.queries.people import (
    WITH_POST,
    Key,
    Subject,
    attendances_of,
    subject_of_assignment,
    subject_of_registration,
)
from volunteer_hub.core.database import db
from volunteer_hub.core.tokens import code_hash, ticket_code
from volunteer_hub.events.models import Post, Shift
from volunteer_hub.registrations import queries as registrations
from volunteer_hub.registrations.errors import TicketNotFoundError
from volunteer_hub.volunteers.models import Volunteer


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket as its page shows it."""

    code: str
    subject: Subject
    shift: Shift | None
    stays: list[Attendance]

    @property
    def is_there(self) -> bool:
        """Whether its holder is checked in now."""
        return bool(self.stays) and self.stays[-1].out_at is None


def ticket_with_code(code: str) -> Ticket:
    """Return the ticket or volunteer's pass with this code.

    Raises:
        TicketNotFoundError: There is none.
    """
    if code[:1] == "R":
        registration = registrations.registration_by_code(code)
        return _ticket(code, subject_of_registration(registration), None)
    statement = select(Assignment).where(Assignment.pass_hash == code_hash(code))
    assignment = db.session.scalar(statement.options(*WITH_POST))
    if assignment is None:
        raise TicketNotFoundError
    return _ticket(code, subject_of_assignment(assignment), assignment.post.shift)


def _ticket(code: str, subject: Subject, shift: Shift | None) -> Ticket:
    return Ticket(code, subject, shift, attendances_of(subject.key))


def code_of_pass(assignment: Assignment) -> str:
    """Return the code on a volunteer's pass."""
    return ticket_code("V", assignment.id, assignment.pass_revision)


def own_places(event_id: int, codes: Collection[str], person_id: int | None) -> list[Ticket]:
    """Return the tickets for this event that somebody holds, on their phone or by their account.

    Args:
        event_id: The event.
        codes: The codes their phone keeps.
        person_id: Their account, when they are signed in.
    """
    found: dict[Key, Ticket] = {}
    for registration in registrations.registrations_with_codes(event_id, codes):
        _add(found, subject_of_registration(registration), registrations.code_of(registration))
    if person_id is not None:
        own = registrations.find_registration_of(event_id, person_id)
        if own is not None:
            _add(found, subject_of_registration(own), registrations.code_of(own))
    for assignment in _own_assignments(event_id, codes, person_id):
        _add(found, subject_of_assignment(assignment), code_of_pass(assignment))
    return list(found.values())


def _add(found: dict[Key, Ticket], subject: Subject, code: str) -> None:
    if subject.key not in found:
        found[subject.key] = _ticket(code, subject, None)


def _own_assignments(
    event_id: int, codes: Collection[str], person_id: int | None
) -> list[Assignment]:
    hashes = [code_hash(code) for code in codes]
    is_own: ColumnElement[bool] = Assignment.pass_hash.in_(hashes)
    if person_id is not None:
        is_own = or_(is_own, Volunteer.person_id == person_id)
    statement = (
        select(Assignment)
        .join(Assignment.post)
        .join(Post.shift)
        .join(Assignment.volunteer)
        .where(Shift.event_id == event_id, Assignment.state == State.ACCEPTED, is_own)
        .options(*WITH_POST)
        .order_by(Shift.starts_at, Assignment.id)
    )
    return list(db.session.scalars(statement))
