from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from volunteer_hub.core.database import Model, enum_column
from volunteer_hub.organisations.models import Organisation
from volunteer_hub.resources.rules import Kind, Purpose


class Resource(Model):
    """A vehicle, driver, kit, projector or hall that can be booked.

    Attributes:
        name: What people call it; of a driver, their name.
        plate: Of a vehicle.
        licence_class: Of a driver, as A1.
        volunteer_id: Who a driver is, if they are a volunteer: then their verified licence counts.
        seats: Of a vehicle, the driver's counted, or of a hall.
        valid_until: The last day of a vehicle's inspection or of a driver's licence.
        checked_on: When somebody last looked whether all of a kit is there and works.
        contents: The exhibits aboard, or what is in the kit.
        before_minutes: How long it is busy before it is used: the way, loading.
        after_minutes: How long afterwards.
        is_shared: Other organisations may book it too.
    """

    __tablename__ = "resource"
    __table_args__ = (
        CheckConstraint("seats IS NULL OR seats > 0", name="seats_positive"),
        CheckConstraint("before_minutes >= 0 AND after_minutes >= 0", name="buffers_not_negative"),
        UniqueConstraint("organisation_id", "kind", "name"),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[Kind] = mapped_column(enum_column(Kind), index=True)
    name: Mapped[str] = mapped_column(String(60))
    plate: Mapped[str] = mapped_column(String(12), default="")
    licence_class: Mapped[str | None] = mapped_column(String(4))
    volunteer_id: Mapped[int | None] = mapped_column(
        ForeignKey("volunteer.id", ondelete="SET NULL"), index=True
    )
    seats: Mapped[int | None]
    valid_until: Mapped[date | None]
    checked_on: Mapped[date | None]
    contents: Mapped[str] = mapped_column(Text, default="")
    before_minutes: Mapped[int] = mapped_column(default=0)
    after_minutes: Mapped[int] = mapped_column(default=0)
    is_shared: Mapped[bool] = mapped_column(default=True)
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    is_demo: Mapped[bool] = mapped_column(default=False)

    organisation: Mapped[Organisation] = relationship()


class Booking(Model):
    """That a resource is taken from ``busy_from`` to ``busy_until``.

    The database refuses two that overlap (migration 0010): PostgreSQL by an exclusion constraint,
    SQLite by triggers, which a migration that writes the table anew has to make again.

    Attributes:
        starts_at: When it is used.
        ends_at: Until when.
        busy_from: The start, less the resource's time before as it was at booking.
        busy_until: The end, and the time after.
        title: What for: the event's or trip's title, or words of whoever booked.
        trip_id: Of a trip of several events (行程), for the whole of which it is taken.
    """

    __tablename__ = "booking"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("busy_from <= starts_at AND busy_until >= ends_at", name="busy_around_use"),
        UniqueConstraint("event_id", "resource_id"),
        UniqueConstraint("trip_id", "resource_id"),
        Index(None, "resource_id", "busy_until"),
    )

    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"))
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    trip_id: Mapped[int | None] = mapped_column(ForeignKey("trip.id", ondelete="CASCADE"))
    purpose: Mapped[Purpose] = mapped_column(enum_column(Purpose))
    title: Mapped[str] = mapped_column(String(120))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    busy_from: Mapped[datetime]
    busy_until: Mapped[datetime]
    booked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    booked_at: Mapped[datetime]

    resource: Mapped[Resource] = relationship()


class Requirement(Model):
    """What an event needs: so many of a kind, of a size, or one particular resource."""

    __tablename__ = "requirement"
    __table_args__ = (
        CheckConstraint("number >= 1", name="number_positive"),
        CheckConstraint("min_seats IS NULL OR min_seats > 0", name="seats_positive"),
    )

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    kind: Mapped[Kind] = mapped_column(enum_column(Kind))
    number: Mapped[int] = mapped_column(default=1)
    min_seats: Mapped[int | None]
    resource_id: Mapped[int | None] = mapped_column(ForeignKey("resource.id"))
