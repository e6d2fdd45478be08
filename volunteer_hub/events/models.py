from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from volunteer_hub.core.database import Model, enum_column
from volunteer_hub.events.drafts import Risk
from volunteer_hub.organisations.models import Organisation
from volunteer_hub.programmes.models import Campaign
from volunteer_hub.regions.models import Region, Venue


class Status(enum.StrEnum):
    """Where an event stands; whether it is running is a matter of the clock."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CANCELLED = "cancelled"
    CONFIRMED = "confirmed"


class Asks(enum.StrEnum):
    """Whether registration asks attendees for something."""

    NO = "no"
    OPTIONAL = "optional"
    REQUIRED = "required"


class Event(Model):
    """One occasion at one venue, with shifts to staff and people to reach."""

    __tablename__ = "event"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("capacity IS NULL OR capacity > 0", name="capacity_positive"),
        Index(None, "status", "starts_at"),
        Index(None, "organisation_id", "starts_at"),
        Index(None, "campaign_id", "starts_at"),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"))
    region_id: Mapped[int | None] = mapped_column(ForeignKey("region.id"), index=True)
    title: Mapped[str] = mapped_column(String(120))
    summary: Mapped[str] = mapped_column(Text, default="")
    form_code: Mapped[str | None] = mapped_column(String(40))
    theme_code: Mapped[str | None] = mapped_column(String(40))
    audience_codes: Mapped[list[str]] = mapped_column(JSON)
    # Besides Mandarin, which needs no saying; words of the catalogue's skills.
    language_codes: Mapped[list[str]] = mapped_column(JSON, default=list)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    status: Mapped[Status] = mapped_column(enum_column(Status), default=Status.DRAFT)

    # An elder talk has these; other events leave them empty.
    topic: Mapped[str] = mapped_column(String(120), default="")
    speaker_name: Mapped[str] = mapped_column(String(60), default="")
    speaker_title: Mapped[str] = mapped_column(String(80), default="")

    meeting_point: Mapped[str] = mapped_column(String(200), default="")
    what_to_bring: Mapped[str] = mapped_column(String(300), default="")
    risk_notice: Mapped[str] = mapped_column(Text, default="")
    contact_name: Mapped[str] = mapped_column(String(60), default="")
    contact_phone: Mapped[str] = mapped_column(String(20), default="")

    # Attendees: many events need no registration at all (people just come).
    is_registration_open: Mapped[bool] = mapped_column(default=True)
    capacity: Mapped[int | None]
    asks_name: Mapped[Asks] = mapped_column(enum_column(Asks), default=Asks.OPTIONAL)
    asks_phone: Mapped[Asks] = mapped_column(enum_column(Asks), default=Asks.OPTIONAL)
    max_companions: Mapped[int] = mapped_column(default=0)
    is_elder_friendly: Mapped[bool] = mapped_column(default=False)

    poster_code: Mapped[str] = mapped_column(String(16), unique=True)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    # What changed for people who already signed up; a job tells them once for each version.
    changed_at: Mapped[datetime | None]
    changes: Mapped[list[str]] = mapped_column(JSON, default=list)
    change_reason: Mapped[str] = mapped_column(String(200), default="")
    moved_from: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str] = mapped_column(String(200), default="")
    confirmed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    is_demo: Mapped[bool] = mapped_column(default=False)

    __mapper_args__ = {"version_id_col": version}

    series_id: Mapped[int | None] = mapped_column(ForeignKey("event_series.id"), index=True)
    # Trips (行程) lie above this package, which knows them by id alone: this is one of its stops.
    trip_id: Mapped[int | None] = mapped_column(ForeignKey("trip.id"), index=True)
    expected_people: Mapped[int | None]

    organisation: Mapped[Organisation] = relationship()
    campaign: Mapped[Campaign] = relationship()
    venue: Mapped[Venue | None] = relationship()
    region: Mapped[Region | None] = relationship()
    shifts: Mapped[list[Shift]] = relationship(
        back_populates="event", order_by="Shift.starts_at, Shift.id", cascade="all, delete-orphan"
    )


class EventSeries(Model):
    """That some events are the same one on many days, and the rule (RFC 5545) they came from."""

    __tablename__ = "event_series"

    rule: Mapped[str] = mapped_column(String(200))
    skips_holidays: Mapped[bool]
    created_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]


class Shift(Model):
    """A stretch of one event (班次) that needs volunteers."""

    __tablename__ = "shift"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        Index(None, "starts_at"),
    )

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(String(80))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]

    event: Mapped[Event] = relationship(back_populates="shifts")
    posts: Mapped[list[Post]] = relationship(
        back_populates="shift", order_by="Post.id", cascade="all, delete-orphan"
    )


class Post(Model):
    """What some volunteers do in a shift (岗位): how many, with which skills."""

    __tablename__ = "post"
    __table_args__ = (
        CheckConstraint("min_people >= 0", name="min_not_negative"),
        CheckConstraint("max_people >= 1 AND max_people >= min_people", name="max_not_below_min"),
    )

    shift_id: Mapped[int] = mapped_column(ForeignKey("shift.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(String(60))
    duties: Mapped[str] = mapped_column(String(300), default="")
    min_people: Mapped[int]
    max_people: Mapped[int]
    risk: Mapped[Risk] = mapped_column(enum_column(Risk), default=Risk.NONE)
    needs_car: Mapped[bool] = mapped_column(default=False)
    credential_code: Mapped[str] = mapped_column(String(40), default="")
    # How many of its people should have served for long; wanted, and nobody is refused for it.
    min_experienced: Mapped[int] = mapped_column(default=0)

    shift: Mapped[Shift] = relationship(back_populates="posts")
    skills: Mapped[list[PostSkill]] = relationship(
        order_by="PostSkill.id", cascade="all, delete-orphan"
    )


class PostSkill(Model):
    """A skill that a post needs, and how well."""

    __tablename__ = "post_skill"
    __table_args__ = (
        UniqueConstraint("post_id", "skill_code"),
        CheckConstraint("level BETWEEN 1 AND 3", name="level_range"),
    )

    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    skill_code: Mapped[str] = mapped_column(String(40))
    level: Mapped[int]
