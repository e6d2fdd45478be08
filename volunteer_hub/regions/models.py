from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from volunteer_hub.core.database import Model, enum_column


class Level(enum.StrEnum):
    """How deep a region lies in the tree."""

    CITY = "city"
    COUNTY = "county"
    TOWNSHIP = "township"
    VILLAGE = "village"


class Region(Model):
    """One node of the tree city > county > township > village."""

    __tablename__ = "region"

    code: Mapped[str] = mapped_column(String(12), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    short_name: Mapped[str] = mapped_column(String(60))
    full_name: Mapped[str] = mapped_column(String(200))
    level: Mapped[Level] = mapped_column(enum_column(Level))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("region.id"), index=True)
    county_id: Mapped[int | None] = mapped_column(ForeignKey("region.id"), index=True)
    township_id: Mapped[int | None] = mapped_column(ForeignKey("region.id"))
    lat: Mapped[float | None]
    lng: Mapped[float | None]
    is_approximate: Mapped[bool] = mapped_column(default=True)
    # What the office decided about a township; unless it did, distance does.
    is_remote: Mapped[bool | None]
    coord_source: Mapped[str] = mapped_column(String(120), default="")
    pinyin: Mapped[str] = mapped_column(String(200), default="", index=True)
    initials: Mapped[str] = mapped_column(String(40), default="", index=True)
    pinyin_alt: Mapped[str] = mapped_column(String(400), default="")


class Venue(Model):
    """A place where events happen (阵地): a school, a care home, a square."""

    __tablename__ = "venue"

    name: Mapped[str] = mapped_column(String(80))
    pinyin: Mapped[str] = mapped_column(String(320), default="", index=True)
    initials: Mapped[str] = mapped_column(String(80), default="")
    type_code: Mapped[str] = mapped_column(String(40))
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"), index=True)
    address: Mapped[str] = mapped_column(String(200), default="")
    directions: Mapped[str] = mapped_column(String(300), default="")
    contact_name: Mapped[str] = mapped_column(String(60), default="")
    contact_phone: Mapped[str] = mapped_column(String(20), default="")
    capacity: Mapped[int | None]
    is_step_free: Mapped[bool] = mapped_column(default=False)
    lat: Mapped[float | None]
    lng: Mapped[float | None]
    created_at: Mapped[datetime]
    is_active: Mapped[bool] = mapped_column(default=True)
    is_demo: Mapped[bool] = mapped_column(default=False)

    region: Mapped[Region] = relationship()
