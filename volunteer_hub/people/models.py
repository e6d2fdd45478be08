from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from volunteer_hub.accounts.models import Person
from volunteer_hub.core.database import Model, enum_column
from volunteer_hub.core.encryption import EncryptedBytes, EncryptedText
from volunteer_hub.organisations.models import Organisation
from volunteer_hub.people.rules.marks import LONGEST_NOTE, LONGEST_TAG, MarkKind
from volunteer_hub.people.rules.stages import Stage, Verdict


class PeopleList(Model):
    """A list of volunteers that somebody sent in for an organisation.

    Attributes:
        content: The file, until all of it is read.
        places: In which column of it stands what.
        first_line: The first row below the headings.
        rows_read: How many rows below them were looked at.
        new_count: Of these, people nobody knows yet; those and the other counts stay when the rows
            are forgotten.
    """

    __tablename__ = "people_list"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    by_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    sent_at: Mapped[datetime]
    stage: Mapped[Stage] = mapped_column(enum_column(Stage), index=True)
    content: Mapped[bytes | None] = mapped_column(EncryptedBytes("people_list.content"))
    places: Mapped[str] = mapped_column(EncryptedText("people_list.places"))
    first_line: Mapped[int]
    rows_read: Mapped[int] = mapped_column(default=0)
    new_count: Mapped[int] = mapped_column(default=0)
    same_count: Mapped[int] = mapped_column(default=0)
    wrong_count: Mapped[int] = mapped_column(default=0)
    taken_count: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None]

    organisation: Mapped[Organisation] = relationship()

    @property
    def plan(self) -> dict[str, Any]:
        """Return ``places`` as it was kept."""
        plan: dict[str, Any] = json.loads(self.places)
        return plan


class ListRow(Model):
    """One row of a list, until it is taken or a month is over.

    Attributes:
        said: What the row says, and what there is to say about it.
        person_id: Whom it is about, when that is known.
    """

    __tablename__ = "people_list_row"
    __table_args__ = (
        UniqueConstraint("list_id", "line"),
        Index(None, "list_id", "verdict"),
        Index(None, "list_id", "contact_key"),
        Index(None, "list_id", "number_key"),
    )

    list_id: Mapped[int] = mapped_column(ForeignKey("people_list.id", ondelete="CASCADE"))
    line: Mapped[int]
    verdict: Mapped[Verdict] = mapped_column(enum_column(Verdict))
    contact_key: Mapped[str | None] = mapped_column(String(64))
    number_key: Mapped[str | None] = mapped_column(String(64))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    said: Mapped[str] = mapped_column(EncryptedText("people_list_row.said"))

    @property
    def kept(self) -> Mapping[str, Any]:
        """Return ``said`` as it was kept."""
        kept: Mapping[str, Any] = json.loads(self.said)
        return kept


class PeopleExport(Model):
    """That somebody made a file about volunteers to give to others; kept for three years."""

    __tablename__ = "people_export"

    shape: Mapped[str] = mapped_column(String(40))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    by_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(index=True)
    people_count: Mapped[int]

    organisation: Mapped[Organisation | None] = relationship()


class ExportRow(Model):
    """That a person stands in such a file."""

    __tablename__ = "people_export_row"

    export_id: Mapped[int] = mapped_column(
        ForeignKey("people_export.id", ondelete="CASCADE"), index=True
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)


class VolunteerMark(Model):
    """A tag or a note that staff put to a volunteer; they see it among their own data.

    Attributes:
        organisation_id: Whose staff sees it besides the offices; None when an office wrote it.
    """

    __tablename__ = "volunteer_mark"
    __table_args__ = (Index(None, "kind", "text"),)

    volunteer_id: Mapped[int] = mapped_column(
        ForeignKey("volunteer.id", ondelete="CASCADE"), index=True
    )
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    kind: Mapped[MarkKind] = mapped_column(enum_column(MarkKind))
    text: Mapped[str] = mapped_column(String(LONGEST_NOTE))
    by_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]

    by: Mapped[Person] = relationship()


class SavedFilter(Model):
    """What a member of staff looks for again and again."""

    __tablename__ = "saved_filter"
    __table_args__ = (UniqueConstraint("person_id", "name"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(LONGEST_TAG))
    wanted: Mapped[dict[str, str]] = mapped_column(JSON)


class PeopleMessage(Model):
    """That a member of staff wrote to many volunteers at once."""

    __tablename__ = "people_message"

    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    by_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    sent_at: Mapped[datetime]
    people_count: Mapped[int]


class ClaimCard(Model):
    """A card on paper with which somebody who was entered by phone gets in for the first time.

    Attributes:
        code_hash: A keyed hash; the code itself is made anew from the id for the printer.
    """

    __tablename__ = "claim_card"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class PersonMerge(Model):
    """That two records were found to be one person's; can be undone while ``moved`` is kept.

    Attributes:
        moved: Every row that was given to the other person, and what was blanked of this one.
    """

    __tablename__ = "person_merge"

    kept_volunteer_id: Mapped[int] = mapped_column(
        ForeignKey("volunteer.id", ondelete="CASCADE"), index=True
    )
    gone_volunteer_id: Mapped[int] = mapped_column(
        ForeignKey("volunteer.id", ondelete="CASCADE"), index=True
    )
    by_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    merged_at: Mapped[datetime] = mapped_column(index=True)
    moved: Mapped[str | None] = mapped_column(EncryptedText("person_merge.moved"))
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class NotTwins(Model):
    """That somebody said of two records that they are two people's; the lower id comes first."""

    __tablename__ = "not_twins"
    __table_args__ = (UniqueConstraint("volunteer_id", "other_volunteer_id"),)

    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id", ondelete="CASCADE"))
    other_volunteer_id: Mapped[int] = mapped_column(
        ForeignKey("volunteer.id", ondelete="CASCADE"), index=True
    )
    by_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    said_at: Mapped[datetime]
