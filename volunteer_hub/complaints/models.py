from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from volunteer_hub.accounts.models import Person
from volunteer_hub.complaints.rules import Kind, State
from volunteer_hub.core.database import Model, enum_column
from volunteer_hub.core.encryption import EncryptedText
from volunteer_hub.regions.models import Region


class Complaint(Model):
    """A complaint, suggestion or question; what is said about it are its entries.

    Attributes:
        person_id: Who filed it, when they were signed in.
        contact: How to reach them, if they said so; encrypted.
        county_id: Whose business it is besides the city's; None for the city's alone.
        due_on: The last day of an answer.
    """

    __tablename__ = "complaint"
    __table_args__ = (Index(None, "state", "due_on"),)

    kind: Mapped[Kind] = mapped_column(enum_column(Kind))
    state: Mapped[State] = mapped_column(enum_column(State), default=State.OPEN)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    contact: Mapped[str | None] = mapped_column(EncryptedText("complaint.contact"))
    county_id: Mapped[int | None] = mapped_column(ForeignKey("region.id"))
    filed_at: Mapped[datetime]
    due_on: Mapped[date]
    handled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    closed_at: Mapped[datetime | None]

    county: Mapped[Region | None] = relationship()
    handled_by: Mapped[Person | None] = relationship(foreign_keys=handled_by_id)
    entries: Mapped[list[ComplaintEntry]] = relationship(order_by="ComplaintEntry.id")


class ComplaintEntry(Model):
    """What was said about a complaint, encrypted: by whoever filed it, or by the office.

    Attributes:
        by_id: Who of the office; None for whoever filed it.
        is_note: Only for the office to read.
    """

    __tablename__ = "complaint_entry"

    complaint_id: Mapped[int] = mapped_column(
        ForeignKey("complaint.id", ondelete="CASCADE"), index=True
    )
    said_at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    is_note: Mapped[bool] = mapped_column(default=False)
    text: Mapped[str] = mapped_column(EncryptedText("complaint.text"))
