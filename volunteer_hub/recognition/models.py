from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from volunteer_hub.core.database import Model, enum_column


class HoursKind(enum.StrEnum):
    """Where the hours come from; told apart for ever (签到计时 and 补录)."""

    TIMED = "timed"
    ADDED = "added"
    NO_SHOW = "no_show"


class ServiceRecord(Model):
    """What one volunteer gave at one post, confirmed by the organiser.

    Holds what 民政部令67 art. 7 asks for: activity, date, place, content, hours, unit, responsible.
    """

    __tablename__ = "service_record"
    __table_args__ = (
        CheckConstraint("minutes >= 0", name="minutes_not_negative"),
        Index(None, "volunteer_id", "served_at"),
        Index(None, "event_id"),
    )

    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), unique=True)
    kind: Mapped[HoursKind] = mapped_column(enum_column(HoursKind))
    served_at: Mapped[datetime]
    in_at: Mapped[datetime | None]
    out_at: Mapped[datetime | None]
    planned_minutes: Mapped[int]
    minutes: Mapped[int]
    # Why it is this number: planned, in, out, rule, rounding; shown to the volunteer as one line.
    working: Mapped[dict[str, Any]] = mapped_column(JSON)
    event_title: Mapped[str] = mapped_column(String(120))
    place: Mapped[str] = mapped_column(String(200))
    content: Mapped[str] = mapped_column(String(120))
    organisation_name: Mapped[str] = mapped_column(String(80))
    responsible_name: Mapped[str] = mapped_column(String(60))
    confirmed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime]
