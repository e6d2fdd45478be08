"""Every write of the door: single scans, what phones tell later, devices, conflicts."""

from __future__ import annotations

from volunteer_hub.checkin.actions.batch import Batch, Result, Sent, import_batch, record_batch
from volunteer_hub.checkin.actions.devices import (
    ENROL_WITHIN,
    add_device,
    enrol,
    is_enrollable,
    note_seen,
    revoke,
    show_phone_tails,
)
from volunteer_hub.checkin.actions.devices import PURPOSE as ENROLMENT
from volunteer_hub.checkin.actions.inbox import settle
from volunteer_hub.checkin.actions.scans import (
    ScanDraft,
    add_companions,
    add_count,
    add_walk_in,
    record_scan,
)
from volunteer_hub.checkin.actions.undoing import undo
from volunteer_hub.registrations.rules import RegistrationDraft

__all__ = [
    "ENROLMENT",
    "ENROL_WITHIN",
    "Batch",
    "RegistrationDraft",
    "Result",
    "ScanDraft",
    "Sent",
    "add_companions",
    "add_count",
    "add_device",
    "add_walk_in",
    "enrol",
    "import_batch",
    "is_enrollable",
    "note_seen",
    "record_batch",
    "record_scan",
    "revoke",
    "settle",
    "show_phone_tails",
    "undo",
]
