"""Attendance as the log has it: moved, split or begun by scans that arrived late."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from volunteer_hub.checkin import queries, rules
from volunteer_hub.checkin.actions import conflicts
from volunteer_hub.checkin.models import Attendance
from volunteer_hub.checkin.queries import Kept, Key, Subject
from volunteer_hub.checkin.rules import Direction, Door, Mark, Span, Who
from volunteer_hub.core import audit
from volunteer_hub.core.database import Model, db, run

_ATTENDANCE: Final = Model.metadata.tables[Attendance.__tablename__]


def reconcile(
    door: Door,
    people: Mapping[Key, Subject],
    marks: Mapping[Key, list[Mark]],
    *,
    by: int | None,
    now: datetime,
) -> None:
    """Make the stays of these people what was seen of them, whatever came first.

    Args:
        door: The event's door, held alone.
        people: Whom new scans are about.
        marks: All that was seen of each, the new scans among it.
        by: Who imports by hand; None when a phone told it.
        now: When it was told.
    """
    kept = queries.kept_stays(people)
    begun: list[dict[str, Any]] = []
    for key, subject in people.items():
        own = kept.get(key, [])
        seen = marks[key] + _unlogged(own, marks[key])
        spans = rules.stays_from(seen, comes_once=key.who is Who.ATTENDEE)
        for old, span in zip(own, spans, strict=False):
            _move(old, span, by=by, now=now)
        begun += [_begun(door, subject, span) for span in spans[len(own) :]]
        _find_their_coming(seen, spans, now=now)
    if begun:
        db.session.connection().execute(_ATTENDANCE.insert(), begun)


def _unlogged(stays: list[Kept], marks: list[Mark]) -> list[Mark]:
    """Return the bounds of stays that no mark stands for, so that they are not forgotten."""
    known = {mark.row_id for mark in marks}
    bounds = []
    for stay in stays:
        if stay.in_scan_id not in known:
            bounds.append(Mark(stay.in_at, stay.in_scan_id or 0, Direction.IN))
        if stay.out_at is not None and stay.out_scan_id not in known:
            bounds.append(Mark(stay.out_at, stay.out_scan_id or 0, Direction.OUT))
    return bounds


def _move(old: Kept, span: Span, *, by: int | None, now: datetime) -> None:
    new = {
        "in_at": span.in_at,
        "out_at": span.out_at,
        "in_scan_id": span.in_row or None,
        "out_scan_id": span.out_row or None,
    }
    if new == {name: getattr(old, name) for name in new}:
        return
    run(_ATTENDANCE.update().where(_ATTENDANCE.c.id == old.id), new)
    if old.in_at != span.in_at or (old.out_at is not None and old.out_at != span.out_at):
        row = db.session.get_one(Attendance, old.id)
        moved = {"in_at": _told(old.in_at, span.in_at), "out_at": _told(old.out_at, span.out_at)}
        audit.record("attendance.move", row, by=by, now=now, details=moved)


def _told(old: datetime | None, new: datetime | None) -> list[str | None]:
    return [moment.isoformat() if moment else None for moment in (old, new)]


def _begun(door: Door, subject: Subject, span: Span) -> dict[str, Any]:
    is_attendee = subject.key.who is Who.ATTENDEE
    return {
        "event_id": door.event_id,
        "registration_id": subject.key.id if is_attendee else None,
        "assignment_id": None if is_attendee else subject.key.id,
        "people": subject.people,
        "in_at": span.in_at,
        "out_at": span.out_at,
        "in_scan_id": span.in_row or None,
        "out_scan_id": span.out_row or None,
    }


def _find_their_coming(marks: list[Mark], spans: list[Span], *, now: datetime) -> None:
    """Settle what asked when somebody came who was only seen leaving: now it is known."""
    if not spans:
        return
    lost = [m.row_id for m in marks if m.direction is Direction.OUT and not m.is_accepted]
    found = [row_id for row_id in lost if any(row_id == span.out_row for span in spans)]
    if found:
        conflicts.settle_found(found, now=now)
