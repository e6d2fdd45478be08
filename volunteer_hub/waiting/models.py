from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from volunteer_hub.core.database import Model, enum_column
from volunteer_hub.waiting.rules import EntryState, OfferState

__all__ = ["EntryState", "OfferState", "WaitingEntry", "WaitingOffer"]

_LIVE = text("state IN ('waiting', 'offered')")
_OPEN = text("state = 'open'")


class WaitingEntry(Model):
    """A party that waits for places at an event, or a volunteer who waits for one at a post.

    Attributes:
        people: How many places they need, all or none.
        passed: How often places went to somebody behind them because they were too many.
        reason: Why staff let them in before their turn; empty when nobody did.
    """

    __tablename__ = "waiting_entry"
    __table_args__ = (
        CheckConstraint("people >= 1", name="people_positive"),
        CheckConstraint("passed >= 0", name="passed_not_negative"),
        CheckConstraint("(event_id IS NULL) <> (post_id IS NULL)", name="one_line"),
        CheckConstraint("(registration_id IS NULL) <> (volunteer_id IS NULL)", name="one_holder"),
        Index(None, "event_id", "state"),
        Index(None, "post_id", "state"),
        Index(
            "uq_waiting_entry_live_volunteer",
            "post_id",
            "volunteer_id",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
    )

    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"))
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    # Registrations lie above this package, which knows them by id alone.
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registration.id"), unique=True)
    volunteer_id: Mapped[int | None] = mapped_column(ForeignKey("volunteer.id"), index=True)
    people: Mapped[int] = mapped_column(default=1)
    joined_at: Mapped[datetime]
    state: Mapped[EntryState] = mapped_column(enum_column(EntryState))
    passed: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None]
    promoted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(String(200), default="")


class WaitingOffer(Model):
    """Places kept for one party until a moment; at most one offer to a party is open."""

    __tablename__ = "waiting_offer"
    __table_args__ = (
        CheckConstraint("expires_at > offered_at", name="expires_after_offered"),
        Index(None, "state", "expires_at"),
        Index(
            "uq_waiting_offer_open_entry",
            "entry_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )

    entry_id: Mapped[int] = mapped_column(
        ForeignKey("waiting_entry.id", ondelete="CASCADE"), index=True
    )
    offered_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    state: Mapped[OfferState] = mapped_column(enum_column(OfferState))
    answered_at: Mapped[datetime | None]

    entry: Mapped[WaitingEntry] = relationship()
