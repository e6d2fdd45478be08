from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from volunteer_hub.assignments.rules import ExchangeState, Source, State
from volunteer_hub.core.database import Model, enum_column
from volunteer_hub.core.outbox import RecipientKind
from volunteer_hub.events.models import Post
from volunteer_hub.volunteers.models import Volunteer

__all__ = [
    "Assignment",
    "CalendarFeed",
    "Call",
    "Exchange",
    "ExchangeApproval",
    "ExchangeState",
    "Follow",
    "FollowKind",
    "Refill",
    "RefillPause",
    "RefillState",
    "RefillStep",
    "RefillStepKind",
    "ReminderPlan",
    "Source",
    "StandInSearch",
    "State",
]


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
    # When they said again that they come: answering a reminder, or on the phone to whom.
    confirmed_at: Mapped[datetime | None]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    # What whoever declined, withdrew or removed said about it; often nothing.
    reason_given: Mapped[str] = mapped_column(String(200), default="")
    # The volunteer's pass at the door; only its hash is kept (core/tokens.py makes the code again).
    pass_hash: Mapped[str | None] = mapped_column(String(24), unique=True)
    pass_revision: Mapped[int] = mapped_column(default=1)

    post: Mapped[Post] = relationship()
    volunteer: Mapped[Volunteer] = relationship()


class CalendarFeed(Model):
    """Which of a volunteer's calendar addresses is good; without a row, the first one."""

    __tablename__ = "calendar_feed"

    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id"), unique=True)
    revision: Mapped[int] = mapped_column(default=1)
    renewed_at: Mapped[datetime]


class FollowKind(enum.StrEnum):
    """What can be followed."""

    PLACE = "place"
    CAMPAIGN = "campaign"
    SKILL = "skill"
    TEAM = "team"


class Follow(Model):
    """A person wants to hear of events in a place, of a campaign or team, or that need a skill.

    Attributes:
        code: Of the region, the campaign or the skill; the id of a team.
    """

    __tablename__ = "follow"
    __table_args__ = (UniqueConstraint("person_id", "kind", "code"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[FollowKind] = mapped_column(enum_column(FollowKind))
    code: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[datetime]


class Call(Model):
    """Somebody was told on the phone, or by word of mouth, of one change of an event."""

    __tablename__ = "change_call"
    __table_args__ = (UniqueConstraint("event_id", "about_at", "recipient_kind", "recipient_id"),)

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    # The moment of the change, which tells it from earlier ones.
    about_at: Mapped[datetime]
    recipient_kind: Mapped[RecipientKind] = mapped_column(enum_column(RecipientKind))
    recipient_id: Mapped[int]
    done_at: Mapped[datetime]
    done_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))


class ReminderPlan(Model):
    """The reminders before shifts of one campaign's events; the empty code stands for all others.

    Attributes:
        steps: Minutes before the shift, and whether the reminder asks to confirm.
    """

    __tablename__ = "reminder_plan"

    campaign_code: Mapped[str] = mapped_column(String(40), unique=True)
    steps: Mapped[list[tuple[int, bool]]] = mapped_column(JSON)


class RefillState(enum.StrEnum):
    """How far finding somebody for a place that got free has come."""

    OPEN = "open"
    FILLED = "filled"
    EXHAUSTED = "exhausted"
    STOPPED = "stopped"


class Refill(Model):
    """That places at a post are being filled again by themselves: one row for each post.

    Attributes:
        target: How many people there were to be, before anybody withdrew.
        wave: How many waves of invitations went out.
        next_at: When it is looked at next; sooner when somebody answers.
    """

    __tablename__ = "refill"
    __table_args__ = (Index(None, "state", "next_at"),)

    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), unique=True)
    state: Mapped[RefillState] = mapped_column(enum_column(RefillState))
    target: Mapped[int]
    wave: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime]
    next_at: Mapped[datetime]


class RefillStepKind(enum.StrEnum):
    """One thing that happened while a place was being filled again."""

    WITHDREW = "withdrew"
    OFFERED = "offered"
    INVITED = "invited"
    FILLED = "filled"
    EXHAUSTED = "exhausted"
    STOPPED = "stopped"


class RefillStep(Model):
    """What the cascade did, for the organiser to read; never changed."""

    __tablename__ = "refill_step"
    __table_args__ = (Index(None, "post_id", "at"),)

    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    kind: Mapped[RefillStepKind] = mapped_column(enum_column(RefillStepKind))
    people: Mapped[int] = mapped_column(default=0)
    wave: Mapped[int] = mapped_column(default=0)


class RefillPause(Model):
    """That the organiser of an event wants to fill its places by hand: no row, no pause."""

    __tablename__ = "refill_pause"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), unique=True)
    by_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class StandInSearch(Model):
    """That whoever has a place looks for somebody to take it over; until then it stays theirs."""

    __tablename__ = "stand_in_search"

    assignment_id: Mapped[int] = mapped_column(
        ForeignKey("assignment.id", ondelete="CASCADE"), unique=True
    )
    asked_at: Mapped[datetime]


class Exchange(Model):
    """A place that is to change hands, with whom, and what became of it.

    Attributes:
        from_id: The place that its holder gives.
        to_id: The place they get for it; None when somebody stands in for nothing.
        volunteer_id: Who is to take the first.
    """

    __tablename__ = "exchange"
    __table_args__ = (Index(None, "from_id", "state"),)

    from_id: Mapped[int] = mapped_column(ForeignKey("assignment.id", ondelete="CASCADE"))
    to_id: Mapped[int | None] = mapped_column(
        ForeignKey("assignment.id", ondelete="CASCADE"), index=True
    )
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id"), index=True)
    state: Mapped[ExchangeState] = mapped_column(enum_column(ExchangeState))
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class ExchangeApproval(Model):
    """That the organiser of an event wants to approve who takes whose place: no row, no need."""

    __tablename__ = "exchange_approval"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), unique=True)
    by_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
