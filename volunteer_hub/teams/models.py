from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from volunteer_hub.accounts.models import Person
from volunteer_hub.core.database import Model, enum_column
from volunteer_hub.organisations.models import Organisation
from volunteer_hub.organisations.rules import Function, Rank
from volunteer_hub.teams.rules import LONGEST_NAME, Ending, RequestKind, RequestState

_WAITING = text("state = 'waiting'")


class TeamFounding(Model):
    """That somebody wants to found a team below a unit or a team.

    Attributes:
        person_id: Who asks; they lead it once it is there.
        organisation_id: The team that came of it.
    """

    __tablename__ = "team_founding"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    parent_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"))
    rank: Mapped[Rank] = mapped_column(enum_column(Rank))
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    purpose: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[RequestState] = mapped_column(enum_column(RequestState))
    asked_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(Text, default="")
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    parent: Mapped[Organisation] = relationship(foreign_keys=[parent_id])


class TeamRequest(Model):
    """That somebody wants to belong to a team, perhaps instead of another."""

    __tablename__ = "team_request"
    __table_args__ = (
        Index(
            "uq_team_request_waiting",
            "person_id",
            "organisation_id",
            unique=True,
            sqlite_where=_WAITING,
            postgresql_where=_WAITING,
        ),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    from_organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[RequestKind] = mapped_column(enum_column(RequestKind))
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[RequestState] = mapped_column(enum_column(RequestState))
    asked_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(Text, default="")

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    organisation: Mapped[Organisation] = relationship(foreign_keys=[organisation_id])
    from_organisation: Mapped[Organisation | None] = relationship(
        foreign_keys=[from_organisation_id]
    )


class TeamInvite(Model):
    """A link into a team. Its address is derived from the id; this row says whether it is good."""

    __tablename__ = "team_invite"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    most_uses: Mapped[int]
    uses: Mapped[int] = mapped_column(default=0)
    revoked_at: Mapped[datetime | None]

    organisation: Mapped[Organisation] = relationship()


class PastMembership(Model):
    """A time in a team that is over; hours and events of that time stay where they are."""

    __tablename__ = "past_membership"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    function: Mapped[Function] = mapped_column(enum_column(Function))
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime]
    ending: Mapped[Ending] = mapped_column(enum_column(Ending))

    organisation: Mapped[Organisation] = relationship()
