"""Do the ledger, the records that were confirmed and the door's scans say the same?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select

from volunteer_hub.checkin.models import Attendance
from volunteer_hub.core.database import db
from volunteer_hub.recognition.models import EntryKind, HoursEntry, HoursKind, ServiceRecord
from volunteer_hub.recognition.rules import Line, Source
from volunteer_hub.recognition.rules.check import Kept, Row, Wrong, what_is_wrong

AT_ONCE: Final = 5000
_RECORD: Final = (
    ServiceRecord.id,
    ServiceRecord.event_id,
    ServiceRecord.assignment_id,
    ServiceRecord.kind,
    ServiceRecord.minutes,
    ServiceRecord.in_at,
    ServiceRecord.out_at,
)
_ENTRY: Final = (
    HoursEntry.record_id,
    HoursEntry.id,
    HoursEntry.event_id,
    HoursEntry.kind,
    HoursEntry.source,
    HoursEntry.minutes,
    HoursEntry.reverses_id,
)


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check of some records found.

    Attributes:
        records: How many were looked at.
        minutes: What they come to.
        wrong: (record, what is wrong with it).
    """

    records: int
    minutes: int
    wrong: list[tuple[int, Wrong]]


def check_records() -> Iterator[Checked]:
    """Look at every record with its rows of the ledger and its scans; yield some at a time."""
    last_id = 0
    while rows := _records_after(last_id):
        last_id = rows[-1].id
        ids = (rows[0].id, last_id)
        entries, doors = _entries_between(*ids), _doors_between(*ids)
        looked = [
            (row, _kept(row, doors.get(row.assignment_id)), entries.get(row.id, [])) for row in rows
        ]
        yield Checked(
            records=len(rows),
            minutes=sum(entry.line.minutes for _, _, mine in looked for entry in mine),
            wrong=[
                (row.id, wrong) for row, kept, mine in looked for wrong in what_is_wrong(kept, mine)
            ],
        )


def total_minutes() -> int:
    """Return what all rows of the ledger add up to."""
    return int(db.session.scalar(select(func.coalesce(func.sum(HoursEntry.minutes), 0))) or 0)


def _records_after(last_id: int) -> list[Any]:
    statement = (
        select(*_RECORD).where(ServiceRecord.id > last_id).order_by(ServiceRecord.id).limit(AT_ONCE)
    )
    return list(db.session.execute(statement))


def _entries_between(first: int, last: int) -> dict[int, list[Row]]:
    statement = (
        select(*_ENTRY).where(HoursEntry.record_id.between(first, last)).order_by(HoursEntry.id)
    )
    found: dict[int, list[Row]] = {}
    for record_id, entry_id, event_id, kind, source, minutes, reverses in db.session.execute(
        statement
    ):
        line = Line(entry_id, EntryKind(kind), minutes, reverses)
        found.setdefault(record_id, []).append(Row(line, event_id, Source(source)))
    return found


def _doors_between(first: int, last: int) -> Mapping[int, list[tuple[datetime, datetime | None]]]:
    statement = (
        select(Attendance.assignment_id, Attendance.in_at, Attendance.out_at)
        .join(ServiceRecord, ServiceRecord.assignment_id == Attendance.assignment_id)
        .where(ServiceRecord.id.between(first, last), ServiceRecord.kind == HoursKind.TIMED)
    )
    found: dict[int, list[tuple[datetime, datetime | None]]] = {}
    for assignment_id, in_at, out_at in db.session.execute(statement):
        if assignment_id is not None:
            found.setdefault(assignment_id, []).append((in_at, out_at))
    return found


def _kept(row: Any, door: list[tuple[datetime, datetime | None]] | None) -> Kept:  # noqa: ANN401
    return Kept(
        event_id=row.event_id,
        is_no_show=row.kind is HoursKind.NO_SHOW,
        is_timed=row.kind is HoursKind.TIMED,
        minutes=row.minutes,
        came_at=row.in_at,
        left_at=row.out_at,
        stays=tuple(door or ()),
    )
