"""Who comes on a day, at all events somebody manages."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from volunteer_hub.assignments.models import Assignment, State
from volunteer_hub.assignments.queries.places import WITH_EVENT, WITH_PERSON
from volunteer_hub.core.database import db
from volunteer_hub.events.models import Event, Post, Shift, Status
from volunteer_hub.events.queries import in_scope
from volunteer_hub.organisations.queries import Scope


def coming_between(scope: Scope, start: datetime, end: datetime) -> list[Assignment]:
    """Return who agreed to shifts that begin between two moments, by time, post and name."""
    statement = (
        select(Assignment)
        .join(Assignment.post)
        .join(Post.shift)
        .join(Shift.event)
        .where(
            in_scope(scope),
            Event.status != Status.CANCELLED,
            Assignment.state == State.ACCEPTED,
            Shift.starts_at >= start,
            Shift.starts_at < end,
        )
        .options(*WITH_PERSON, *WITH_EVENT)
    )
    rows = db.session.scalars(statement)
    return sorted(
        rows,
        key=lambda row: (
            row.post.shift.starts_at, row.post_id, row.volunteer.person.pinyin, row.id,
        ),
    )  # fmt: skip
