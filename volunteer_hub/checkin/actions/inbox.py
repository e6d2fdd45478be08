"""What a person decides about a conflict: one tap, written down."""

from __future__ import annotations

from datetime import datetime

from volunteer_hub.checkin import queries, rules
from volunteer_hub.checkin.actions import scans
from volunteer_hub.checkin.actions.undoing import undo
from volunteer_hub.checkin.errors import CannotSettleError, DoorClosedError
from volunteer_hub.checkin.models import Attendance, Scan, ScanConflict
from volunteer_hub.checkin.rules import Door, Settlement, Who
from volunteer_hub.core import audit
from volunteer_hub.core.database import db


def settle(
    event_id: int, conflict_id: int, settlement: Settlement, *, scan_id: str, by: int, now: datetime
) -> ScanConflict:
    """Decide about a conflict. Deciding twice changes nothing: the first decision stands.

    Args:
        event_id: The event.
        conflict_id: The conflict.
        settlement: What was decided.
        scan_id: Made with the button, for the row that the decision may add to the log.
        by: Who decides.
        now: The moment.

    Raises:
        NotFoundError: This event has no such conflict.
        CannotSettleError: That is not to be decided about it.
        DoorClosedError: The event's hours were confirmed; it can only be taken note of.
    """
    door = queries.hold_door(event_id, alone=True)
    conflict = queries.lock_conflict(event_id, conflict_id)
    if conflict.settled_at is not None:
        return conflict
    if settlement not in rules.settlements_of(conflict.kind):
        raise CannotSettleError
    changes = settlement not in (Settlement.NOTED, Settlement.KEPT)
    if changes and door.is_confirmed:
        raise DoorClosedError
    scan = queries.scan_of_event(event_id, conflict.scan_row_id)
    if settlement is Settlement.TAKEN_BACK:
        undo(event_id, scan.id, scan_id=scan_id, by=by, now=now)
    elif settlement is Settlement.COUNTED:
        scans.add_count(door, 1, scan_id=scan_id, by=by, now=now)
    elif settlement is Settlement.CAME_AT_START:
        _let_come_at_start(door, scan)
    conflict.settled_at, conflict.settled_by_id = now, by
    conflict.settlement = settlement
    decided = {"kind": str(conflict.kind), "settlement": str(settlement)}
    audit.record("scan_conflict.settle", conflict, by=by, now=now, details=decided)
    return conflict


def _let_come_at_start(door: Door, scan: Scan) -> None:
    """Begin the stay that a leaving ended with the start of what they came for."""
    key = queries.key_of_scan(scan)
    if key is None:
        raise CannotSettleError
    subject = queries.lock_subject(key)
    if queries.stays_of(key):
        return  # it was found out meanwhile when they came
    starts_at = subject.starts_at or door.starts_at
    is_attendee = key.who is Who.ATTENDEE
    db.session.add(
        Attendance(
            event_id=scan.event_id,
            registration_id=key.id if is_attendee else None,
            assignment_id=None if is_attendee else key.id,
            people=subject.people,
            in_at=min(starts_at, scan.happened_at),
            out_at=scan.happened_at,
            in_scan_id=None,
            out_scan_id=scan.id,
        )
    )
    db.session.flush()
