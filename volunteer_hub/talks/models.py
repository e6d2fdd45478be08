from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from volunteer_hub.core.database import Model, enum_column
from volunteer_hub.events.models import Post
from volunteer_hub.talks.rules import LONGEST_ANSWER, LONGEST_TITLE, TalkState
from volunteer_hub.volunteers.models import Volunteer

_ASKED = text("state = 'asked'")


class Talk(Model):
    """A talk that a volunteer offers.

    Attributes:
        audience_codes: For whom it is, words of the catalogue.
        needs: What the place must have: a projector, a table.
        by_phone: They would rather be rung up than get a link.
        is_offered: Organisers may ask for it.
        entered_by_id: Whoever of the staff wrote it down for them; None when they did.
    """

    __tablename__ = "talk"

    volunteer_id: Mapped[int] = mapped_column(
        ForeignKey("volunteer.id", ondelete="CASCADE"), index=True
    )
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    summary: Mapped[str] = mapped_column(Text)
    audience_codes: Mapped[list[str]] = mapped_column(JSON)
    minutes: Mapped[int]
    needs: Mapped[str] = mapped_column(Text)
    by_phone: Mapped[bool] = mapped_column(default=False)
    is_offered: Mapped[bool] = mapped_column(default=True)
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]

    volunteer: Mapped[Volunteer] = relationship()


class TalkRequest(Model):
    """That an organiser asks for a talk at a post of an event."""

    __tablename__ = "talk_request"
    __table_args__ = (
        Index(
            "uq_talk_request_asked",
            "talk_id",
            "post_id",
            unique=True,
            sqlite_where=_ASKED,
            postgresql_where=_ASKED,
        ),
    )

    talk_id: Mapped[int] = mapped_column(ForeignKey("talk.id", ondelete="CASCADE"), index=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), index=True)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(Text)
    state: Mapped[TalkState] = mapped_column(enum_column(TalkState))
    proposed_on: Mapped[date | None]
    answer: Mapped[str] = mapped_column(String(LONGEST_ANSWER), default="")
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    talk: Mapped[Talk] = relationship()
    post: Mapped[Post] = relationship()
