from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from volunteer_hub.accounts.models import Person
from volunteer_hub.core.database import Model, enum_column
from volunteer_hub.core.encryption import EncryptedText


class Erasure(Model):
    """That an account was closed: an id, never a name.

    Attributes:
        mark: Made of the id and the moment the account began, so that after an older backup was
            put back nobody is taken for whoever had the same number.
    """

    __tablename__ = "erasure"

    person_id: Mapped[int] = mapped_column(unique=True)
    mark: Mapped[str] = mapped_column(String(32))
    closed_at: Mapped[datetime]


class ChangeState(enum.StrEnum):
    """How it stands with a change of somebody's number."""

    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"


class ContactChange(Model):
    """That somebody lost their number: one of the office asks for another, a second one decides.

    Attributes:
        contact: The new phone number or e-mail address; encrypted.
        lost: Which they lost: ``phone`` or ``email``.
        reason: How the office knows that it is them.
    """

    __tablename__ = "contact_change"
    __table_args__ = (
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> asked_by_id", name="two_people"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    contact: Mapped[str] = mapped_column(EncryptedText("contact_change.contact"))
    lost: Mapped[str] = mapped_column(String(5))
    reason: Mapped[str] = mapped_column(EncryptedText("contact_change.reason"))
    state: Mapped[ChangeState] = mapped_column(enum_column(ChangeState))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(foreign_keys=person_id)
    asked_by: Mapped[Person] = relationship(foreign_keys=asked_by_id)
