"""A repeated request gets its first answer: double taps and retries do nothing twice."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, mapped_column

from volunteer_hub.core.database import Model, db


class RequestKey(Model):
    """The key a form carried, and where its first answer led."""

    __tablename__ = "request_key"

    key: Mapped[str] = mapped_column(String(64), unique=True)
    location: Mapped[str] = mapped_column(String(400))
    answered_at: Mapped[datetime]


def first_answer(key: str | None) -> str | None:
    """Return where the first request with this key led, or None when this is the first."""
    if not key:
        return None
    return db.session.scalar(select(RequestKey.location).where(RequestKey.key == key))


def remember(key: str | None, location: str, *, now: datetime) -> None:
    """Keep where this request leads, in the same transaction as what it did."""
    if key:
        db.session.add(RequestKey(key=key[:64], location=location, answered_at=now))
