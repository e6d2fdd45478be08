"""Messages, written in the transaction of their cause and delivered later by the worker."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from volunteer_hub.core.database import Model, db, enum_column


class RecipientKind(enum.StrEnum):
    """Whose name and address a message looks up when it is delivered."""

    PERSON = "person"
    REGISTRATION = "registration"


class OutboxMessage(Model):
    """A message to one recipient, waiting, sent, or given up on. Holds ids, never addresses."""

    __tablename__ = "outbox_message"
    __table_args__ = (
        Index("ix_outbox_message_waiting", "not_before", "id"),
        Index(None, "recipient_kind", "recipient_id"),
    )

    kind: Mapped[str] = mapped_column(String(40))
    recipient_kind: Mapped[RecipientKind] = mapped_column(enum_column(RecipientKind))
    recipient_id: Mapped[int]
    params: Mapped[dict[str, Any]] = mapped_column(JSON)
    dedupe_key: Mapped[str | None] = mapped_column(String(120), unique=True)
    queued_at: Mapped[datetime]
    not_before: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    claimed_by: Mapped[str | None] = mapped_column(String(40))
    claimed_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(Text)


def enqueue(
    kind: str,
    *,
    to: tuple[RecipientKind, int],
    now: datetime,
    dedupe_key: str | None = None,
    expires_at: datetime | None = None,
    params: dict[str, Any] | None = None,
) -> None:
    """Queue a message; it is sent only if the surrounding transaction is kept.

    Args:
        kind: Which wording to use; see notifications/wording.py.
        to: Recipient kind and id; the address is looked up when the message is delivered.
        now: The moment of the cause.
        dedupe_key: When given, a second message with the same key is not queued.
        expires_at: After this moment the message is no use and is dropped.
        params: What the wording needs: titles, ISO moments, paths of this site; nothing personal.
    """
    if dedupe_key is not None:
        known = select(OutboxMessage.id).where(OutboxMessage.dedupe_key == dedupe_key)
        if db.session.scalar(known) is not None:
            return
    kind_of_recipient, recipient_id = to
    db.session.add(
        OutboxMessage(
            kind=kind,
            recipient_kind=kind_of_recipient,
            recipient_id=recipient_id,
            params=params or {},
            dedupe_key=dedupe_key,
            queued_at=now,
            not_before=now,
            expires_at=expires_at,
        )
    )


def to_person(person_id: int) -> tuple[RecipientKind, int]:
    """Return the recipient for a person with an account."""
    return RecipientKind.PERSON, person_id


def to_registration(registration_id: int) -> tuple[RecipientKind, int]:
    """Return the recipient for an attendee without an account."""
    return RecipientKind.REGISTRATION, registration_id
