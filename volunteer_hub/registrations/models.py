from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from volunteer_hub.core.database import Model, enum_column
from volunteer_hub.events.models import Event


class RegistrationState(enum.StrEnum):
    """Whether the place is theirs, still or already."""

    CONFIRMED = "confirmed"
    WAITING = "waiting"
    CANCELLED = "cancelled"


class Channel(enum.StrEnum):
    """How a registration came in."""

    WEB = "web"
    PHONE = "phone"
    WALK_IN = "walk_in"
    POSTER = "poster"


class Registration(Model):
    """An attendee's place at an event, perhaps with companions; often without any name."""

    __tablename__ = "registration"
    __table_args__ = (
        CheckConstraint("companions >= 0", name="companions_not_negative"),
        Index(None, "event_id", "state"),
    )

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str | None] = mapped_column(String(60))
    pinyin: Mapped[str] = mapped_column(String(240), default="")
    initials: Mapped[str] = mapped_column(String(60), default="")
    phone: Mapped[str | None] = mapped_column(String(20))
    age_band: Mapped[str | None] = mapped_column(String(40))
    companions: Mapped[int] = mapped_column(default=0)
    state: Mapped[RegistrationState] = mapped_column(enum_column(RegistrationState))
    channel: Mapped[Channel] = mapped_column(enum_column(Channel))
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    cancelled_at: Mapped[datetime | None]
    ticket_hash: Mapped[str | None] = mapped_column(String(24), unique=True)
    ticket_revision: Mapped[int] = mapped_column(default=1)

    event: Mapped[Event] = relationship()
