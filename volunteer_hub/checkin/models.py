from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from volunteer_hub.checkin.rules import Direction, Method, Outcome, Reason
from volunteer_hub.core.database import Model, enum_column

__all__ = ["Attendance", "Direction", "Method", "Outcome", "Reason", "Scan"]


class Scan(Model):
    """One try at the door, with its answer. Append-only: a trigger refuses changes."""

    __tablename__ = "scan"
    __table_args__ = (Index(None, "event_id", "happened_at"),)

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
