from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from volunteer_hub.checkin import queries, rules
from volunteer_hub.checkin.errors import (
    BadScanError,
    CannotUndoError,
    CountBelowZeroError,
    DoorNotOpenError,
    NotAtTheDoorError,
)
from volunteer_hub.checkin.models import Attendance, Scan
from volunteer_hub.checkin.queries.people import Key, Subject
from volunteer_hub.checkin.rules import Direction, Method, Reason, Who
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.tokens import code_hash
from volunteer_hub.events import queries as events
from volunteer_hub.events.models import Event, Status
from volunteer_hub.registrations import actions as registrations
from volunteer_hub.registrations import queries as places
from volunteer_hub.registrations.rules import RegistrationDraft


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


def record_scan(event: Event, draft: ScanDraft, *, by: int | None, now: datetime) -> Scan:
    """Judge a scan, keep it whatever the answer, and note who came or left.

    The same scan again, also at the same moment from elsewhere, gets the first answer and changes
    nothing. Two scans of one person are taken one after the other.

    Args:
        event: The event at whose door it was made.
        draft: The scan.
        by: The member of staff; None when people check themselves in.
        now: When it arrived.

    Raises:
        BadScanError: Another event has a scan of this name.
        DoorNotOpenError: The event was not published.
        NotFoundError: The person picked from a list is not of this event.
    """
    _refuse_drafts(event)
    earlier = _earlier(event, draft.scan_id)
    if earlier is not None:
        return earlier
    reading = rules.read_text(draft.text)
    subject = _lock_subject(event, draft, reading.code)
    earlier = _earlier(event, draft.scan_id)  # it may have been kept while we waited for the row
    if earlier is not None:
        return earlier
    stays = queries.attendances_of(subject.key) if subject else []
    reason = rules.verdict(
        queries.standing_of(subject, stays) if subject else None,
        is_ours=reading.is_ours,
        event_id=event.id,
        is_event_cancelled=event.status is Status.CANCELLED,
        direction=draft.direction,
    )
    scan = _scan(event, draft, subject, reason=reason, by=by, now=now)
    scan.first_scan_id = _first_scan_id(reason, stays)
    kept = _keep(scan)
    if kept is scan and subject is not None and reason is Reason.OK:
        _note(scan, subject, stays)
    return kept


def add_walk_in(
    event: Event, draft: RegistrationDraft, *, scan_id: str, by: int | None, now: datetime
) -> Scan:
    """Note somebody who came without a place, and that they are there.

    Args:
        event: The event they stand in front of.
        draft: What they said about themselves, perhaps nothing.
        scan_id: Made with the form; sending it twice adds nobody twice.
        by: The member of staff; None when they scanned the poster themselves.
        now: The moment they came.

    Raises:
        DoorNotOpenError: The event was not published.
    """
    _refuse_drafts(event)
    earlier = _earlier(event, scan_id)
    if earlier is not None:
        return earlier
    method = Method.POSTER if by is None else Method.WALK_IN
    tried = ScanDraft(scan_id=scan_id, direction=Direction.IN, method=method)
    if event.status is Status.CANCELLED:
        return _keep(_scan(event, tried, None, reason=Reason.EVENT_CANCELLED, by=by, now=now))
    try:
        with db.session.begin_nested():
            registration = registrations.add_at_the_door(event, draft, by=by, now=now)
            subject = queries.subject_of_registration(registration)
            scan = _scan(event, tried, subject, reason=Reason.OK, by=by, now=now)
            db.session.add(scan)
    except IntegrityError:
        return _kept_by_another(event, scan_id)
    _note(scan, subject, [])
    return scan


def add_companions(event: Event, scan_id: str, *, to: Scan, people: int, now: datetime) -> Scan:
    """Check in people who came with somebody who is there already.

    Args:
        event: The event.
        scan_id: Made with the form; sending it twice adds nobody twice.
        to: The scan that checked the first person in.
        people: How many more; no more than one registration may bring.
        now: The moment they came.

    Raises:
        NotAtTheDoorError: The first person is not there.
    """
    earlier = _earlier(event, scan_id)
    if earlier is not None:
        return earlier
    if to.registration_id is None:
        raise NotAtTheDoorError
    registration = places.lock_registration(to.registration_id)
    earlier = _earlier(event, scan_id)
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
    scan = _scan(event, tried, subject, reason=Reason.OK, by=None, now=now)
    scan.people = added
    db.session.add(scan)
    stays[0].people += added
    return scan


def add_count(event: Event, people: int, *, scan_id: str, by: int, now: datetime) -> Scan:
    """Count people without asking who they are.

    Args:
        event: The event, held against other writers.
        people: How many more, or -1 for one too many.
        scan_id: Made with the button; pressing it twice counts once.
        by: The member of staff.
        now: The moment.

    Raises:
        BadScanError: There is no such button.
        CountBelowZeroError: Nobody is left to take off.
        DoorNotOpenError: The event was not published.
    """
    _refuse_drafts(event)
    earlier = _earlier(event, scan_id)
    if earlier is not None:
        return earlier
    if people not in rules.COUNTER_STEPS:
        raise BadScanError
    if queries.counted_at(event.id) + people < 0:
        raise CountBelowZeroError
    tried = ScanDraft(scan_id=scan_id, direction=Direction.COUNT, method=Method.COUNTER)
    is_cancelled = event.status is Status.CANCELLED
    reason = Reason.EVENT_CANCELLED if is_cancelled else Reason.OK
    scan = _scan(event, tried, None, reason=reason, by=by, now=now)
    scan.people = people
    return _keep(scan)


