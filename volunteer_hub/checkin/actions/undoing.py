"""A scan taken back by one more: what was written stays as it is."""

from __future__ import annotations

from datetime import datetime

from volunteer_hub.checkin import queries
from volunteer_hub.checkin.actions.scans import ScanDraft, Told, keep, row_of
from volunteer_hub.checkin.errors import CannotUndoError, CountBelowZeroError, DoorClosedError
from volunteer_hub.checkin.models import Attendance, Scan
from volunteer_hub.checkin.queries import Subject
from volunteer_hub.checkin.rules import Direction, Reason
from volunteer_hub.core.database import db
from volunteer_hub.registrations import actions as registrations
from volunteer_hub.registrations import queries as places


def undo(
    event_id: int,
    row_id: int,
    *,
    scan_id: str,
    by: int | None,
    now: datetime,
    told: Told | None = None,
) -> Scan:
    """Take back what one scan did, by one more scan; the first one stays as it is.

    Undoing twice changes nothing.

    Args:
        event_id: The event.
        row_id: The scan to undo.
        scan_id: Made with the button.
        by: The member of staff.
        now: The moment.
        told: What a phone says about it that tells it later.

    Raises:
        NotFoundError: No such scan was made at this event.
        CannotUndoError: It changed nothing, or a later scan must be undone first.
        DoorClosedError: The event's hours were confirmed.
    """
    scan = queries.scan_of_event(event_id, row_id)
    key = queries.key_of_scan(scan)
    door = queries.hold_door(event_id, alone=key is None)
    subject = queries.lock_subject(key) if key else None
    earlier = queries.find_undoing(scan)
    if earlier is not None:
        return earlier
    if scan.reason not in (Reason.OK, Reason.ADMITTED):
        raise CannotUndoError
    if door.is_confirmed:
        raise DoorClosedError
    if subject is not None:
        _take_back(scan, subject, now=now)
    elif queries.counted_at(event_id) < scan.people:
        raise CountBelowZeroError
    tried = ScanDraft(scan_id=scan_id, direction=scan.direction, method=scan.method)
    values = row_of(door, tried, subject, reason=Reason.UNDONE, by=by, now=now)
    values |= {"people": scan.people, "first_scan_id": scan.id}
    return keep(door, values | (told.columns() if told else {}))


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
