from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from volunteer_hub.core.database import Model


class WorkYear(Model):
    """A year whose holidays were entered here; it stands instead of the year that was shipped.

    Attributes:
        is_published: The days are official, not what somebody expects.
        source: The notice they are from.
    """

    __tablename__ = "work_year"

    year: Mapped[int] = mapped_column(unique=True)
    is_published: Mapped[bool]
    source: Mapped[str] = mapped_column(String(200), default="")

    days: Mapped[list[SpecialDay]] = relationship(
        order_by="SpecialDay.on", cascade="all, delete-orphan"
    )


class SpecialDay(Model):
    """A day that is not what its weekday says: a holiday, or a weekend that is worked."""

    __tablename__ = "special_day"

    work_year_id: Mapped[int] = mapped_column(
        ForeignKey("work_year.id", ondelete="CASCADE"), index=True
    )
    on: Mapped[date] = mapped_column("on_day", unique=True)
    is_workday: Mapped[bool]
    name: Mapped[str] = mapped_column(String(60), default="")