def undo(event: Event, row_id: int, *, scan_id: str, by: int, now: datetime) -> Scan:
    """Take back what one scan did, by one more scan; the first one stays as it is.

    Undoing twice changes nothing.

    Args:
        event: The event.
        row_id: The scan to undo.
        scan_id: Made with the button.
        by: The member of staff.
        now: The moment.

    Raises:
        NotFoundError: No such scan was made at this event.
        CannotUndoError: It changed nothing, or a later scan must be undone first.
    """
    scan = queries.scan_of_event(event.id, row_id)
    key = queries.key_of_scan(scan)
    # Who was scanned is held, or else the counter. Never both: a scan holds its person and then
    # refers to the event, so holding the event first would make the two wait for each other.
    subject = queries.lock_subject(key) if key else None
    if subject is None:
        events.lock_event(event.id)
    earlier = queries.find_undoing(scan)
    if earlier is not None:
        return earlier
    if scan.reason is not Reason.OK:
        raise CannotUndoError
    if subject is not None:
        _take_back(scan, subject, now=now)
    elif queries.counted_at(event.id) < scan.people:
        raise CountBelowZeroError
    tried = ScanDraft(scan_id=scan_id, direction=scan.direction, method=scan.method)
    undoing = _scan(event, tried, subject, reason=Reason.UNDONE, by=by, now=now)
    undoing.people, undoing.first_scan_id = scan.people, scan.id
    return _keep(undoing)


def _refuse_drafts(event: Event) -> None:
    if event.status is Status.DRAFT:
        raise DoorNotOpenError


def _earlier(event: Event, scan_id: str) -> Scan | None:
    """Return the scan of this name, if it was kept before."""
    scan = queries.find_scan(scan_id)
    if scan is not None and scan.event_id != event.id:
        raise BadScanError
    return scan


def _lock_subject(event: Event, draft: ScanDraft, code: str | None) -> Subject | None:
    if draft.key is None:
        return queries.lock_subject_by_code(code) if code else None
    subject = queries.lock_subject(draft.key)
    if subject.event_id != event.id:
        raise NotFoundError
    return subject


def _first_scan_id(reason: Reason, stays: list[Attendance]) -> int | None:
    """Return the scan that a repeated one repeats."""
    if not stays:
        return None
    if reason is Reason.ALREADY_IN:
        return stays[-1].in_scan_id
    return stays[-1].out_scan_id if reason is Reason.ALREADY_OUT else None


def _scan(
    event: Event,
    draft: ScanDraft,
    subject: Subject | None,
    *,
    reason: Reason,
    by: int | None,
    now: datetime,
) -> Scan:
    is_attendee = subject is not None and subject.key.who is Who.ATTENDEE
    return Scan(
        scan_id=draft.scan_id,
        event_id=event.id,
        registration_id=subject.key.id if subject and is_attendee else None,
        assignment_id=subject.key.id if subject and not is_attendee else None,
        direction=draft.direction,
        method=draft.method,
        outcome=rules.outcome_of(reason),
        reason=reason,
        people=subject.people if subject else 1,
        device=draft.device,
        code_fingerprint=code_hash(draft.text) if draft.text else None,
        by_person_id=by,
        happened_at=rules.true_moment(draft.happened_at, starts_at=event.starts_at, now=now),
        stored_at=now,
    )


def _keep(scan: Scan) -> Scan:
    """Keep the scan, or return the one that took its name a moment ago."""
    try:
        with db.session.begin_nested():
            db.session.add(scan)
    except IntegrityError:
        kept = queries.find_scan(scan.scan_id)
        if kept is None or kept.event_id != scan.event_id:
            raise BadScanError from None
        return kept
    return scan


def _kept_by_another(event: Event, scan_id: str) -> Scan:
    kept = _earlier(event, scan_id)
    if kept is None:
        raise BadScanError
    return kept


def _note(scan: Scan, subject: Subject, stays: list[Attendance]) -> None:
    """Note that somebody came or left."""
    if scan.direction is Direction.OUT:
        stay = next(stay for stay in stays if stay.out_at is None)
        stay.out_at, stay.out_scan_id = max(scan.happened_at, stay.in_at), scan.id
        return
    # A queued scan may carry an earlier moment than the last leaving; stays never overlap.
    last_out = max((stay.out_at for stay in stays if stay.out_at), default=scan.happened_at)
    db.session.add(
        Attendance(
            event_id=scan.event_id,
            registration_id=scan.registration_id,
            assignment_id=scan.assignment_id,
            people=subject.people,
            in_at=max(scan.happened_at, last_out),
            in_scan_id=scan.id,
        )
    )


def _take_back(scan: Scan, subject: Subject, *, now: datetime) -> None:
    stays = queries.attendances_of(subject.key)
    if scan.direction is Direction.OUT:
        _come_back(scan, stays)
        return
    stay = next((stay for stay in stays if stay.in_scan_id == scan.id), None)
    if stay is None:
        _take_back_companions(scan, stays)
        return
    if stay.out_at is not None:
        raise CannotUndoError
    db.session.delete(stay)
    if scan.registration_id is not None:
        registrations.cancel_walk_in(places.lock_registration(scan.registration_id), now=now)


def _come_back(scan: Scan, stays: list[Attendance]) -> None:
    stay = next((stay for stay in stays if stay.out_scan_id == scan.id), None)
    if stay is None or stay is not stays[-1]:
        raise CannotUndoError
    stay.out_at = stay.out_scan_id = None


def _take_back_companions(scan: Scan, stays: list[Attendance]) -> None:
    """Take back people who were added to a stay that goes on."""
    if not stays or scan.registration_id is None or stays[0].people <= scan.people:
        raise CannotUndoError
    stays[0].people -= scan.people
    registration = places.lock_registration(scan.registration_id)
    registrations.take_back_companions(registration, scan.people)
