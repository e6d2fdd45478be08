from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, Index, SmallInteger, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from volunteer_hub.core.database import Model, enum_column
from volunteer_hub.core.outbox import OutboxMessage


class DeliveryState(enum.StrEnum):
    """How far a message got over one channel."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    EXPIRED = "expired"


class Delivery(Model):
    """A message on its way over one channel.

    Attributes:
        due_at: When it is tried next.
        expires_at: When it is no use any more, as its message says.
        round: How often somebody asked to send it again; part of the key that receivers know it by.
        claimed_by: The worker that has it in hand, until its lease ends.
        finished_at: When it reached an end, good or bad; None while it waits.
        remote_id: What the other side calls it.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("message_id", "channel"),
        Index(
            "ix_delivery_waiting",
            "channel",
            "priority",
            "due_at",
            "id",
            sqlite_where=text("finished_at IS NULL"),
            postgresql_where=text("finished_at IS NULL"),
        ),
        Index(
            "ix_delivery_expiring",
            "expires_at",
            sqlite_where=text("finished_at IS NULL"),
            postgresql_where=text("finished_at IS NULL"),
        ),
        Index(
            "ix_delivery_claimed",
            "channel",
            "claimed_until",
            sqlite_where=text("claimed_until IS NOT NULL"),
            postgresql_where=text("claimed_until IS NOT NULL"),
        ),
        Index(None, "state", "channel"),
    )

    message_id: Mapped[int] = mapped_column(ForeignKey("outbox_message.id"))
    channel: Mapped[str] = mapped_column(String(20))
    state: Mapped[DeliveryState] = mapped_column(enum_column(DeliveryState))
    priority: Mapped[int] = mapped_column(SmallInteger)
    due_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    round: Mapped[int] = mapped_column(SmallInteger, default=0)
    claimed_by: Mapped[str | None] = mapped_column(String(40))
    claimed_until: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(Text)
    remote_id: Mapped[str | None] = mapped_column(String(80))

    message: Mapped[OutboxMessage] = relationship()


class ChannelState(Model):
    """When a channel may be used next: it has a rate, and pauses while its other side is down."""

    __tablename__ = "channel_state"

    channel: Mapped[str] = mapped_column(String(20), unique=True)
    next_at: Mapped[datetime]
    failures: Mapped[int] = mapped_column(default=0)
    down_since: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(Text)


class MessagePreference(Model):
    """That a person wants a topic over a channel, or not, where that differs from the usual."""

    __tablename__ = "message_preference"
    __table_args__ = (UniqueConstraint("person_id", "topic", "channel"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    topic: Mapped[str] = mapped_column(String(20))
    channel: Mapped[str] = mapped_column(String(20))
    is_wanted: Mapped[bool]


class MessageLanguage(Model):
    """In which language a person is written to, where that is not Chinese."""

    __tablename__ = "message_language"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    language: Mapped[str] = mapped_column(String(8))
