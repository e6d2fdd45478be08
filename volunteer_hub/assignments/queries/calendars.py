"""What stands in a volunteer's calendar."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from volunteer_hub.assignments.models import Assignment, CalendarFeed, State
from volunteer_hub.assignments.queries.places import WITH_EVENT
from volunteer_hub.core.database import db
from volunteer_hub.events.models import Post, Shift

LOOK_BACK: Final = timedelta(days=90)
MOST_ENTRIES: Final = 500


def feed_revision(volunteer_id: int) -> int:
    """Return which of a volunteer's calendar addresses is good."""
    statement = select(CalendarFeed.revision).where(CalendarFeed.volunteer_id == volunteer_id)
    return db.session.scalar(statement) or 1


def find_feed(volunteer_id: int) -> CalendarFeed | None:
    """Return the row about a volunteer's calendar address, or None while it is the first."""
    return db.session.scalar(select(CalendarFeed).where(CalendarFeed.volunteer_id == volunteer_id))


def calendar_of(volunteer_id: int, *, now: datetime) -> list[Assignment]:
    """Return what a volunteer agreed to, and what was called off since, by time."""
    statement = (
        select(Assignment)
        .join(Assignment.post)
        .join(Post.shift)
        .where(
            Assignment.volunteer_id == volunteer_id,
            Assignment.state.in_([State.ACCEPTED, State.CANCELLED]),
            Assignment.pass_hash.is_not(None),  # they had agreed
            Shift.ends_at > now - LOOK_BACK,
        )
        .order_by(Shift.starts_at, Assignment.id)
        .limit(MOST_ENTRIES)
        .options(*WITH_EVENT)
    )
    return list(db.session.scalars(statement))
