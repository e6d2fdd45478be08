from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from volunteer_hub.accounts.models import Person
from volunteer_hub.core.database import Model, enum_column
from volunteer_hub.organisations.models import Organisation
from volunteer_hub.regions.models import Region
from volunteer_hub.volunteers.rules import WishKind


class Volunteer(Model):
    """What a person offers as a volunteer: where, what, when, how much."""

    __tablename__ = "volunteer"
    __table_args__ = (
        CheckConstraint("travel_radius_km > 0", name="radius_positive"),
        CheckConstraint("max_hours_week > 0", name="hours_positive"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    home_region_id: Mapped[int] = mapped_column(ForeignKey("region.id"), index=True)
    travel_radius_km: Mapped[int] = mapped_column(default=30)
    max_hours_week: Mapped[int] = mapped_column(default=8)
    birth_year: Mapped[int | None]
    birth_month: Mapped[int | None]
    is_paused: Mapped[bool] = mapped_column(default=False)
    paused_until: Mapped[date | None]  # its last day; a break may have no end yet
    wants_only_wishes: Mapped[bool] = mapped_column(default=False)
    has_car: Mapped[bool] = mapped_column(default=False)
    is_in_reserve: Mapped[bool] = mapped_column(default=False)
    accepts_suggestions: Mapped[bool] = mapped_column(default=True)
    joined_at: Mapped[datetime]

    person: Mapped[Person] = relationship()
    home_region: Mapped[Region] = relationship()
    skills: Mapped[list[VolunteerSkill]] = relationship(
        order_by="VolunteerSkill.id", cascade="all, delete-orphan"
    )
    windows: Mapped[list[AvailabilityWindow]] = relationship(
        order_by="AvailabilityWindow.weekday, AvailabilityWindow.starts_minute",
        cascade="all, delete-orphan",
    )
    days_off: Mapped[list[DayOff]] = relationship(
        order_by="DayOff.off_on", cascade="all, delete-orphan"
    )
    extra_hours: Mapped[list[ExtraHours]] = relationship(
        order_by="ExtraHours.free_on, ExtraHours.starts_minute", cascade="all, delete-orphan"
    )
    wishes: Mapped[list[VolunteerWish]] = relationship(
        order_by="VolunteerWish.id", cascade="all, delete-orphan"
    )
    entry: Mapped[VolunteerEntry | None] = relationship(viewonly=True)
    register: Mapped[VolunteerNumber | None] = relationship(viewonly=True)


class VolunteerSkill(Model):
    """A skill and how well: 1 learning, 2 able, 3 can lead."""

    __tablename__ = "volunteer_skill"
    __table_args__ = (
        UniqueConstraint("volunteer_id", "skill_code"),
        CheckConstraint("level BETWEEN 1 AND 3", name="level_range"),
    )

    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id", ondelete="CASCADE"))
    skill_code: Mapped[str] = mapped_column(String(40), index=True)
    level: Mapped[int]


class AvailabilityWindow(Model):
    """A weekly stretch in which the volunteer is usually free; minutes of the local day."""

    __tablename__ = "availability_window"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday_range"),
        CheckConstraint(
            "starts_minute >= 0 AND ends_minute > starts_minute AND ends_minute <= 1440",
            name="minutes_range",
        ),
    )

    volunteer_id: Mapped[int] = mapped_column(
        ForeignKey("volunteer.id", ondelete="CASCADE"), index=True
    )
    weekday: Mapped[int]
    starts_minute: Mapped[int]
    ends_minute: Mapped[int]


class DayOff(Model):
    """A date on which the volunteer cannot come, whatever the week says."""

    __tablename__ = "day_off"
    __table_args__ = (UniqueConstraint("volunteer_id", "off_on"),)

    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id", ondelete="CASCADE"))
    off_on: Mapped[date]


class ExtraHours(Model):
    """A stretch of one date in which the volunteer can come, whatever the week says."""

    __tablename__ = "extra_hours"
    __table_args__ = (
        UniqueConstraint("volunteer_id", "free_on", "starts_minute"),
        CheckConstraint(
            "starts_minute >= 0 AND ends_minute > starts_minute AND ends_minute <= 1440",
            name="minutes_range",
        ),
    )

    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id", ondelete="CASCADE"))
    free_on: Mapped[date]
    starts_minute: Mapped[int]
    ends_minute: Mapped[int]


class VolunteerWish(Model):
    """An audience or a campaign that the volunteer would like to work for."""

    __tablename__ = "volunteer_wish"
    __table_args__ = (UniqueConstraint("volunteer_id", "kind", "code"),)

    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id", ondelete="CASCADE"))
    kind: Mapped[WishKind] = mapped_column(enum_column(WishKind))
    code: Mapped[str] = mapped_column(String(40))


class VolunteerEntry(Model):
    """That an organisation entered a volunteer, who has yet to answer for themselves.

    Attributes:
        channel: How they came in: list, phone.
        refused_at: When they said that they want no part in it.
    """

    __tablename__ = "volunteer_entry"

    volunteer_id: Mapped[int] = mapped_column(
        ForeignKey("volunteer.id", ondelete="CASCADE"), unique=True
    )
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    by_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    entered_at: Mapped[datetime]
    channel: Mapped[str] = mapped_column(String(20))
    refused_at: Mapped[datetime | None]

    organisation: Mapped[Organisation] = relationship()


class VolunteerNumber(Model):
    """The number under which a volunteer stands in the register of the country or of a unit."""

    __tablename__ = "volunteer_number"

    volunteer_id: Mapped[int] = mapped_column(
        ForeignKey("volunteer.id", ondelete="CASCADE"), unique=True
    )
    number: Mapped[str] = mapped_column(String(40), unique=True)
