from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, false, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from volunteer_hub.core.database import Model, enum_column
from volunteer_hub.organisations.rules import Function, Rank


class Organisation(Model):
    """A unit or a volunteer team that holds events: an association, a school, a 服务队.

    Attributes:
        rank: Of a volunteer team; None for a unit. Whoever answers for what is above, does for it.
        purpose: What it does, as everybody may read it; ``how_to_join`` says whom it looks for.
        is_open: Whoever wants to belong to it does, without being asked.
        dissolved_at: Since when there is no such team any more; its events and hours stay.
    """

    __tablename__ = "organisation"

    name: Mapped[str] = mapped_column(String(80), unique=True)
    name_en: Mapped[str] = mapped_column(String(120), default="")
    kind_code: Mapped[str] = mapped_column(String(40))
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    rank: Mapped[Rank | None] = mapped_column(enum_column(Rank))
    purpose: Mapped[str] = mapped_column(Text, default="", server_default="")
    how_to_join: Mapped[str] = mapped_column(Text, default="", server_default="")
    is_open: Mapped[bool] = mapped_column(default=True, server_default=true())
    dissolved_at: Mapped[datetime | None]
    contact_phone: Mapped[str] = mapped_column(String(20), default="")
    created_at: Mapped[datetime]
    is_demo: Mapped[bool] = mapped_column(default=False)

    def shown_name(self, language: str) -> str:
        """Return the name in a language: the Chinese one when there is no other."""
        return (self.name_en if language == "en" else "") or self.name


class Membership(Model):
    """That a person belongs to an organisation, and what they may do for it.

    Attributes:
        shows_phone: They want the others of the team to see their phone number.
    """

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("person_id", "organisation_id"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    function: Mapped[Function] = mapped_column(enum_column(Function))
    joined_at: Mapped[datetime]
    shows_phone: Mapped[bool] = mapped_column(default=False, server_default=false())

    organisation: Mapped[Organisation] = relationship()


class Appointment(Model):
    """That a person works in the office of the city or of one county."""

    __tablename__ = "appointment"
    __table_args__ = (UniqueConstraint("person_id", "region_id"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"))
    appointed_at: Mapped[datetime]
