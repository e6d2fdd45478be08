"""Who did what to which thing: an append-only list of ids, guarded by triggers in the database."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from volunteer_hub.core.database import Model, db
from volunteer_hub.core.sealing import seal


class AuditEntry(Model):
    """One thing that was done. Holds ids only; personal values are sealed."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index(None, "subject_type", "subject_id"), Index(None, "action", "id"))

    at: Mapped[datetime]
    actor_id: Mapped[int | None]
    action: Mapped[str] = mapped_column(String(60))
    subject_type: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int]
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    sealed_for: Mapped[int | None]
    sealed: Mapped[str | None] = mapped_column(Text)


def record(
    action: str,
    subject: Model,
    *,
    by: int | None,
    now: datetime,
    details: dict[str, Any] | None = None,
    personal: tuple[int, dict[str, Any]] | None = None,
) -> None:
    """Add one line to the audit, kept only if the surrounding transaction is.

    Args:
        action: What was done, like ``event.publish``.
        subject: The row it was done to; it must have its id already.
        by: The person who did it; None when the clock did.
        now: When.
        details: Ids and plain facts, nothing personal.
        personal: Whose personal values, and the values; they are sealed.
    """
    owner, values = personal or (None, None)
    db.session.add(
        AuditEntry(
            at=now,
            actor_id=by,
            action=action,
            subject_type=subject.__tablename__,
            subject_id=subject.id,
            details=details or {},
            sealed_for=owner,
            sealed=seal(owner, values) if owner is not None and values else None,
        )
    )
