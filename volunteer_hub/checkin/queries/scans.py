"""What was tried at a door, and what it answered."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from sqlalchemy import Select, bindparam, exists, func, select
from sqlalchemy.orm import aliased

from volunteer_hub.accounts.models import Person
from volunteer_hub.assignments.models import Assignment
from volunteer_hub.checkin.models import Checkpoint, Scan, ScanDevice
from volunteer_hub.checkin.queries.people import Key, Subject
from volunteer_hub.checkin.rules import Direction, Evidence, Method, Outcome, Reason, Who
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.events.models import Event, Post, Shift
from volunteer_hub.registrations.models import Registration
from volunteer_hub.volunteers.models import Volunteer

LOG_PER_PAGE: Final = 20
RECENT: Final = 8
LATE: Final = timedelta(minutes=2)
_OWN: Final = (
    "scan_id", "event_id", "direction", "method", "outcome", "reason", "people", "happened_at",
)  # fmt: skip


def key_of_scan(scan: Scan) -> Key | None:
    """Return who a scan was about, or None when nobody was known."""
    if scan.registration_id is not None:
        return Key(Who.ATTENDEE, scan.registration_id)
    return Key(Who.VOLUNTEER, scan.assignment_id) if scan.assignment_id is not None else None


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
    """What the door answered to a scan; the same each time it is asked.

    Event and start are those of the ticket, or of the door when nobody's ticket was shown.
    """

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
    event_title: str = ""
    starts_at: datetime | None = None
    first_checkpoint_id: int | None = None
    first_door: str = ""
    door: str = ""
    stored_at: datetime | None = None
    device_number: int | None = None
    evidence: Evidence | None = None

    @property
    def can_be_undone(self) -> bool:
        """Whether it changed something that still stands."""
        return self.reason in (Reason.OK, Reason.ADMITTED) and not self.is_undone

    @property
    def is_late(self) -> bool:
        """Whether the server was told long after it happened."""
        return self.stored_at is not None and self.stored_at - self.happened_at > LATE


def answer_to(row_id: int) -> Answer:
    """Return the stored answer to a scan, with the names it needs."""
    return _answer(*db.session.execute(_answer_of_one(), {"row_id": row_id}).one())


def answers_to(row_ids: Collection[int]) -> list[Answer]:
    """Return the stored answers to several scans."""
    return _answers(select(Scan).where(Scan.id.in_(row_ids))) if row_ids else []


def answer_of_accepted(row_id: int, scan: Mapping[str, Any], subject: Subject) -> Answer:
    """Return the answer to a scan that was just kept and accepted, without asking for it.

    Args:
        row_id: Its row.
        scan: What the row holds, by column.
        subject: Who came or left.
    """
    return Answer(
        row_id=row_id,
        key=subject.key,
        name=subject.name,
        post_title=subject.post_title,
        **{name: scan[name] for name in _OWN},
    )


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
    door, first_door = aliased(Checkpoint), aliased(Checkpoint)
    event_id = func.coalesce(Registration.event_id, Shift.event_id, scan.event_id)
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
            func.coalesce(Shift.starts_at, Event.starts_at),
            first.checkpoint_id,
            first_door.name,
            door.name,
            ScanDevice.number,
        )
        .outerjoin(Registration, scan.registration_id == Registration.id)
        .outerjoin(Assignment, scan.assignment_id == Assignment.id)
        .outerjoin(Post, Assignment.post_id == Post.id)
        .outerjoin(Shift, Post.shift_id == Shift.id)
        .outerjoin(Volunteer, Assignment.volunteer_id == Volunteer.id)
        .outerjoin(Person, Volunteer.person_id == Person.id)
        .outerjoin(first, scan.first_scan_id == first.id)
        .outerjoin(first_door, first.checkpoint_id == first_door.id)
        .outerjoin(door, scan.checkpoint_id == door.id)
        .outerjoin(ScanDevice, scan.device_id == ScanDevice.id)
        .join(Event, Event.id == event_id)
        .order_by(scan.id.desc())
    )


def _answer(
    scan: Scan,
    attendee: str | None,
    volunteer: str | None,
    post_title: str | None,
    *rest: Any,  # noqa: ANN401 - the rest of the row
) -> Answer:
    first_at, first_method, is_undone, event_title, starts_at, *doors = rest
    return Answer(
        row_id=scan.id,
        key=key_of_scan(scan),
        name=attendee or volunteer or "",
        post_title=post_title or "",
        first_at=first_at,
        first_method=first_method,
        is_undone=bool(is_undone),
        event_title=event_title,
        starts_at=starts_at,
        first_checkpoint_id=doors[0],
        first_door=doors[1] or "",
        door=doors[2] or "",
        device_number=doors[3],
        stored_at=scan.stored_at,
        evidence=scan.evidence,
        **{name: getattr(scan, name) for name in _OWN},
    )
