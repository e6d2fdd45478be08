from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from volunteer_hub.checkin.rules import (
    Conflict,
    Direction,
    Evidence,
    Method,
    Outcome,
    Reason,
    Settlement,
)
from volunteer_hub.core.database import Model, enum_column

__all__ = [
    "Attendance",
    "Checkpoint",
    "Direction",
    "DoorSetting",
    "Method",
    "Outcome",
    "Reason",
    "Scan",
    "ScanConflict",
    "ScanDevice",
]


class Checkpoint(Model):
    """One of several doors of an event, with the name that people there know it by."""

    __tablename__ = "checkpoint"
    __table_args__ = (UniqueConstraint("event_id", "name"),)

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    name: Mapped[str] = mapped_column(String(20))
    made_at: Mapped[datetime]


class DoorSetting(Model):
    """What the organiser chose for an event's door; without a row, nothing was."""

    __tablename__ = "door_setting"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), unique=True)
    shows_phone_tail: Mapped[bool] = mapped_column(default=False)


class ScanDevice(Model):
    """A phone that may scan at one event, enrolled once; only the hash of its secret is kept."""

    __tablename__ = "scan_device"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    checkpoint_id: Mapped[int | None] = mapped_column(ForeignKey("checkpoint.id"))
    number: Mapped[int]
    secret_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    enrolled_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    unsent: Mapped[int] = mapped_column(default=0)
    skew_s: Mapped[int] = mapped_column(default=0)


class Scan(Model):
    """One try at the door, with its answer. Append-only: a trigger refuses changes."""

    __tablename__ = "scan"
    __table_args__ = (
        Index(None, "event_id", "happened_at"),
        Index(
            "ix_scan_first_scan_id",
            "first_scan_id",
            sqlite_where=text("first_scan_id IS NOT NULL"),
            postgresql_where=text("first_scan_id IS NOT NULL"),
        ),
    )

    scan_id: Mapped[str] = mapped_column(String(36), unique=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registration.id"), index=True)
    assignment_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"), index=True)
    direction: Mapped[Direction] = mapped_column(enum_column(Direction))
    method: Mapped[Method] = mapped_column(enum_column(Method))
    outcome: Mapped[Outcome] = mapped_column(enum_column(Outcome))
    reason: Mapped[Reason] = mapped_column(enum_column(Reason))
    people: Mapped[int] = mapped_column(default=1)
    first_scan_id: Mapped[int | None] = mapped_column(ForeignKey("scan.id"))
    device: Mapped[str | None] = mapped_column(String(40))
    code_fingerprint: Mapped[str | None] = mapped_column(String(24))
    by_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    happened_at: Mapped[datetime]
    stored_at: Mapped[datetime]
    # What an enrolled phone says besides: which one, where, in which order, what it answered by
    # itself, and what its own clock showed, right or wrong.
    device_id: Mapped[int | None] = mapped_column(ForeignKey("scan_device.id"))
    checkpoint_id: Mapped[int | None] = mapped_column(ForeignKey("checkpoint.id"))
    seq: Mapped[int | None]
    local_outcome: Mapped[Outcome | None] = mapped_column(enum_column(Outcome))
    claimed_at: Mapped[datetime | None]
    evidence: Mapped[Evidence | None] = mapped_column(enum_column(Evidence))


class ScanConflict(Model):
    """Something about a scan that a person should look at; settled once, by one of them."""

    __tablename__ = "scan_conflict"
    __table_args__ = (
        UniqueConstraint("scan_row_id", "kind"),
        Index(None, "event_id", "settled_at"),
    )

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    scan_row_id: Mapped[int] = mapped_column(ForeignKey("scan.id"))
    kind: Mapped[Conflict] = mapped_column(enum_column(Conflict))
    noted_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    settlement: Mapped[Settlement | None] = mapped_column(enum_column(Settlement))


class Attendance(Model):
    """That someone was there: an attendee with companions, or a volunteer in a post."""

    __tablename__ = "attendance"
    __table_args__ = (
        CheckConstraint("(registration_id IS NULL) <> (assignment_id IS NULL)", name="one_subject"),
        CheckConstraint("out_at IS NULL OR out_at >= in_at", name="out_after_in"),
        Index(
            "uq_attendance_registration",
            "registration_id",
            unique=True,
            sqlite_where=text("registration_id IS NOT NULL"),
            postgresql_where=text("registration_id IS NOT NULL"),
        ),
        Index(
            "uq_attendance_open_assignment",
            "assignment_id",
            unique=True,
            sqlite_where=text("assignment_id IS NOT NULL AND out_at IS NULL"),
            postgresql_where=text("assignment_id IS NOT NULL AND out_at IS NULL"),
        ),
    )

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registration.id"))
    assignment_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"), index=True)
    people: Mapped[int] = mapped_column(default=1)
    in_at: Mapped[datetime]
    out_at: Mapped[datetime | None]
    in_scan_id: Mapped[int | None] = mapped_column(ForeignKey("scan.id"))
    out_scan_id: Mapped[int | None] = mapped_column(ForeignKey("scan.id"))
