from __future__ import annotations

from datetime import datetime

from volunteer_hub.core import audit
from volunteer_hub.core.database import db, take_turns
from volunteer_hub.observances import queries, rules
from volunteer_hub.observances.errors import UnsoundDatesError
from volunteer_hub.observances.models import AnnouncedDays
from volunteer_hub.observances.rules import Announced


def announce(key: str, year: int, notice: Announced, *, by: int, now: datetime) -> AnnouncedDays:
    """Keep when a notice says that a science day is; what was entered before is replaced.

    Raises:
        NotFoundError: There is no such science day.
        UnsoundDatesError: It cannot be then.
    """
    observance = queries.observance_by_key(key)
    problem = rules.announcement_problem(observance, year, notice.span)
    if problem is not None:
        raise UnsoundDatesError(problem, {"year": year, "days": rules.LONGEST})
    take_turns(f"announced {key} {year}")
    row = queries.find_announced(key, year)
    if row is None:
        row = AnnouncedDays(observance_key=key, year=year)
        db.session.add(row)
    row.first_on, row.last_on = notice.span.first, notice.span.last
    row.source = notice.source
    row.entered_by_id, row.entered_at = by, now
    db.session.flush()
    days = {"first": row.first_on.isoformat(), "last": row.last_on.isoformat()}
    details = {"key": key, "year": year, **days}
    audit.record("observance.announce", row, by=by, now=now, details=details)
    return row


def withdraw(key: str, year: int, *, by: int, now: datetime) -> None:
    """Go back to the usual time of a science day. Twice changes nothing."""
    take_turns(f"announced {key} {year}")
    row = queries.find_announced(key, year)
    if row is None:
        return
    details = {"key": key, "year": year}
    audit.record("observance.withdraw", row, by=by, now=now, details=details)
    db.session.delete(row)
    db.session.flush()
