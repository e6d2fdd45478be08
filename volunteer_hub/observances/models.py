from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from volunteer_hub.core.database import Model


class AnnouncedDays(Model):
    """When a notice says that a science day is in one year; stands instead of its rule."""

    __tablename__ = "announced_days"
    __table_args__ = (
        UniqueConstraint("observance_key", "year"),
        CheckConstraint("last_on >= first_on", name="last_not_before_first"),
    )

    observance_key: Mapped[str] = mapped_column(String(40))
    year: Mapped[int]
    first_on: Mapped[date]
    last_on: Mapped[date]
    source: Mapped[str] = mapped_column(String(200), default="")
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    entered_at: Mapped[datetime]
