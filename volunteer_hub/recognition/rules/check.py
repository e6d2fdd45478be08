"""What may not be, between a record, its rows of the ledger and what the door knows. Pure."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from volunteer_hub.recognition.rules.ledger import EntryKind, Line, Source, balance


class Wrong(enum.StrEnum):
    """What does not reconcile."""

    NO_CREDIT = "no credit for a record"
    CREDIT_DIFFERS = "credit is not what was confirmed"
    NO_SHOW_CREDITED = "hours for somebody who did not come"
    OTHER_EVENT = "row names another event"
    BELOW_ZERO = "adds up to less than nothing"
    REVERSAL_DIFFERS = "reversal is not what it takes back"
    SOURCE_DIFFERS = "source is not the kind of the record"
    SCANS_DIFFER = "in and out are not those of the door"
    LONGER_THAN_SCANS = "more minutes than between in and out"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the ledger."""

    line: Line
    event_id: int
    source: Source


@dataclass(frozen=True, slots=True)
class Kept:
    """A record, and the stays that the door has of it where it is timed."""

    event_id: int
    is_no_show: bool
    is_timed: bool
    minutes: int
    came_at: datetime | None
    left_at: datetime | None
    stays: tuple[tuple[datetime, datetime | None], ...]


def what_is_wrong(record: Kept, rows: Sequence[Row]) -> Iterator[Wrong]:
    """Yield what does not reconcile about one record."""
    if record.is_no_show:
        if rows:
            yield Wrong.NO_SHOW_CREDITED
        return
    yield from _in_the_ledger(record, rows)
    if record.is_timed:
        yield from _at_the_door(record, rows)


def _in_the_ledger(record: Kept, rows: Sequence[Row]) -> Iterator[Wrong]:
    lines = {row.line.id: row.line for row in rows}
    credits = [line for line in lines.values() if line.kind is EntryKind.CREDIT]
    if not credits:
        yield Wrong.NO_CREDIT
    elif credits[0].minutes != record.minutes:
        yield Wrong.CREDIT_DIFFERS
    if any(row.event_id != record.event_id for row in rows):
        yield Wrong.OTHER_EVENT
    if balance(lines.values()) < 0:
        yield Wrong.BELOW_ZERO
    for line in lines.values():
        if line.reverses_id is not None:
            old = lines.get(line.reverses_id)
            if old is None or old.minutes != -line.minutes:
                yield Wrong.REVERSAL_DIFFERS


def _at_the_door(record: Kept, rows: Sequence[Row]) -> Iterator[Wrong]:
    credits = [row for row in rows if row.line.kind is EntryKind.CREDIT]
    if any(row.source is not Source.SCANS for row in credits):
        yield Wrong.SOURCE_DIFFERS
    outs = [out for _, out in record.stays if out is not None]
    ins = [came for came, _ in record.stays]
    if (min(ins, default=None), max(outs, default=None)) != (record.came_at, record.left_at):
        yield Wrong.SCANS_DIFFER
        return
    there = sum((out - came for came, out in record.stays if out is not None), timedelta())
    if any(timedelta(minutes=row.line.minutes) > there for row in credits):
        yield Wrong.LONGER_THAN_SCANS
