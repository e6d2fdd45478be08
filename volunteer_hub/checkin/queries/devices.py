"""Phones that may scan at an event, and its doors."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final, NamedTuple

from sqlalchemy import Select, bindparam, func, select

from volunteer_hub.checkin.models import Checkpoint, DoorSetting, ScanDevice
from volunteer_hub.core.database import db, run
from volunteer_hub.core.errors import NotFoundError

_DEVICE: Final = (
    ScanDevice.id,
    ScanDevice.event_id,
    ScanDevice.checkpoint_id,
    ScanDevice.number,
    ScanDevice.made_by_id,
    ScanDevice.expires_at,
    ScanDevice.revoked_at,
    func.coalesce(Checkpoint.name, ""),
)


class Device(NamedTuple):
    """An enrolled phone, as far as its scans depend on it."""

    id: int
    event_id: int
    checkpoint_id: int | None
    number: int
    made_by_id: int
    expires_at: datetime
    revoked_at: datetime | None
    door: str

    def is_good(self, now: datetime) -> bool:
        """Tell whether it may scan now."""
        return self.revoked_at is None and now < self.expires_at


def hash_of_secret(secret: str) -> str:
    """Return what the database keeps of a phone's secret."""
    return hashlib.sha256(b"vh-device\0" + secret.encode()).hexdigest()


def find_device(secret: str) -> Device | None:
    """Return the phone that has this secret, good or not, or None."""
    row = run(_with_secret(), {"hash": hash_of_secret(secret)}).first()
    return Device(*row) if row is not None else None


@cache
def _with_secret() -> Select[*tuple[Any, ...]]:
    return (
        select(*_DEVICE)
        .outerjoin(Checkpoint, ScanDevice.checkpoint_id == Checkpoint.id)
        .where(ScanDevice.secret_hash == bindparam("hash"))
    )


@dataclass(frozen=True, slots=True)
class ListedDevice:
    """A phone as the organiser's list shows it."""

    id: int
    number: int
    door: str
    made_at: datetime
    enrolled_at: datetime | None
    expires_at: datetime
    revoked_at: datetime | None
    seen_at: datetime | None
    unsent: int
    skew_s: int


def devices_of(event_id: int) -> list[ListedDevice]:
    """Return every phone of an event, the newest first."""
    names = ListedDevice.__slots__
    columns = [Checkpoint.name if name == "door" else getattr(ScanDevice, name) for name in names]
    statement = (
        select(*columns)
        .outerjoin(Checkpoint, ScanDevice.checkpoint_id == Checkpoint.id)
        .where(ScanDevice.event_id == event_id)
        .order_by(ScanDevice.number.desc())
    )
    rows = (dict(zip(names, row, strict=True)) for row in run(statement))
    return [ListedDevice(**{**row, "door": row["door"] or ""}) for row in rows]


def device_of_event(event_id: int, device_id: int) -> ScanDevice:
    """Return one phone of this event.

    Raises:
        NotFoundError: There is none.
    """
    wanted = (ScanDevice.id == device_id, ScanDevice.event_id == event_id)
    found = db.session.scalar(select(ScanDevice).where(*wanted))
    if found is None:
        raise NotFoundError
    return found


def lock_device(device_id: int) -> ScanDevice | None:
    """Return a phone, held against others that would enrol it, or None."""
    statement = select(ScanDevice).where(ScanDevice.id == device_id).with_for_update()
    return db.session.scalar(statement)


def next_number(event_id: int) -> int:
    """Return the number of the next phone of an event."""
    statement = select(func.max(ScanDevice.number)).where(ScanDevice.event_id == event_id)
    return (db.session.scalar(statement) or 0) + 1


def checkpoints_of(event_id: int) -> dict[int, str]:
    """Return the doors of an event that have a name, in the order in which they were named."""
    statement = select(Checkpoint.id, Checkpoint.name).where(Checkpoint.event_id == event_id)
    return {row.id: row.name for row in run(statement.order_by(Checkpoint.id))}


def find_checkpoint(event_id: int, name: str) -> Checkpoint | None:
    """Return the door of an event that has this name, or None."""
    wanted = (Checkpoint.event_id == event_id, Checkpoint.name == name)
    return db.session.scalar(select(Checkpoint).where(*wanted))


def setting_of(event_id: int) -> DoorSetting | None:
    """Return what the organiser chose for an event's door, or None."""
    return db.session.scalar(select(DoorSetting).where(DoorSetting.event_id == event_id))


def shows_phone_tail(event_id: int) -> bool:
    """Tell whether phones at the door may keep the last digits of phone numbers."""
    setting = setting_of(event_id)
    return setting is not None and setting.shows_phone_tail
