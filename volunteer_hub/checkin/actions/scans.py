from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import ReturningInsert

from volunteer_hub.checkin import queries, rules
from volunteer_hub.checkin.actions import conflicts
from volunteer_hub.checkin.actions.sent import Sent
from volunteer_hub.checkin.errors import (
    BadScanError,
    CountBelowZeroError,
    DoorClosedError,
    DoorNotOpenError,
    NotAtTheDoorError,
)
from volunteer_hub.checkin.models import Attendance, Scan
from volunteer_hub.checkin.queries import Answer, Device, Key, Stay, Stored, Subject
from volunteer_hub.checkin.rules import Conflict, Direction, Door, Method, Reason, Who
from volunteer_hub.core.database import Model, db, run
from volunteer_hub.core.errors import DomainError, NotFoundError
from volunteer_hub.core.tokens import code_hash
from volunteer_hub.registrations import actions as registrations
from volunteer_hub.registrations import queries as places
from volunteer_hub.registrations.rules import RegistrationDraft

_SCAN: Final = Model.metadata.tables[Scan.__tablename__]
_ATTENDANCE: Final = Model.metadata.tables[Attendance.__tablename__]
_COPIED: Final = ("event_id", "registration_id", "assignment_id", "people")


@dataclass(frozen=True, slots=True)
class ScanDraft:
    """One try at the door, as it was made.

    Attributes:
        scan_id: Made where the scan was made; the same one always gets the same answer.
        direction: In or out.
        method: How the person was found.
        text: What was scanned or typed, when that is how.
        key: Who was picked from a list, when that is how.
        happened_at: What the phone's clock said.
        device: A name for the phone; nothing personal.
    """

    scan_id: str
    direction: Direction
    method: Method
    text: str = ""
    key: Key | None = None
    happened_at: datetime | None = None
    device: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What a phone tells about a scan besides: which phone, and when it truly happened."""

    happened_at: datetime
    device: Device | None
    sent: Sent

    def columns(self) -> dict[str, Any]:
        """Return what the log keeps of it."""
        return {
            "happened_at": self.happened_at,
            "device": self.sent.device or None,
            "device_id": self.device.id if self.device else None,
            "checkpoint_id": self.device.checkpoint_id if self.device else None,
            "seq": self.sent.seq,
            "local_outcome": self.sent.local,
            "claimed_at": self.sent.claimed_at,
        }


def record_scan(door: Door, draft: ScanDraft, *, by: int | None, now: datetime) -> Answer:
    """Judge a scan, keep it whatever the answer, and note who came or left.

    The same scan again, also at the same moment from elsewhere, gets the first answer before
    anything else is looked at, and changes nothing. Two scans of one person are taken one after
    the other.

    Args:
        door: The door at which it was made, held.
        draft: The scan.
        by: The member of staff; None when people check themselves in.
        now: When it arrived.

    Raises:
        BadScanError: Another event has a scan of this name.
        DoorNotOpenError: The event was not published.
        NotFoundError: The person picked from a list is not of this event.
    """
    reading = rules.read_text(draft.text)
    try:
        _refuse_drafts(door)
        subject = _lock_subject(door, draft, reading.code)
    except DomainError:  # no other check stands before this one
        if (stored := queries.find_stored(draft.scan_id)) is None:
            raise
        return _answered_before(door, draft, stored, now=now)
    stays = queries.stays_of(subject.key) if subject else []
    reason = rules.verdict(
        queries.standing_of(subject, stays) if subject else None,
        door=door,
        is_ours=reading.is_ours,
        direction=draft.direction,
        now=now,
    )
    values = row_of(door, draft, subject, reason=reason, by=by, now=now)
    values["first_scan_id"] = _first_scan_id(reason, stays)
    row_id = _insert(values)
    if row_id is None:  # this scan was kept before, perhaps while we waited for the person
        stored = queries.find_stored(draft.scan_id)
        if stored is None:
            raise BadScanError
        return _answered_before(door, draft, stored, now=now)
    if subject is None or reason is not Reason.OK:
        return queries.answer_to(row_id)
    _note(row_id, values, stays)
    return queries.answer_of_accepted(row_id, values, subject)


def _answered_before(door: Door, draft: ScanDraft, stored: Stored, *, now: datetime) -> Answer:
    """Return the stored answer; that something else came under its name is for the organiser."""
    if stored.event_id != door.event_id:
        raise BadScanError
    printed = _fingerprint(draft.text)
    if stored.direction is not draft.direction or stored.code_fingerprint != printed:
        conflicts.note(door, [(stored.row_id, Conflict.OTHER_BODY)], now=now)
    return queries.answer_to(stored.row_id)


def _fingerprint(text: str) -> str | None:
    """Return what the log keeps of a code, whatever address stood around it."""
    return code_hash(rules.read_text(text).code or text) if text else None


def add_walk_in(
    door: Door,
    draft: RegistrationDraft,
    *,
    scan_id: str,
    by: int | None,
    now: datetime,
    told: Told | None = None,
) -> Scan:
    """Note somebody who came without a place, and that they are there.

    Args:
        door: The door they stand at, held.
        draft: What they said about themselves, perhaps nothing.
        scan_id: Made with the form; sending it twice adds nobody twice.
        by: The member of staff; None when they scanned the poster themselves.
        now: The moment they came.
        told: What a phone says about it that tells it later.

    Raises:
        DoorNotOpenError: The event was not published.
    """
    earlier = _earlier(door, scan_id)
    if earlier is not None:
        return earlier
    _refuse_drafts(door)
    besides = told.columns() if told else {}
    method = Method.POSTER if by is None and told is None else Method.WALK_IN
    tried = ScanDraft(scan_id=scan_id, direction=Direction.IN, method=method)
    shut = rules.why_shut(door, now=now)
    if shut is not None:
        return keep(door, row_of(door, tried, None, reason=shut, by=by, now=now) | besides)
    with db.session.begin_nested() as attempt:
        registration = registrations.add_at_the_door(door.event_id, draft, by=by, now=now)
        subject = queries.subject_of_registration(registration)
        values = row_of(door, tried, subject, reason=Reason.OK, by=by, now=now) | besides
        row_id = _insert(values)
        if row_id is None:
            attempt.rollback()
    if row_id is None:
        return _kept_by_another(door, scan_id)
    _note(row_id, values, [])
    return db.session.get_one(Scan, row_id)


def add_companions(door: Door, scan_id: str, *, to: Scan, people: int, now: datetime) -> Scan:
    """Check in people who came with somebody who is there already.

    Args:
        door: The door they stand at, held.
        scan_id: Made with the form; sending it twice adds nobody twice.
        to: The scan that checked the first person in.
        people: How many more; no more than one registration may bring.
        now: The moment they came.

    Raises:
        DoorClosedError: The event's hours were confirmed.
        NotAtTheDoorError: The first person is not there.
    """
    earlier = _earlier(door, scan_id)
    if earlier is not None:
        return earlier
    _refuse_once_confirmed(door)
    if to.registration_id is None:
        raise NotAtTheDoorError
    registration = places.lock_registration(to.registration_id)
    earlier = _earlier(door, scan_id)  # it may have been kept while we waited for the row
    if earlier is not None:
        return earlier
    subject = queries.subject_of_registration(registration)
    stays = queries.attendances_of(subject.key)
    if not stays:
        raise NotAtTheDoorError
    added = registrations.add_companions(registration, people)
    if added == 0:
        return to
    tried = ScanDraft(scan_id=scan_id, direction=Direction.IN, method=Method.POSTER)
    values = row_of(door, tried, subject, reason=Reason.OK, by=None, now=now)
    stays[0].people += added
    return keep(door, values | {"people": added})


def add_count(
    door: Door,
    people: int,
    *,
    scan_id: str,
    by: int | None,
    now: datetime,
    told: Told | None = None,
) -> Scan:
    """Count people without asking who they are.

    Args:
        door: The event's door, held alone.
        people: How many more, or -1 for one too many.
        scan_id: Made with the button; pressing it twice counts once.
        by: The member of staff.
        now: The moment.
        told: What a phone says about it that tells it later.

    Raises:
        BadScanError: There is no such button.
        CountBelowZeroError: Nobody is left to take off.
        DoorNotOpenError: The event was not published.
    """
    earlier = _earlier(door, scan_id)
    if earlier is not None:
        return earlier
    _refuse_drafts(door)
    if people not in rules.COUNTER_STEPS:
        raise BadScanError
    if queries.counted_at(door.event_id) + people < 0:
        raise CountBelowZeroError
    tried = ScanDraft(scan_id=scan_id, direction=Direction.COUNT, method=Method.COUNTER)
    reason = rules.why_shut(door, now=now) or Reason.OK
    values = row_of(door, tried, None, reason=reason, by=by, now=now)
    return keep(door, values | {"people": people} | (told.columns() if told else {}))


def _refuse_drafts(door: Door) -> None:
    if door.is_draft:
        raise DoorNotOpenError


def _refuse_once_confirmed(door: Door) -> None:
    if door.is_confirmed:
        raise DoorClosedError


def _earlier(door: Door, scan_id: str) -> Scan | None:
    """Return the scan of this name, if it was kept before."""
    scan = queries.find_scan(scan_id)
    if scan is not None and scan.event_id != door.event_id:
        raise BadScanError
    return scan


def _lock_subject(door: Door, draft: ScanDraft, code: str | None) -> Subject | None:
    if draft.key is None:
        return queries.lock_subject_by_code(code) if code else None
    subject = queries.lock_subject(draft.key)
    if subject.event_id != door.event_id:
        raise NotFoundError
    return subject


def _first_scan_id(reason: Reason, stays: list[Stay]) -> int | None:
    """Return the scan that a repeated one repeats."""
    if not stays:
        return None
    if reason is Reason.ALREADY_IN:
        return stays[-1].in_scan_id
    return stays[-1].out_scan_id if reason is Reason.ALREADY_OUT else None


def row_of(
    door: Door,
    draft: ScanDraft,
    subject: Subject | None,
    *,
    reason: Reason,
    by: int | None,
    now: datetime,
) -> dict[str, Any]:
    """Return the row that keeps a scan and its answer, by column."""
    is_attendee = subject is not None and subject.key.who is Who.ATTENDEE
    starts_at = subject.starts_at if subject and subject.starts_at else door.starts_at
    return {
        "scan_id": draft.scan_id,
        "event_id": door.event_id,
        "registration_id": subject.key.id if subject and is_attendee else None,
        "assignment_id": subject.key.id if subject and not is_attendee else None,
        "direction": draft.direction,
        "method": draft.method,
        "outcome": rules.outcome_of(reason),
        "reason": reason,
        "people": subject.people if subject else 1,
        "first_scan_id": None,
        "device": draft.device,
        "code_fingerprint": _fingerprint(draft.text),
        "evidence": rules.evidence_of(draft.method),
        "by_person_id": by,
        "happened_at": rules.true_moment(draft.happened_at, starts_at=starts_at, now=now),
        "stored_at": now,
    }


def _insert(values: dict[str, Any]) -> int | None:
    """Keep a scan and return its row, or None when there is one of its name."""
    row_id: int | None = run(_new_scan(db.engine.dialect.name), values).scalar()
    return row_id


@cache
def _new_scan(database: str) -> ReturningInsert[Any]:
    """Return the statement, built once; without a savepoint, which every scan would pay for."""
    insert = postgresql.insert if database == "postgresql" else sqlite.insert
    return insert(_SCAN).on_conflict_do_nothing(index_elements=["scan_id"]).returning(_SCAN.c.id)


def keep(door: Door, values: dict[str, Any]) -> Scan:
    """Keep the scan, or return the one that took its name a moment ago."""
    row_id = _insert(values)
    if row_id is None:
        return _kept_by_another(door, values["scan_id"])
    return db.session.get_one(Scan, row_id)


def _kept_by_another(door: Door, scan_id: str) -> Scan:
    kept = _earlier(door, scan_id)
    if kept is None:
        raise BadScanError
    return kept


def _note(row_id: int, scan: dict[str, Any], stays: list[Stay]) -> None:
    """Note that somebody came or left."""
    happened_at: datetime = scan["happened_at"]
    if scan["direction"] is Direction.OUT:
        stay = next(stay for stay in stays if stay.out_at is None)
        left = {"out_at": max(happened_at, stay.in_at), "out_scan_id": row_id}
        run(_ATTENDANCE.update().where(_ATTENDANCE.c.id == stay.id), left)
        return
    # A queued scan may carry an earlier moment than the last leaving; stays never overlap.
    last_out = max((stay.out_at for stay in stays if stay.out_at), default=happened_at)
    came = {name: scan[name] for name in _COPIED}
    came |= {"in_at": max(happened_at, last_out), "in_scan_id": row_id}
    run(_ATTENDANCE.insert(), came)
