from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from volunteer_hub.accounts.models import Person
from volunteer_hub.core.database import Model, enum_column
from volunteer_hub.events.models import Event, Post
from volunteer_hub.planning.rules import PlanState, Reach, RowState
from volunteer_hub.volunteers.models import Volunteer

__all__ = ["PlanPerson", "PlanRow", "PlanRun"]


class PlanRun(Model):
    """One question who should go where, and what the matcher answered; the worker works on it.

    Attributes:
        reach: What it is about: one event, a campaign, a week, everything somebody manages.
        parent_id: The plan it was asked from, with something changed.
        lease_until: Until when the worker that has it is trusted to be at work.
        stage, step: How far it has come.
        is_stopping: Somebody wants it to end.
        seed: Decides between equals; the day it was first asked.
        weights: What counts how much, where that is not the usual.
        frame: What there was to decide, as far as it is about nobody.
        input_digest, result_digest: What tells a repetition that it is one.
        outcome: How good the answer is, and how good any could be.
        posts: How each post stands in it, and why some stay short.
    """

    __tablename__ = "plan_run"
    __table_args__ = (
        Index(None, "state", "asked_at"),
        Index(None, "by_person_id", "asked_at"),
    )

    by_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reach: Mapped[Reach] = mapped_column(enum_column(Reach))
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    campaign_code: Mapped[str] = mapped_column(String(40), default="")
    from_at: Mapped[datetime]
    until_at: Mapped[datetime]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("plan_run.id", ondelete="SET NULL"))
    state: Mapped[PlanState] = mapped_column(enum_column(PlanState))
    asked_at: Mapped[datetime] = mapped_column(index=True)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    stage: Mapped[str] = mapped_column(String(20), default="")
    step: Mapped[int] = mapped_column(default=0)
    is_stopping: Mapped[bool] = mapped_column(default=False)
    seed: Mapped[int]
    weights: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    effort: Mapped[str] = mapped_column(String(20), default="usual")
    frame: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    input_digest: Mapped[str] = mapped_column(String(64), default="")
    result_digest: Mapped[str] = mapped_column(String(64), default="")
    engine: Mapped[str] = mapped_column(String(40), default="")
    outcome: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    posts: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)

    by: Mapped[Person] = relationship()
    event: Mapped[Event | None] = relationship()


class PlanPerson(Model):
    """What a plan knew about one volunteer when it was made, so that it can be made again.

    Attributes:
        said: As ``matching.keep`` gives it; empty while the plan waits.
        is_left_out: The plan was to do without them.
    """

    __tablename__ = "plan_person"
    __table_args__ = (UniqueConstraint("run_id", "volunteer_id"),)

    run_id: Mapped[int] = mapped_column(ForeignKey("plan_run.id", ondelete="CASCADE"))
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id"), index=True)
    said: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    is_left_out: Mapped[bool] = mapped_column(default=False)


class PlanRow(Model):
    """Somebody a plan proposes for a post, why, and what was decided about it.

    Attributes:
        is_locked: They were to stay in this post, whatever else moves.
        reasons: Why, with the figures as they were.
        parts: The points, by what they are for.
        refusals: What stood against it when it was to be confirmed.
    """

    __tablename__ = "plan_row"
    __table_args__ = (UniqueConstraint("run_id", "post_id", "volunteer_id"),)

    run_id: Mapped[int] = mapped_column(ForeignKey("plan_run.id", ondelete="CASCADE"))
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), index=True)
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id"), index=True)
    state: Mapped[RowState] = mapped_column(enum_column(RowState))
    is_locked: Mapped[bool] = mapped_column(default=False)
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    parts: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    refusals: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    post: Mapped[Post] = relationship()
    volunteer: Mapped[Volunteer] = relationship()
