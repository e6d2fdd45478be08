"""A repeated request gets its first answer: double taps and retries do nothing twice."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, mapped_column

from volunteer_hub.core.database import Model, db, take_turns

LONGEST_KEY: Final = 64
LONGEST_LOCATION: Final = 400


class RequestKey(Model):
    """The key a form carried, and where its first answer led."""

    __tablename__ = "request_key"

    key: Mapped[str] = mapped_column(String(LONGEST_KEY), unique=True)
    location: Mapped[str] = mapped_column(String(LONGEST_LOCATION))
    answered_at: Mapped[datetime]


def first_answer(key: str | None) -> str | None:
    """Return where the first request with this key led, or None when this is the first.

    A second one at the same moment waits here until the first is done.
    """
    if not key:
        return None
    known = key[:LONGEST_KEY]
    take_turns(f"request {known}")
    return db.session.scalar(select(RequestKey.location).where(RequestKey.key == known))


def remember(key: str | None, location: str, *, now: datetime) -> None:
    """Keep where this request leads, in the same transaction as what it did."""
    if key:
        known = location if len(location) <= LONGEST_LOCATION else "/"
        db.session.add(RequestKey(key=key[:LONGEST_KEY], location=known, answered_at=now))
