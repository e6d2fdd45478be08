"""Whom a change of an event concerns among volunteers, and who was rung about it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, or_, select

from volunteer_hub.accounts.models import Person
from volunteer_hub.assignments.models import Assignment, Call, State
from volunteer_hub.assignments.queries.places import LIVE
from volunteer_hub.core.database import db
from volunteer_hub.core.outbox import RecipientKind
from volunteer_hub.events.concerned import Concerned
from volunteer_hub.events.models import Event, Post, Shift, Status
from volunteer_hub.volunteers.models import Volunteer
from volunteer_hub.waiting.models import EntryState, WaitingEntry
from volunteer_hub.waiting.rules import LIVE as IN_LINE

Key = tuple[RecipientKind, int]


def concerned_by(event: Event) -> list[Concerned]:
    """Return the volunteers who agreed, were asked or stand by, also for a cancelled event."""
    holds: ColumnElement[bool] = Assignment.state.in_(LIVE)
    waits: ColumnElement[bool] = WaitingEntry.state.in_(IN_LINE)
    if event.status is Status.CANCELLED:
        sent_away = and_(
            Assignment.state == State.CANCELLED, Assignment.answered_at >= event.cancelled_at
        )
        sent_home = and_(
            WaitingEntry.state == EntryState.CLOSED, WaitingEntry.ended_at >= event.cancelled_at
        )
        holds, waits = or_(holds, sent_away), or_(waits, sent_home)
    places = _people(Assignment, event).where(holds)
    return _concerned(places) + _concerned(_people(WaitingEntry, event).where(waits))


def _people(
    by: type[Assignment | WaitingEntry], event: Event
) -> Select[int, str, str | None, str | None, str]:
    return (
        select(Person.id, Person.name, Person.phone, Person.email, Post.title)
        .join(Volunteer, Volunteer.person_id == Person.id)
        .join(by, by.volunteer_id == Volunteer.id)
        .join(Post, by.post_id == Post.id)
        .join(Shift, Post.shift_id == Shift.id)
        .where(Shift.event_id == event.id, Person.erased_at.is_(None))
        .order_by(Person.pinyin, Person.id, Post.id)
    )


def _concerned(statement: Select[int, str, str | None, str | None, str]) -> list[Concerned]:
    return [
        Concerned(RecipientKind.PERSON, person_id, name, phone, email, part=post)
        for person_id, name, phone, email, post in db.session.execute(statement)
    ]


def calls_about(event_id: int, about_at: datetime) -> dict[Key, Call]:
    """Return the calls that were made about one change of an event."""
    statement = select(Call).where(Call.event_id == event_id, Call.about_at == about_at)
    return {(row.recipient_kind, row.recipient_id): row for row in db.session.scalars(statement)}


def change_key(event_id: int, changed_at: datetime, row_id: int, *, of: str = "assignment") -> str:
    """Return what makes a message about a change the only one of its kind."""
    return f"event_changed:{event_id}:{changed_at.timestamp():.0f}:{of}:{row_id}"
