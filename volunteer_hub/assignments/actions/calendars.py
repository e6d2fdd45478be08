"""The secret address of a volunteer's calendar."""

from __future__ import annotations

from datetime import datetime

from volunteer_hub.assignments import queries
from volunteer_hub.assignments.models import CalendarFeed
from volunteer_hub.core import audit
from volunteer_hub.core.database import db
from volunteer_hub.volunteers import queries as volunteers


def renew_feed(volunteer_id: int, *, now: datetime) -> CalendarFeed:
    """Give a volunteer's calendar a new address; the one before stops working.

    Raises:
        NotFoundError: There is no such volunteer.
    """
    volunteer = volunteers.lock_volunteer(volunteer_id)
    feed = queries.find_feed(volunteer_id)
    if feed is None:
        feed = CalendarFeed(volunteer_id=volunteer_id, revision=1, renewed_at=now)
        db.session.add(feed)
    feed.revision, feed.renewed_at = feed.revision + 1, now
    db.session.flush()
    audit.record("calendar.renew", volunteer, by=volunteer.person_id, now=now)
    return feed
