"""What is written into the hours ledger: credits, corrections, reversals; never a change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from volunteer_hub.core import audit
from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.database import db, take_turns
from volunteer_hub.core.sealing import seal
from volunteer_hub.recognition import queries, rules, training
from volunteer_hub.recognition.errors import WrongCorrectionError
from volunteer_hub.recognition.models import EntryKind, Evidence, HoursEntry, ServiceRecord, Source
from volunteer_hub.recognition.rules import Line, Working


@dataclass(frozen=True, slots=True)
class Ground:
    """On what hours are credited.

    Attributes:
        reason: Why, in somebody's words; kept sealed.
    """

    source: Source
    evidence: Evidence
    reason: str = ""


def hold_hours_of(volunteer_ids: Iterable[int]) -> None:
    """Let nobody else credit these volunteers until the transaction ends.

    A minute in two events is credited once, whoever confirms them at the same moment. Taken after
    the event's own lock, in the order of ids.
    """
    for volunteer_id in sorted(set(volunteer_ids)):
        take_turns(f"hours of volunteer {volunteer_id}")


def facts_of(working: Working) -> dict[str, Any]:
    """Return how minutes were worked out, as the ledger keeps it."""
    return {
        "planned": working.planned,
        "in": working.came_at.isoformat() if working.came_at else None,
        "out": working.left_at.isoformat() if working.left_at else None,
        "counted": working.counted,
        "doubled": working.doubled,
        "spans": [[start.isoformat(), end.isoformat()] for start, end in working.spans],
        "days": {day.isoformat(): minutes for day, minutes in working.days.items()},
        "grace": [working.policy.early_grace, working.policy.late_grace],
        "step": working.policy.step,
        "minimum": working.policy.minimum,
        "cap": working.policy.day_cap,
    }


def credit(
    record: ServiceRecord,
    working: Working,
    ground: Ground,
    *,
    by: int,
    now: datetime,
) -> HoursEntry:
    """Write what a record comes to; each record once.

    Args:
        record: Which record.
        working: The minutes and how they came about.
        ground: On what.
        by: Who decided.
        now: When.
    """
    return _write(
        record, EntryKind.CREDIT, working.minutes, ground, facts=facts_of(working),
        version=working.policy.version, by=by, now=now,
    )  # fmt: skip


def reverse(record_id: int, reason: str, *, by: int, now: datetime) -> list[HoursEntry]:
    """Take back whatever of a record stands; taking it back again does nothing.

    Args:
        record_id: Which record.
        reason: Why; kept sealed.
        by: Who decided.
        now: When.

    Raises:
        NotFoundError: There is no such record.
    """
    record = queries.lock_record(record_id)
    rows = queries.entries_of([record_id])[record_id]
    lines = [Line(row.id, row.kind, row.minutes, row.reverses_id) for row in rows]
    by_id = {row.id: row for row in rows}
    made = []
    for entry_id, minutes in rules.reversals(lines):
        old = by_id[entry_id]
        ground = Ground(old.source, old.evidence, reason)
        made.append(
            _write(record, EntryKind.REVERSE, minutes, ground, facts={}, reverses=old.id,
                   version=old.rule_version, by=by, now=now)
        )  # fmt: skip
    if made:
        details = {"minutes": sum(row.minutes for row in made)}
        audit.record("hours.reverse", record, by=by, now=now, details=details)
        training.undo(record.event_id, record.volunteer_id, by=by, now=now)
    return made


def adjust(record_id: int, minutes: int, reason: str, *, by: int, now: datetime) -> HoursEntry:
    """Make a record come to that many minutes by one more row.

    Args:
        record_id: Which record.
        minutes: What it comes to from now on: never more than was planned.
        reason: Why; kept sealed.
        by: Who decided.
        now: When.

    Raises:
        NotFoundError: There is no such record.
        WrongCorrectionError: It comes to that already, or to more than was planned.
    """
    record = queries.lock_record(record_id)
    rows = queries.entries_of([record_id])[record_id]
    was = sum(row.minutes for row in rows)
    if minutes == was or not 0 <= minutes <= max(record.planned_minutes, was):
        raise WrongCorrectionError
    day = record.served_at.astimezone(LOCAL).date()
    made = _write(
        record, EntryKind.ADJUST, minutes - was, Ground(Source.CLAIM, Evidence.VOUCHED, reason),
        facts={"was": was, "days": {day.isoformat(): minutes - was}},
        version=rows[-1].rule_version, by=by, now=now,
    )  # fmt: skip
    details = {"was": was, "is": minutes}
    audit.record("hours.adjust", record, by=by, now=now, details=details)
    return made


def _write(  # noqa: PLR0913 - one row has that many parts
    record: ServiceRecord,
    kind: EntryKind,
    minutes: int,
    ground: Ground,
    *,
    facts: dict[str, Any],
    version: str,
    by: int,
    now: datetime,
    reverses: int | None = None,
) -> HoursEntry:
    owner = queries.owner_of(record) if ground.reason else None
    row = HoursEntry(
        record_id=record.id,
        event_id=record.event_id,
        kind=kind,
        source=ground.source,
        evidence=ground.evidence,
        minutes=minutes,
        rule_version=version,
        working=facts,
        reverses_id=reverses,
        by_id=by,
        at=now,
        sealed_for=owner,
        sealed=seal(owner, {"reason": ground.reason}) if owner is not None else None,
    )
    db.session.add(row)
    db.session.flush()
    return row
