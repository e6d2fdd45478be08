"""What waits for a person to decide, and the live figures of doors and phones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select

from volunteer_hub.checkin.models import Checkpoint, Scan, ScanConflict, ScanDevice
from volunteer_hub.checkin.queries.scans import Answer, answers_to
from volunteer_hub.checkin.rules import Conflict, Direction, Outcome, Reason, Settlement
from volunteer_hub.core.database import db, run
from volunteer_hub.core.errors import NotFoundError

MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Waiting:
    """One conflict, with the scan it is about."""

    id: int
    kind: Conflict
    noted_at: datetime
    settled_at: datetime | None
    settlement: Settlement | None
    answer: Answer


def conflicts_of(event_id: int, *, are_settled: bool = False) -> list[Waiting]:
    """Return what waits for somebody to decide, the oldest first; or what was decided lately."""
    is_settled = ScanConflict.settled_at.is_not(None)
    order = ScanConflict.settled_at.desc() if are_settled else ScanConflict.id
    rows = db.session.scalars(
        select(ScanConflict)
        .where(ScanConflict.event_id == event_id, is_settled if are_settled else ~is_settled)
        .order_by(order)
        .limit(MOST_SHOWN)
    ).all()
    answers = {each.row_id: each for each in answers_to({row.scan_row_id for row in rows})}
    return [
        Waiting(row.id, row.kind, row.noted_at, row.settled_at, row.settlement,
                answers[row.scan_row_id])
        for row in rows
    ]  # fmt: skip


def conflicts_waiting(event_id: int) -> int:
    """Return how many conflicts of an event wait for a person."""
    is_open = (ScanConflict.event_id == event_id, ScanConflict.settled_at.is_(None))
    return db.session.scalar(select(func.count(ScanConflict.id)).where(*is_open)) or 0


def lock_conflict(event_id: int, conflict_id: int) -> ScanConflict:
    """Return one conflict of this event, held against others who would decide it.

    Raises:
        NotFoundError: There is none.
    """
    wanted = (ScanConflict.id == conflict_id, ScanConflict.event_id == event_id)
    found = db.session.scalar(select(ScanConflict).where(*wanted).with_for_update())
    if found is None:
        raise NotFoundError
    return found


@dataclass(frozen=True, slots=True)
class DoorFigures:
    """How many people came in and went out at one door."""

    name: str
    came: int
    left: int


def figures_by_door(event_id: int) -> list[DoorFigures]:
    """Return what each door let in and out, by what was accepted there; the unnamed door last."""
    people = case((Scan.reason == Reason.UNDONE, -Scan.people), else_=Scan.people)
    statement = (
        select(Checkpoint.name, Scan.direction, func.sum(people))
        .outerjoin(Checkpoint, Scan.checkpoint_id == Checkpoint.id)
        .where(Scan.event_id == event_id, Scan.outcome == Outcome.ACCEPTED)
        .group_by(Checkpoint.name, Scan.direction)
    )
    found: dict[str, list[int]] = {}
    for name, direction, number in run(statement):
        sums = found.setdefault(name or "", [0, 0])
        sums[direction is Direction.OUT] += number
    rows = [DoorFigures(name, *sums) for name, sums in found.items()]
    return sorted(rows, key=lambda row: (not row.name, row.name))


def state_of_door(event_id: int) -> tuple[int, ...]:
    """Return numbers that change whenever something at an event's door does; quickly."""
    last = select(func.coalesce(func.max(Scan.id), 0)).where(Scan.event_id == event_id)
    open_ones = select(func.count(ScanConflict.id)).where(
        ScanConflict.event_id == event_id, ScanConflict.settled_at.is_(None)
    )
    devices = select(func.coalesce(func.sum(ScanDevice.unsent), 0)).where(
        ScanDevice.event_id == event_id
    )
    row = run(select(last.scalar_subquery(), open_ones.scalar_subquery(),
                     devices.scalar_subquery())).one()  # fmt: skip
    return tuple(row)
