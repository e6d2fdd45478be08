"""What a phone tells besides codes and names: walk-ins, counts, scans taken back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from volunteer_hub.checkin import queries, rules
from volunteer_hub.checkin.actions import scans
from volunteer_hub.checkin.actions.sent import Batch, Result, Sent
from volunteer_hub.checkin.actions.undoing import undo
from volunteer_hub.checkin.errors import CannotUndoError, UndoTooLateError
from volunteer_hub.checkin.models import Scan
from volunteer_hub.checkin.rules import Direction, Door, Outcome
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import DomainError
from volunteer_hub.registrations.rules import RegistrationDraft

if TYPE_CHECKING:
    from typing import Protocol

    class Tried(Protocol):
        """A scan, with the right time."""

        sent: Sent
        happened_at: datetime


def record(
    door: Door, batch: Batch, tried: Sequence[Tried], *, by: int | None, now: datetime
) -> list[Result]:
    """Keep these one by one; one that cannot be done spoils no other.

    Args:
        door: The event's door, held alone.
        batch: The message they came in.
        tried: In the order in which they happened.
        by: Who imports by hand; None when a phone told it.
        now: When it arrived.
    """
    found = []
    for each in tried:
        try:
            with db.session.begin_nested():
                kept = _one(door, batch, each, by=by, now=now)
        except DomainError as problem:
            found.append(_refusal(each.sent, problem))
            continue
        found.append(Result.of(queries.answer_to(kept.id)))
    return found


def _one(door: Door, batch: Batch, each: Tried, *, by: int | None, now: datetime) -> Scan:
    sent, responsible = each.sent, by or (batch.device.made_by_id if batch.device else None)
    told = scans.Told(happened_at=each.happened_at, device=batch.device, sent=sent)
    if sent.undoes:
        return _take_back(door, told, by=responsible, now=now)
    if sent.direction is Direction.COUNT:
        return scans.add_count(
            door, sent.people, scan_id=sent.scan_id, by=responsible, now=now, told=told
        )
    return scans.add_walk_in(
        door, sent.walk_in or RegistrationDraft(), scan_id=sent.scan_id, by=responsible, now=now,
        told=told,
    )  # fmt: skip


def _take_back(door: Door, told: scans.Told, *, by: int | None, now: datetime) -> Scan:
    """Take back a scan that the same phone made a short while before."""
    sent, device = told.sent, told.device
    undone = queries.find_scan(sent.undoes)
    if undone is None or undone.event_id != door.event_id:
        raise CannotUndoError
    if device is not None and undone.device_id != device.id:
        raise CannotUndoError
    if told.happened_at - undone.happened_at > rules.UNDO_WITHIN:
        raise UndoTooLateError
    return undo(door.event_id, undone.id, scan_id=sent.scan_id, by=by, now=now, told=told)


def _refusal(sent: Sent, problem: DomainError) -> Result:
    return Result(sent.scan_id, Outcome.REJECTED, problem.code, sent.direction, None)
