from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from volunteer_hub.assignments.rules import Source, State
from volunteer_hub.core.database import Model, enum_column
from volunteer_hub.events.models import Post
from volunteer_hub.volunteers.models import Volunteer

__all__ = ["Assignment", "Source", "State"]


class Assignment(Model):
    """A volunteer and a post: asked, agreed, declined or withdrawn. One row for each pair."""

    __tablename__ = "assignment"
    __table_args__ = (
        UniqueConstraint("post_id", "volunteer_id"),
        Index(None, "volunteer_id", "state"),
    )

    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id"))
    state: Mapped[State] = mapped_column(enum_column(State))
    source: Mapped[Source] = mapped_column(enum_column(Source))
    # Why the matcher proposed this person: reason codes and figures, as told to both sides.
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    # What whoever declined, withdrew or removed said about it; often nothing.
    reason_given: Mapped[str] = mapped_column(String(200), default="")
    # The volunteer's pass at the door; only its hash is kept (core/tokens.py makes the code again).
    pass_hash: Mapped[str | None] = mapped_column(String(24), unique=True)
    pass_revision: Mapped[int] = mapped_column(default=1)

    post: Mapped[Post] = relationship()
    volunteer: Mapped[Volunteer] = relationship()
