"""Phones that may scan: allowed for minutes by a code, enrolled once, taken off again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from volunteer_hub.checkin import queries
from volunteer_hub.checkin.errors import DoorNotOpenError, EnrolmentUsedError
from volunteer_hub.checkin.models import Checkpoint, DoorSetting, ScanDevice
from volunteer_hub.checkin.queries import Device
from volunteer_hub.core import audit
from volunteer_hub.core.database import db
from volunteer_hub.core.tokens import read_link_token
from volunteer_hub.events.models import Event, Status

PURPOSE: Final = "scan-device"
ENROL_WITHIN: Final = timedelta(minutes=10)
GOOD_AFTER_END: Final = timedelta(hours=24)


def add_device(event: Event, door: str, *, by: int, now: datetime) -> ScanDevice:
    """Allow one more phone to be enrolled within some minutes.

    Args:
        event: The event, held.
        door: The name of the door it stands at; empty when there is only one.
        by: Who allows it.
        now: The moment.

    Raises:
        DoorNotOpenError: The event was not published.
    """
    if event.status is Status.DRAFT:
        raise DoorNotOpenError
    device = ScanDevice(
        event_id=event.id,
        checkpoint_id=_checkpoint(event.id, door, now=now),
        number=queries.next_number(event.id),
        made_at=now,
        made_by_id=by,
        expires_at=max(event.ends_at, now) + GOOD_AFTER_END,
    )
    db.session.add(device)
    db.session.flush()
    audit.record("scan_device.add", device, by=by, now=now)
    return device


def _checkpoint(event_id: int, name: str, *, now: datetime) -> int | None:
    if not name:
        return None
    found = queries.find_checkpoint(event_id, name)
    if found is None:
        found = Checkpoint(event_id=event_id, name=name, made_at=now)
        db.session.add(found)
        db.session.flush()
    return found.id


def is_enrollable(device: ScanDevice, *, now: datetime) -> bool:
    """Tell whether the code that enrols this phone works now."""
    is_fresh = device.enrolled_at is None and now < device.made_at + ENROL_WITHIN
    return is_fresh and device.revoked_at is None


def enrol(token: str, secret: str, *, now: datetime) -> Device:
    """Give a phone the right to scan, and keep the hash of the secret that it made itself.

    A phone that missed the answer asks again with the same secret and gets it again; with another
    secret nobody does.

    Args:
        token: What the code held.
        secret: Made on the phone.
        now: The moment.

    Raises:
        EnrolmentUsedError: The code is no such code, was used, or its minutes are over.
    """
    device_id = read_link_token(PURPOSE, token)
    device = queries.lock_device(device_id) if device_id is not None else None
    if device is None or device.revoked_at is not None:
        raise EnrolmentUsedError
    kept = queries.hash_of_secret(secret)
    if device.secret_hash != kept:
        if not is_enrollable(device, now=now):
            raise EnrolmentUsedError
        device.secret_hash, device.enrolled_at, device.seen_at = kept, now, now
        db.session.flush()
        audit.record("scan_device.enrol", device, by=None, now=now)
        db.session.flush()
    found = queries.find_device(secret)
    if found is None or found.id != device.id:
        raise EnrolmentUsedError
    return found


def note_seen(device: Device, *, unsent: int, offset: timedelta, now: datetime) -> None:
    """Note that a phone spoke: what it still holds, and how wrong its clock is."""
    row = db.session.get_one(ScanDevice, device.id)
    row.seen_at, row.unsent, row.skew_s = now, unsent, round(offset.total_seconds())


def revoke(device: ScanDevice, *, by: int, now: datetime) -> None:
    """Take a phone off; what it still holds can be imported by hand. Twice changes nothing."""
    if device.revoked_at is None:
        device.revoked_at = now
        audit.record("scan_device.revoke", device, by=by, now=now)


def show_phone_tails(event_id: int, *, are_shown: bool, by: int, now: datetime) -> None:
    """Let phones at this event's door keep the last digits of phone numbers, or forbid it.

    Args:
        event_id: The event, held.
        are_shown: Whether they may.
        by: Who decides.
        now: The moment.
    """
    setting = queries.setting_of(event_id)
    if setting is None:
        setting = DoorSetting(event_id=event_id, shows_phone_tail=False)
        db.session.add(setting)
        db.session.flush()
    if setting.shows_phone_tail is not are_shown:
        setting.shows_phone_tail = are_shown
        what = {"phone_tails": are_shown}
        audit.record("door_setting.change", setting, by=by, now=now, details=what)
