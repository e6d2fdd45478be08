"""Service records, and what the ledger says they come to."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, case, func, select

from volunteer_hub.accounts.models import Person
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.recognition.models import (
    EntryKind,
    HoursClaim,
    HoursEntry,
    HoursKind,
    ServiceRecord,
)
from volunteer_hub.volunteers.models import Volunteer

RECORDED = ServiceRecord.kind != HoursKind.NO_SHOW


@dataclass(frozen=True, slots=True)
class Recorded:
    """A record with what its rows of the ledger add up to.

    Attributes:
        minutes: What it comes to now.
        entry: The row that stands for how it was worked out: the latest that is no reversal.
        is_taken_back: Whether it was, and what it comes to is nothing.
        reason: Why it was claimed, where it was.
    """

    record: ServiceRecord
    minutes: int
    entry: HoursEntry | None
    is_taken_back: bool
    reason: str = ""


def sums_of_records() -> Select[int, int, int]:
    """Return the statement for (record, minutes, reversals) of every record in the ledger."""
    is_reversal = case((HoursEntry.kind == EntryKind.REVERSE, 1), else_=0)
    return select(
        HoursEntry.record_id.label("record_id"),
        func.sum(HoursEntry.minutes).label("minutes"),
        func.sum(is_reversal).label("reversals"),
    ).group_by(HoursEntry.record_id)


def minutes_of_record() -> Any:  # noqa: ANN401 - SQL
    """Return the minutes of the service record of the statement around it."""
    return (
        select(func.coalesce(func.sum(HoursEntry.minutes), 0))
        .where(HoursEntry.record_id == ServiceRecord.id)
        .correlate(ServiceRecord)
        .scalar_subquery()
    )


def entries_of(record_ids: Collection[int]) -> dict[int, list[HoursEntry]]:
    """Return the rows of the ledger by record, in their order."""
    statement = (
        select(HoursEntry).where(HoursEntry.record_id.in_(record_ids)).order_by(HoursEntry.id)
    )
    found: dict[int, list[HoursEntry]] = {record_id: [] for record_id in record_ids}
    for row in db.session.scalars(statement):
        found[row.record_id].append(row)
    return found


def _with_sums(records: Sequence[ServiceRecord]) -> list[Recorded]:
    entries = entries_of([record.id for record in records]) if records else {}
    reasons = _reasons_of([row.id for row in records if row.kind is HoursKind.ADDED])
    return [_recorded(record, entries[record.id], reasons.get(record.id, "")) for record in records]


def _reasons_of(record_ids: Collection[int]) -> dict[int, str]:
    if not record_ids:
        return {}
    statement = select(HoursClaim.record_id, HoursClaim.reason).where(
        HoursClaim.record_id.in_(record_ids)
    )
    return {key: reason for key, reason in db.session.execute(statement) if key is not None}


def _recorded(record: ServiceRecord, entries: Sequence[HoursEntry], reason: str) -> Recorded:
    working = [entry for entry in entries if entry.kind is not EntryKind.REVERSE]
    minutes = sum(entry.minutes for entry in entries)
    return Recorded(
        record=record,
        minutes=minutes,
        entry=working[-1] if working else None,
        is_taken_back=minutes == 0 and len(working) < len(entries),
        reason=reason,
    )


def records_of_event(event_id: int) -> dict[int, Recorded]:
    """Return what was recorded for an event, by assignment."""
    statement = select(ServiceRecord).where(
        ServiceRecord.event_id == event_id, ServiceRecord.assignment_id.is_not(None)
    )
    rows = _with_sums(list(db.session.scalars(statement)))
    return {row.record.assignment_id: row for row in rows if row.record.assignment_id}


def lock_record(record_id: int) -> ServiceRecord:
    """Return a record held against other writers until the transaction ends.

    Raises:
        NotFoundError: There is no such record.
    """
    statement = select(ServiceRecord).where(ServiceRecord.id == record_id)
    found = db.session.scalar(statement.with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise NotFoundError
    return found


def owner_of(record: ServiceRecord) -> int | None:
    """Return whose record it is; None once they were forgotten."""
    statement = (
        select(Person.id)
        .join(Volunteer, Volunteer.person_id == Person.id)
        .where(Volunteer.id == record.volunteer_id, Person.erased_at.is_(None))
    )
    return db.session.scalar(statement)


def records_of_volunteer(volunteer_id: int, *, page: int = 1, per_page: int = 20) -> list[Recorded]:
    """Return one page of a volunteer's record, latest first; no-shows are not part of it."""
    statement = (
        select(ServiceRecord)
        .where(ServiceRecord.volunteer_id == volunteer_id, RECORDED)
        .order_by(ServiceRecord.served_at.desc(), ServiceRecord.id.desc())
        .offset((page - 1) * per_page)
        .limit(per_page)
    )
    return _with_sums(list(db.session.scalars(statement)))


@dataclass(frozen=True, slots=True)
class Totals:
    """What a volunteer gave in all; in minutes.

    Attributes:
        shown: How many records there are, those taken back included.
        times: How many of them stand.
    """

    shown: int
    times: int
    timed: int
    added: int

    @property
    def minutes(self) -> int:
        """Return all minutes, however they were recorded."""
        return self.timed + self.added


def totals_of(
    volunteer_id: int, *, since: datetime | None = None, until: datetime | None = None
) -> Totals:
    """Return how often and how long a volunteer served, timed and added hours apart."""
    mine = [ServiceRecord.volunteer_id == volunteer_id, RECORDED]
    if since is not None:
        mine.append(ServiceRecord.served_at >= since)
    if until is not None:
        mine.append(ServiceRecord.served_at < until)
    sums = (
        sums_of_records()
        .where(HoursEntry.record_id.in_(select(ServiceRecord.id).where(*mine)))
        .subquery()
    )
    stands = case(((sums.c.minutes > 0) | (sums.c.reversals == 0), 1), else_=0)
    statement = (
        select(ServiceRecord.kind, func.count(), func.sum(stands), func.sum(sums.c.minutes))
        .join(sums, sums.c.record_id == ServiceRecord.id)
        .group_by(ServiceRecord.kind)
    )
    found = {row[0]: tuple(map(int, row[1:])) for row in db.session.execute(statement)}
    timed = found.get(HoursKind.TIMED, (0, 0, 0))
    added = found.get(HoursKind.ADDED, (0, 0, 0))
    return Totals(
        shown=timed[0] + added[0], times=timed[1] + added[1], timed=timed[2], added=added[2]
    )


def confirmed_minutes(event_ids: Collection[int]) -> dict[int, int]:
    """Return the minutes in the ledger by event; events without any are missing."""
    statement = (
        select(HoursEntry.event_id, func.sum(HoursEntry.minutes))
        .where(HoursEntry.event_id.in_(event_ids))
        .group_by(HoursEntry.event_id)
    )
    return {event_id: int(minutes) for event_id, minutes in db.session.execute(statement)}


def last_year(now: datetime) -> datetime:
    """Return the moment a year before, for "in the last twelve months"."""
    return now - timedelta(days=365)
