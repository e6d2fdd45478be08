from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from volunteer_hub.core.database import Model
from volunteer_hub.organisations.models import Organisation
from volunteer_hub.programmes.models import Campaign
from volunteer_hub.regions.models import Venue


class Trip(Model):
    """A journey of the caravan (行程): its stops are events that name it.

    Attributes:
        depot_id: The venue it leaves from and comes back to; None when that is not known.
        leaves_at: When it leaves there for the first stop.
        returns_at: When it is back, as reckoned from the last stop.
        set_up_minutes: How long it takes to get ready at each stop.
        pack_up_minutes: How long to clear away.
        day_starts_minute: Before which minute of a further day it does not set off.
        goes_home: It spends the nights at the depot, not at the last stop of the day.
        contact_phone: Where the leader of the trip can be rung on the way.
        notes: What the crew has to know; printed on the run sheet.
        odometer_start_km: What the odometer showed at the start, ``odometer_end_km`` at the end.
    """

    __tablename__ = "trip"
    __table_args__ = (
        CheckConstraint("returns_at > leaves_at", name="returns_after_leaving"),
        CheckConstraint("set_up_minutes >= 0 AND pack_up_minutes >= 0", name="not_negative"),
        CheckConstraint(
            "odometer_end_km IS NULL OR odometer_end_km >= odometer_start_km",
            name="odometer_not_back",
        ),
        Index(None, "organisation_id", "leaves_at"),
        Index(None, "leaves_at"),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    depot_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"))
    title: Mapped[str] = mapped_column(String(80))
    leaves_at: Mapped[datetime]
    returns_at: Mapped[datetime]
    set_up_minutes: Mapped[int]
    pack_up_minutes: Mapped[int]
    day_starts_minute: Mapped[int]
    goes_home: Mapped[bool]
    contact_name: Mapped[str] = mapped_column(String(60), default="")
    contact_phone: Mapped[str] = mapped_column(String(20), default="")
    notes: Mapped[str] = mapped_column(Text, default="")
    odometer_start_km: Mapped[int | None]
    odometer_end_km: Mapped[int | None]
    created_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    is_demo: Mapped[bool] = mapped_column(default=False)

    __mapper_args__ = {"version_id_col": version}

    organisation: Mapped[Organisation] = relationship()
    campaign: Mapped[Campaign] = relationship()
    depot: Mapped[Venue | None] = relationship()


class StopReport(Model):
    """What one stop came to, for the feedback to the national caravan platform.

    Attributes:
        odometer_km: What the odometer showed on arriving there.
        exhibits: How many exhibits were shown.
        leaflets: How many leaflets and books were handed out.
        people: How many people came, as counted or estimated on the spot.
    """

    __tablename__ = "stop_report"
    __table_args__ = (
        CheckConstraint("exhibits >= 0 AND leaflets >= 0 AND people >= 0", name="not_negative"),
    )

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), unique=True)
    odometer_km: Mapped[int | None]
    exhibits: Mapped[int | None]
    leaflets: Mapped[int | None]
    people: Mapped[int | None]
    reported_at: Mapped[datetime]
    reported_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
