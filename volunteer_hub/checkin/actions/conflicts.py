"""What a person should look at: noted as scans arrive, each once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import Insert

from volunteer_hub.checkin import queries, rules
from volunteer_hub.checkin.actions.sent import Batch, Result, Sent
from volunteer_hub.checkin.models import ScanConflict
from volunteer_hub.checkin.queries import Device
from volunteer_hub.checkin.rules import Conflict, Door, Mark, Reason, Settlement
from volunteer_hub.core.database import Model, db, run
from volunteer_hub.regions.geography import haversine_km

if TYPE_CHECKING:
    from typing import Protocol

    class Tried(Protocol):
        """A scan with its answer, as far as conflicts depend on it."""

        sent: Sent
        happened_at: datetime
        first: Mark | None
        is_by_roster: bool


_CONFLICT: Final = Model.metadata.tables[ScanConflict.__tablename__]


class Seen(NamedTuple):
    """That a volunteer's pass was scanned here."""

    assignment_id: int
    at: datetime
    row_id: int


def of_nobody(reason: Reason, was_admitted: bool) -> list[Conflict]:
    """Return what is to be looked at when nobody knows whose code it was."""
    return [Conflict.UNKNOWN] if reason is Reason.UNKNOWN and was_admitted else []


def of_known(tried: Tried, device: Device | None, reason: Reason) -> list[Conflict]:
    """Return what is to be looked at when it is known whose ticket it was."""
    if reason is Reason.ADMITTED:
        return [Conflict.REVOKED if tried.is_by_roster else Conflict.CANCELLED]
    if reason is Reason.HOURS_CONFIRMED:
        return [Conflict.AFTER_LOCK]
    if reason is Reason.NOT_IN:
        return [Conflict.MISSING_IN]
    first = tried.first
    if reason is not Reason.ALREADY_IN or first is None:
        return []
    return _of_two(tried, first, device)


def _of_two(tried: Tried, first: Mark, device: Device | None) -> list[Conflict]:
    """Return what is to be looked at when a ticket was shown twice; a file is another phone's."""
    is_other = device is None or first.device_id != device.id
    checkpoint_id = device.checkpoint_id if device else first.checkpoint_id
    is_other_door = is_other and first.checkpoint_id != checkpoint_id
    if rules.is_shared(tried.happened_at - first.at, is_other_door=is_other_door):
        return [Conflict.SHARED]
    return [Conflict.TWO_DOORS] if is_other and tried.sent.was_admitted else []


def note(door: Door, found: Sequence[tuple[int, Conflict]], *, now: datetime) -> None:
    """Keep what is to be looked at; what is noted already is not noted again."""
    rows = [
        {"event_id": door.event_id, "scan_row_id": row_id, "kind": kind, "noted_at": now}
        for row_id, kind in dict.fromkeys(found)
    ]
    if rows:
        db.session.connection().execute(_new_conflicts(db.engine.dialect.name), rows)


@cache
def _new_conflicts(database: str) -> Insert:
    insert = postgresql.insert if database == "postgresql" else sqlite.insert
    return insert(_CONFLICT).on_conflict_do_nothing(index_elements=["scan_row_id", "kind"])


def note_once(
    door: Door, batch: Batch, answers: Mapping[str, Result], kind: Conflict, *, now: datetime
) -> None:
    """Note something about a whole message at its first scan that was kept."""
    names = [sent.scan_id for sent in batch.scans if answers[sent.scan_id].at is not None]
    rows = queries.rows_of(names[:1], door.event_id)
    note(door, [(row_id, kind) for row_id in rows.values()], now=now)


def note_travel(door: Door, seen: Sequence[Seen], *, now: datetime) -> None:
    """Note volunteers who were at another event too shortly before or after to have come here."""
    here = queries.place_of(door.event_id) if seen else None
    if here is None:
        return
    moments = [each.at for each in seen]
    others = queries.seen_elsewhere(
        {each.assignment_id for each in seen},
        door.event_id,
        around=(min(moments), max(moments)),
    )
    found = [
        (each.row_id, Conflict.TRAVEL)
        for each in seen
        for other in others
        if other.assignment_id == each.assignment_id
        and rules.is_too_far(haversine_km(*here, other.lat, other.lng), each.at - other.at)
    ]
    note(door, found, now=now)


def settle_found(scan_rows: Collection[int], *, now: datetime) -> None:
    """Settle what was missing and came in by itself."""
    run(
        _CONFLICT.update().where(
            _CONFLICT.c.scan_row_id.in_(scan_rows),
            _CONFLICT.c.kind == Conflict.MISSING_IN,
            _CONFLICT.c.settled_at.is_(None),
        ),
        {"settled_at": now, "settlement": Settlement.FOUND_LATER},
    )
