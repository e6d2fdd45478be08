from __future__ import annotations

import enum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from volunteer_hub.core.database import Model, enum_column


class Kind(enum.StrEnum):
    """Which list a word belongs to."""

    AUDIENCE = "audience"
    AGE_BAND = "age_band"
    THEME = "theme"
    FORM = "form"
    VENUE_TYPE = "venue_type"
    SKILL = "skill"
    ORGANISATION_KIND = "organisation_kind"
    CREDENTIAL = "credential"


class CatalogueEntry(Model):
    """One word that events, venues and people are described with, shipped as data."""

    __tablename__ = "catalogue_entry"
    __table_args__ = (UniqueConstraint("kind", "code"),)

    kind: Mapped[Kind] = mapped_column(enum_column(Kind))
    code: Mapped[str] = mapped_column(String(40))
    zh: Mapped[str] = mapped_column(String(60))
    en: Mapped[str] = mapped_column(String(80))
    clause: Mapped[str | None] = mapped_column(String(40))
    stat: Mapped[str | None] = mapped_column(String(20))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("catalogue_entry.id"))
    pinyin: Mapped[str] = mapped_column(String(200), default="")
    initials: Mapped[str] = mapped_column(String(60), default="")
    position: Mapped[int] = mapped_column(default=0)
    is_active: Mapped[bool] = mapped_column(default=True)
