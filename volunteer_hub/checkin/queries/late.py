"""What many scans at once depend on, read in a few statements for all of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final, NamedTuple

from sqlalchemy import Select, String, bindparam, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from volunteer_hub.accounts.models import Person
from volunteer_hub.assignments.models import Assignment, State
from volunteer_hub.checkin.models import Attendance, Scan
from volunteer_hub.checkin.queries.people import Key, Subject
from volunteer_hub.checkin.rules import Direction, Mark, Outcome, Reason, Who
from volunteer_hub.core.database import run
from volunteer_hub.events.models import Event, Post, Shift
from volunteer_hub.regions.models import Venue
from volunteer_hub.registrations.models import Registration, RegistrationState
from volunteer_hub.volunteers.models import Volunteer

Column = InstrumentedAttribute[Any]
Statement = Select[*tuple[Any, ...]]
_NEAR: Final = timedelta(hours=12)
_SEEN: Final = (
    Reason.OK, Reason.ADMITTED, Reason.ALREADY_IN, Reason.ALREADY_OUT, Reason.NOT_IN,
    Reason.UNDONE,
)  # fmt: skip


class Stored(NamedTuple):
    """A scan that is there already, as far as it tells whether another one is the same."""

    row_id: int
    scan_id: str
    event_id: int
    direction: Direction
    code_fingerprint: str | None


def stored_scans(scan_ids: Collection[str]) -> dict[str, Stored]:
    """Return the scans of these names, whatever door they were made at."""
    if not scan_ids:
        return {}
    found = run(_stored(), {"wanted": list(scan_ids)})
    return {row.scan_id: Stored(*row) for row in found}


def find_stored(scan_id: str) -> Stored | None:
    """Return the scan of this name, whatever door it was made at, or None."""
    row = run(_stored_as(), {"wanted": scan_id}).first()
    return Stored(*row) if row is not None else None


_STORED: Final = (Scan.id, Scan.scan_id, Scan.event_id, Scan.direction, Scan.code_fingerprint)


@cache
def _stored() -> Statement:
    wanted = bindparam("wanted", type_=String, expanding=True)
    return select(*_STORED).where(Scan.scan_id.in_(wanted))


@cache
def _stored_as() -> Statement:
    return select(*_STORED).where(Scan.scan_id == bindparam("wanted"))


def rows_of(scan_ids: Collection[str], event_id: int) -> dict[str, int]:
    """Return the rows that were just kept at this door, by the names of their scans."""
    found = run(_stored(), {"wanted": list(scan_ids)})
    return {row.scan_id: row.id for row in found if row.event_id == event_id}


@dataclass(slots=True)
class Holders:
    """Whose tickets they are, held: by what the database keeps of a code, and by key."""

    by_hash: dict[str, Subject] = field(default_factory=dict)
    by_key: dict[Key, Subject] = field(default_factory=dict)


def lock_holders(hashes: Collection[str], keys: Collection[Key]) -> Holders:
    """Return everybody meant by these codes and keys, held in one order against other writers."""
    found = Holders()
    attendees = [key.id for key in keys if key.who is Who.ATTENDEE]
    volunteers = [key.id for key in keys if key.who is Who.VOLUNTEER]
    wanted = list(hashes)
    for row in (
        run(_attendees(), {"hashes": wanted, "ids": attendees}) if wanted or attendees else ()
    ):
        _note(found, row.ticket_hash, _attendee(row))
    for row in run(_posts(), {"hashes": wanted, "ids": volunteers}) if wanted or volunteers else ():
        _note(found, row.pass_hash, _volunteer(row))
    return found


def _note(found: Holders, code_hash: str | None, subject: Subject) -> None:
    found.by_key[subject.key] = subject
    if code_hash:
        found.by_hash[code_hash] = subject


def _attendee(row: Any) -> Subject:  # noqa: ANN401 - a row
    return Subject(
        key=Key(Who.ATTENDEE, row.id),
        event_id=row.event_id,
        name=row.name or "",
        people=1 + row.companions,
        is_cancelled=row.state is not RegistrationState.CONFIRMED,
        is_waiting=row.state is RegistrationState.WAITING,
    )


def _volunteer(row: Any) -> Subject:  # noqa: ANN401 - a row
    return Subject(
        key=Key(Who.VOLUNTEER, row.id),
        event_id=row.event_id,
        name=row.name,
        people=1,
        is_cancelled=row.state is not State.ACCEPTED,
        post_title=row.title,
        starts_at=row.starts_at,
    )


def _is_one_of(hash_column: Column, id_column: Column) -> Any:  # noqa: ANN401 - a condition
    return or_(
        hash_column.in_(bindparam("hashes", type_=String, expanding=True)),
        id_column.in_(bindparam("ids", expanding=True)),
    )


@cache
def _attendees() -> Statement:
    """Return the statement; the order of the ids is the order in which rows are locked."""
    return (
        select(
            Registration.id,
            Registration.event_id,
            Registration.name,
            Registration.companions,
            Registration.state,
            Registration.ticket_hash,
        )
        .where(_is_one_of(Registration.ticket_hash, Registration.id))
        .order_by(Registration.id)
        .with_for_update(of=Registration)
    )


@cache
def _posts() -> Statement:
    return (
        select(
            Assignment.id,
            Assignment.state,
            Assignment.pass_hash,
            Shift.event_id,
            Shift.starts_at,
            Post.title,
            Person.name,
        )
        .join(Post, Assignment.post_id == Post.id)
        .join(Shift, Post.shift_id == Shift.id)
        .join(Volunteer, Assignment.volunteer_id == Volunteer.id)
        .join(Person, Volunteer.person_id == Person.id)
        .where(_is_one_of(Assignment.pass_hash, Assignment.id))
        .order_by(Assignment.id)
        .with_for_update(of=Assignment)
    )


def marks_of(keys: Iterable[Key]) -> dict[Key, list[Mark]]:
    """Return all that was seen of these people at the door, by time; not what was undone."""
    found: dict[Key, list[Mark]] = {}
    for who, ids in _by_kind(keys):
        rows = run(_marks(who), {"whose": ids}).all()
        undone = {row.first_scan_id for row in rows if row.reason is Reason.UNDONE}
        for row in rows:
            if row.reason is not Reason.UNDONE and row.id not in undone:
                found.setdefault(Key(who, row.whose), []).append(_mark(row))
    return found


def _mark(row: Any) -> Mark:  # noqa: ANN401 - a row
    return Mark(
        at=row.happened_at,
        row_id=row.id,
        direction=row.direction,
        is_accepted=row.outcome is Outcome.ACCEPTED,
        device_id=row.device_id,
        checkpoint_id=row.checkpoint_id,
        method=row.method,
    )


def _by_kind(keys: Iterable[Key]) -> Iterable[tuple[Who, list[int]]]:
    wanted = list(keys)
    for who in Who:
        ids = [key.id for key in wanted if key.who is who]
        if ids:
            yield who, ids


@cache
def _marks(who: Who) -> Statement:
    whose = Scan.registration_id if who is Who.ATTENDEE else Scan.assignment_id
    return (
        select(
            whose.label("whose"),
            Scan.outcome,
            Scan.reason,
            Scan.first_scan_id,
            Scan.happened_at,
            Scan.id,
            Scan.direction,
            Scan.device_id,
            Scan.checkpoint_id,
            Scan.method,
        )
        .where(
            whose.in_(bindparam("whose", expanding=True)),
            Scan.direction.in_((Direction.IN, Direction.OUT)),
            Scan.reason.in_(_SEEN),
        )
        .order_by(Scan.happened_at, Scan.id)
    )


class Kept(NamedTuple):
    """A stay as it is kept now."""

    id: int
    in_at: datetime
    out_at: datetime | None
    in_scan_id: int | None
    out_scan_id: int | None


def kept_stays(keys: Iterable[Key]) -> dict[Key, list[Kept]]:
    """Return the stays of these people as they are kept, the earliest first."""
    found: dict[Key, list[Kept]] = {}
    for who, ids in _by_kind(keys):
        for whose, *rest in run(_kept(who), {"whose": ids}):
            found.setdefault(Key(who, whose), []).append(Kept(*rest))
    return found


@cache
def _kept(who: Who) -> Statement:
    whose = Attendance.registration_id if who is Who.ATTENDEE else Attendance.assignment_id
    return (
        select(
            whose,
            Attendance.id,
            Attendance.in_at,
            Attendance.out_at,
            Attendance.in_scan_id,
            Attendance.out_scan_id,
        )
        .where(whose.in_(bindparam("whose", expanding=True)))
        .order_by(Attendance.in_at, Attendance.id)
    )


class Elsewhere(NamedTuple):
    """That a volunteer was at another event, and where that was."""

    assignment_id: int
    at: datetime
    lat: float
    lng: float


def place_of(event_id: int) -> tuple[float, float] | None:
    """Return where an event is, or None when nobody knows."""
    statement = select(Venue.lat, Venue.lng).join(Event, Event.venue_id == Venue.id)
    row = run(statement.where(Event.id == event_id)).first()
    return (row[0], row[1]) if row is not None and row[0] is not None else None


def seen_elsewhere(
    assignment_ids: Collection[int], event_id: int, *, around: tuple[datetime, datetime]
) -> list[Elsewhere]:
    """Return where else the volunteers of these posts came or left within half a day.

    Args:
        assignment_ids: Their posts at this event.
        event_id: This event.
        around: The first and the last moment that is compared.
    """
    mine, other = aliased(Assignment), aliased(Assignment)
    statement = (
        select(mine.id, Scan.happened_at, Venue.lat, Venue.lng)
        .join(other, other.volunteer_id == mine.volunteer_id)
        .join(Scan, Scan.assignment_id == other.id)
        .join(Event, Scan.event_id == Event.id)
        .join(Venue, Event.venue_id == Venue.id)
        .where(
            mine.id.in_(assignment_ids),
            Scan.event_id != event_id,
            Scan.outcome == Outcome.ACCEPTED,
            Scan.reason != Reason.UNDONE,
            Scan.happened_at.between(around[0] - _NEAR, around[1] + _NEAR),
            Venue.lat.is_not(None),
            Venue.lng.is_not(None),
        )
    )
    return [Elsewhere(*row) for row in run(statement)]
