from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import BigInteger, ForeignKey, Integer, Text, column, table
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from volunteer_hub.core.database import Model

# On SQLite triggers keep this full-text index of ``EventSearch.words``.
EVENT_WORDS: Final = table("event_words", column("rowid"), column("event_words"))


class EventSearch(Model):
    """What a published event is found by; its id is its place in the order of starting.

    Made anew with every change of what it says, in the same transaction (``watching.py``), and
    gone some time after the event ended: the public list has only what is to come.
    """

    __tablename__ = "event_search"

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=False
    )
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), unique=True)
    ends_at: Mapped[datetime]
    haystack: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text().with_variant(TSVECTOR(), "postgresql"))
