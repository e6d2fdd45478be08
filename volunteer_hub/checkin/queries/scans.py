"""What was tried at a door, and what it answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import Select, and_, bindparam, exists, func, select
from sqlalchemy.orm import aliased

from volunteer_hub.accounts.models import Person
from volunteer_hub.assignments.models import Assignment
from volunteer_hub.checkin.models import Scan
from volunteer_hub.checkin.queries.people import Key
from volunteer_hub.checkin.rules import Direction, Method, Outcome, Reason, Who
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.events.models import Event, Post, Shift
from volunteer_hub.events.queries import in_scope
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.registrations.models import Registration
from volunteer_hub.volunteers.models import Volunteer

LOG_PER_PAGE: Final = 20
RECENT: Final = 8


def key_of_scan(scan: Scan) -> Key | None:
    """Return who a scan was about, or None when nobody was known."""
    if scan.registration_id is not None:
        return Key(Who.ATTENDEE, scan.registration_id)
    return Key(Who.VOLUNTEER, scan.assignment_id) if scan.assignment_id is not None else None


def event_at_door(event_id: int, scope: Scope) -> Event:
    """Return the event, without its shifts, for someone who may manage it: a scan must be quick.

    Raises:
        NotFoundError: There is no such event, or it is not this person's business.
    """
    found = db.session.scalar(select(Event).where(Event.id == event_id, in_scope(scope)))
    if found is None:
        raise NotFoundError
    return found


def find_scan(scan_id: str) -> Scan | None:
    """Return the scan that a device named so, or None."""
    return db.session.scalar(_scan_named(), {"scan_id": scan_id})


@cache
def _scan_named() -> Select[Scan]:
    return select(Scan).where(Scan.scan_id == bindparam("scan_id"))


def scan_of_event(event_id: int, row_id: int) -> Scan:
    """Return one scan made at this event's door.

    Raises:
        NotFoundError: There is none.
    """
    found = db.session.scalar(select(Scan).where(Scan.id == row_id, Scan.event_id == event_id))
    if found is None:
        raise NotFoundError
    return found


def find_undoing(scan: Scan) -> Scan | None:
    """Return the scan that undid this one, or None."""
    statement = select(Scan).where(Scan.first_scan_id == scan.id, Scan.reason == Reason.UNDONE)
    return db.session.scalar(statement)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the door answered to a scan; the same each time it is asked."""

    row_id: int
    scan_id: str
    event_id: int
    direction: Direction
    method: Method
    outcome: Outcome
    reason: Reason
    people: int
    happened_at: datetime
    key: Key | None = None
    name: str = ""
    post_title: str = ""
    first_at: datetime | None = None
    first_method: Method | None = None
    is_undone: bool = False
    other_title: str = ""
    other_starts_at: datetime | None = None

    @property
    def can_be_undone(self) -> bool:
        """Whether it changed something that still stands."""
        return self.reason is Reason.OK and not self.is_undone


def answer_to(scan: Scan) -> Answer:
    """Return the stored answer to a scan, with the names it needs."""
    return _answer(*db.session.execute(_answer_of_one(), {"row_id": scan.id}).one())


def recent_answers(event_id: int, *, limit: int = RECENT) -> list[Answer]:
    """Return the last answers given at this event's door, the newest first."""
    statement = select(Scan).where(Scan.event_id == event_id)
    return _answers(statement.order_by(Scan.id.desc()).limit(limit))


@dataclass(frozen=True, slots=True)
class LogPage:
    """One page of the log of an event's door."""

    answers: list[Answer]
    total: int
    page: int
    pages: int


def scan_log(event_id: int, *, outcome: Outcome | None = None, page: int = 1) -> LogPage:
    """Return a page of everything tried at this event's door, the newest first.

    Args:
        event_id: The event.
        outcome: Only these answers; None for all.
        page: Which page, from 1; beyond the last one, the last.
    """
    conditions = [Scan.event_id == event_id]
    if outcome is not None:
        conditions.append(Scan.outcome == outcome)
    total = db.session.scalar(select(func.count(Scan.id)).where(*conditions)) or 0
    pages = max(1, -(-total // LOG_PER_PAGE))
    page = min(max(page, 1), pages)
    statement = select(Scan).where(*conditions).order_by(Scan.id.desc())
    rows = statement.offset((page - 1) * LOG_PER_PAGE).limit(LOG_PER_PAGE)
    return LogPage(_answers(rows), total, page, pages)


@cache
def _answer_of_one() -> Select[*tuple[Any, ...]]:
    """Return the statement for one scan; built once, for building it costs more than running it."""
    return _with_names(select(Scan).where(Scan.id == bindparam("row_id")))


def _answers(scans: Select[Scan]) -> list[Answer]:
    """Return scans with names, first times and events, in one statement."""
    return [_answer(*row) for row in db.session.execute(_with_names(scans))]


def _with_names(scans: Select[Scan]) -> Select[*tuple[Any, ...]]:
    chosen = scans.subquery()
    scan, first, undoing = aliased(Scan, chosen), aliased(Scan), aliased(Scan)
    own_event = func.coalesce(Registration.event_id, Shift.event_id)
    return (
        select(
            scan,
            Registration.name,
            Person.name,
            Post.title,
            first.happened_at,
            first.method,
            exists().where(undoing.first_scan_id == scan.id, undoing.reason == Reason.UNDONE),
            Event.title,
            Event.starts_at,
        )
        .outerjoin(Registration, scan.registration_id == Registration.id)
        .outerjoin(Assignment, scan.assignment_id == Assignment.id)
        .outerjoin(Post, Assignment.post_id == Post.id)
        .outerjoin(Shift, Post.shift_id == Shift.id)
        .outerjoin(Volunteer, Assignment.volunteer_id == Volunteer.id)
        .outerjoin(Person, Volunteer.person_id == Person.id)
        .outerjoin(first, scan.first_scan_id == first.id)
        .outerjoin(Event, and_(own_event == Event.id, Event.id != scan.event_id))
        .order_by(scan.id.desc())
    )


def _answer(
    scan: Scan,
    attendee: str | None,
    volunteer: str | None,
    post_title: str | None,
    *rest: Any,  # noqa: ANN401 - the rest of the row
) -> Answer:
    first_at, first_method, is_undone, other_title, other_starts_at = rest
    return Answer(
        row_id=scan.id,
        scan_id=scan.scan_id,
        event_id=scan.event_id,
        direction=scan.direction,
        method=scan.method,
        outcome=scan.outcome,
        reason=scan.reason,
        people=scan.people,
        happened_at=scan.happened_at,
        key=key_of_scan(scan),
        name=attendee or volunteer or "",
        post_title=post_title or "",
        first_at=first_at,
        first_method=first_method,
        is_undone=bool(is_undone),
        other_title=other_title or "",
        other_starts_at=other_starts_at,
    )
