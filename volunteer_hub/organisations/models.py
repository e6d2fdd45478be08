from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from volunteer_hub.core.database import Model, enum_column


class Organisation(Model):
    """A unit or a volunteer team that holds events: an association, a school, a 服务队."""

    __tablename__ = "organisation"

    name: Mapped[str] = mapped_column(String(80), unique=True)
    name_en: Mapped[str] = mapped_column(String(120), default="")
    kind_code: Mapped[str] = mapped_column(String(40))
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    contact_phone: Mapped[str] = mapped_column(String(20), default="")
    created_at: Mapped[datetime]
    is_demo: Mapped[bool] = mapped_column(default=False)

    def shown_name(self, language: str) -> str:
        """Return the name in a language: the Chinese one when there is no other."""
        return (self.name_en if language == "en" else "") or self.name


class Function(enum.StrEnum):
    """What a member may do for the organisation."""

    ORGANISER = "organiser"
    TEAM_LEADER = "team_leader"
    MEMBER = "member"


class Membership(Model):
    """That a person belongs to an organisation, and what they may do for it."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("person_id", "organisation_id"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    function: Mapped[Function] = mapped_column(enum_column(Function))
    joined_at: Mapped[datetime]

    organisation: Mapped[Organisation] = relationship()


class Appointment(Model):
    """That a person works in the office of the city or of one county."""

    __tablename__ = "appointment"
    __table_args__ = (UniqueConstraint("person_id", "region_id"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"))
    appointed_at: Mapped[datetime]
