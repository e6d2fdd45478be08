from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from volunteer_hub.assignments.models import Assignment
from volunteer_hub.core.database import Model, enum_column
from volunteer_hub.core.encryption import EncryptedText
from volunteer_hub.recognition.rules import EntryKind, Evidence, Source
from volunteer_hub.volunteers.models import Volunteer

__all__ = ["AppealState", "EntryKind", "Evidence", "HoursEntry", "HoursKind", "HoursPolicy",
           "ReliabilityAppeal", "ServiceRecord", "Source", "Training"]  # fmt: skip


class HoursKind(enum.StrEnum):
    """Where the hours come from; told apart for ever (签到计时 and 补录)."""

    TIMED = "timed"
    ADDED = "added"
    NO_SHOW = "no_show"


class ServiceRecord(Model):
    """What one volunteer gave at one activity: what, where, when, for whom.

    Holds what 民政部令67 art. 7 asks for: activity, date, place, content, unit, responsible. How
    much it is stands in the ledger (``HoursEntry``) alone.

    Attributes:
        assignment_id: The place they had; None for work without a shift, which was claimed.
        minutes: How much it was at first; what it is now says the ledger.
    """

    __tablename__ = "service_record"
    __table_args__ = (
        CheckConstraint("minutes >= 0", name="minutes_not_negative"),
        Index(None, "volunteer_id", "served_at"),
        Index(None, "event_id"),
    )

    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    assignment_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"), unique=True)
    kind: Mapped[HoursKind] = mapped_column(enum_column(HoursKind))
    served_at: Mapped[datetime]
    in_at: Mapped[datetime | None]
    out_at: Mapped[datetime | None]
    planned_minutes: Mapped[int]
    minutes: Mapped[int]
    # Why it is this number: planned, in, out, rule, rounding; shown to the volunteer as one line.
    working: Mapped[dict[str, Any]] = mapped_column(JSON)
    event_title: Mapped[str] = mapped_column(String(120))
    place: Mapped[str] = mapped_column(String(200))
    content: Mapped[str] = mapped_column(String(120))
    organisation_name: Mapped[str] = mapped_column(String(80))
    responsible_name: Mapped[str] = mapped_column(String(60))
    confirmed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime]


class HoursEntry(Model):
    """One line of the hours ledger. Append-only: a trigger refuses changes.

    Every total of hours is a sum of these. The rows of one record never add up to less than
    nothing; a row is taken back by exactly one other.

    Attributes:
        minutes: What it adds; less than nothing where it takes away.
        rule_version: Which policy it was worked out by, for ever.
        working: Plain facts and moments that it was worked out from; nothing anybody wrote.
        reverses_id: The row that this one takes back.
        sealed: Why, in somebody's words, sealed for the volunteer's account ``sealed_for``.
    """

    __tablename__ = "hours_entry"
    __table_args__ = (
        CheckConstraint("kind <> 'credit' OR minutes >= 0", name="credit_not_negative"),
        CheckConstraint("(kind = 'reverse') = (reverses_id IS NOT NULL)", name="reverse_names_one"),
        Index(None, "event_id", "at"),
        Index(
            "uq_hours_entry_credit",
            "record_id",
            unique=True,
            sqlite_where=text("kind = 'credit'"),
            postgresql_where=text("kind = 'credit'"),
        ),
    )

    record_id: Mapped[int] = mapped_column(ForeignKey("service_record.id"), index=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    kind: Mapped[EntryKind] = mapped_column(enum_column(EntryKind))
    source: Mapped[Source] = mapped_column(enum_column(Source))
    evidence: Mapped[Evidence] = mapped_column(enum_column(Evidence))
    minutes: Mapped[int]
    rule_version: Mapped[str] = mapped_column(String(20))
    working: Mapped[dict[str, Any]] = mapped_column(JSON)
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("hours_entry.id"), unique=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    sealed_for: Mapped[int | None]
    sealed: Mapped[str | None] = mapped_column(Text)


class HoursPolicy(Model):
    """What counts as service time from now on, for an organisation, a form of event, or both.

    Only ever added: the newest row that fits an event best is the one that counts, and what was
    credited keeps the version it was worked out by.
    """

    __tablename__ = "hours_policy"
    __table_args__ = (
        CheckConstraint("early_grace >= 0 AND late_grace >= 0", name="grace_not_negative"),
        CheckConstraint("step >= 1 AND minimum >= 0", name="step_and_minimum"),
        CheckConstraint("day_cap BETWEEN 1 AND 1440", name="day_cap_of_a_day"),
    )

    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    form_code: Mapped[str | None] = mapped_column(String(40))
    early_grace: Mapped[int]
    late_grace: Mapped[int]
    step: Mapped[int]
    minimum: Mapped[int]
    day_cap: Mapped[int]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime]


class AppealState(enum.StrEnum):
    """How it stands with what somebody says is wrong."""

    WAITING = "waiting"
    AGREED = "agreed"
    REFUSED = "refused"


class ReliabilityAppeal(Model):
    """That a volunteer says that what counts of one of their places is wrong."""

    __tablename__ = "reliability_appeal"

    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), unique=True)
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id"), index=True)
    text: Mapped[str] = mapped_column(EncryptedText("reliability_appeal.text"))
    state: Mapped[AppealState] = mapped_column(enum_column(AppealState), index=True)
    asked_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]

    assignment: Mapped[Assignment] = relationship()
    volunteer: Mapped[Volunteer] = relationship()


class Training(Model):
    """That an event grants a credential to those who were there.

    Attributes:
        months: For how many months it holds; 0 for ever.
    """

    __tablename__ = "training"
    __table_args__ = (CheckConstraint("months >= 0", name="months_not_negative"),)

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), unique=True)
    kind_code: Mapped[str] = mapped_column(String(40))
    months: Mapped[int]
