from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from volunteer_hub.accounts.models import Person
from volunteer_hub.assignments.models import Assignment
from volunteer_hub.core.database import Model, enum_column
from volunteer_hub.core.encryption import EncryptedText
from volunteer_hub.events.models import Event
from volunteer_hub.recognition.rules import ClaimState, EntryKind, Evidence, Source
from volunteer_hub.volunteers.models import Volunteer

__all__ = ["AppealState", "ClaimState", "Departure", "EntryKind", "Evidence", "HoursClaim",
           "HoursEntry", "HoursKind", "HoursObjection", "HoursPolicy", "ReliabilityAppeal",
           "ServiceRecord", "Source", "Training"]  # fmt: skip


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


class Departure(Model):
    """That a volunteer came and nobody checked them out: when they say they left, if they do.

    Attributes:
        closed_at: From when on it is only pending; the volunteer is asked no more.
    """

    __tablename__ = "departure"

    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), unique=True)
    asked_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    proposed_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


_IS_OPEN = "state IN ('waiting', 'half', 'notice')"


class HoursClaim(Model):
    """Hours that no scan proves (补录): who asks, who else agrees, how long everybody may object.

    Attributes:
        assignment_id: The place they had, where an organiser asks for them; else None.
        content: What they did, as the record will say it.
        first_by_id: Who agreed first: never who asks, never the volunteer.
        second_by_id: Who agreed besides, where it is many hours: a third person.
        notice_until: The last day of the public notice; credited after it.
        record_id: What it became.
    """

    __tablename__ = "hours_claim"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("minutes BETWEEN 1 AND 1440", name="minutes_of_a_day"),
        CheckConstraint("first_by_id IS NULL OR first_by_id <> asked_by_id", name="not_by_oneself"),
        CheckConstraint(
            "second_by_id IS NULL OR (second_by_id <> asked_by_id AND second_by_id <> first_by_id)",
            name="two_people",
        ),
        Index(None, "state", "notice_until"),
        Index(None, "event_id"),
        Index(
            "uq_hours_claim_open_own",
            "event_id",
            "volunteer_id",
            unique=True,
            sqlite_where=text(f"{_IS_OPEN} AND assignment_id IS NULL"),
            postgresql_where=text(f"{_IS_OPEN} AND assignment_id IS NULL"),
        ),
        Index(
            "uq_hours_claim_open_place",
            "assignment_id",
            unique=True,
            sqlite_where=text(_IS_OPEN),
            postgresql_where=text(_IS_OPEN),
        ),
    )

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id"), index=True)
    assignment_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    minutes: Mapped[int]
    content: Mapped[str] = mapped_column(String(120))
    state: Mapped[ClaimState] = mapped_column(enum_column(ClaimState))
    reason: Mapped[str] = mapped_column(EncryptedText("hours_claim.reason"))
    evidence: Mapped[str] = mapped_column(EncryptedText("hours_claim.evidence"))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    first_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    first_at: Mapped[datetime | None]
    second_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    second_at: Mapped[datetime | None]
    notice_until: Mapped[date | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    settled_at: Mapped[datetime | None]
    answer: Mapped[str | None] = mapped_column(EncryptedText("hours_claim.answer"))
    record_id: Mapped[int | None] = mapped_column(ForeignKey("service_record.id"))

    event: Mapped[Event] = relationship()
    volunteer: Mapped[Volunteer] = relationship()
    asked_by: Mapped[Person] = relationship(foreign_keys=asked_by_id)
    objections: Mapped[list[HoursObjection]] = relationship(order_by="HoursObjection.id")


class HoursObjection(Model):
    """What somebody objects to hours in the public notice, encrypted."""

    __tablename__ = "hours_objection"

    claim_id: Mapped[int] = mapped_column(ForeignKey("hours_claim.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    text: Mapped[str] = mapped_column(EncryptedText("hours_objection.text"))
    said_at: Mapped[datetime]
    is_upheld: Mapped[bool | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    settled_at: Mapped[datetime | None]
