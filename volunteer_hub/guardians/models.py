from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from volunteer_hub.core.database import Model, enum_column
from volunteer_hub.core.encryption import EncryptedText
from volunteer_hub.guardians.rules import Relation
from volunteer_hub.volunteers.models import Volunteer


class GuardianConsent(Model):
    """That a guardian was asked, and what they said: when, over what, to which text.

    Names and numbers are encrypted. The link in the message is worth one answer; afterwards it
    shows what was said, and the guardian may take it back there.
    """

    __tablename__ = "guardian_consent"
    __table_args__ = (
        CheckConstraint("given_at IS NULL OR text_hash IS NOT NULL", name="given_to_a_text"),
    )

    volunteer_id: Mapped[int] = mapped_column(
        ForeignKey("volunteer.id", ondelete="CASCADE"), index=True
    )
    guardian_name: Mapped[str] = mapped_column(EncryptedText("guardian.name"))
    guardian_phone: Mapped[str] = mapped_column(EncryptedText("guardian.phone"))
    phone_key: Mapped[str] = mapped_column(String(64), index=True)
    relation: Mapped[Relation] = mapped_column(enum_column(Relation))
    requested_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    given_at: Mapped[datetime | None]
    wording_version: Mapped[str | None] = mapped_column(String(20))
    text_hash: Mapped[str | None] = mapped_column(String(64))
    channel: Mapped[str] = mapped_column(String(20), default="link")
    # The wording of the rules for children that was agreed to as well; None for older ones.
    child_version: Mapped[str | None] = mapped_column(String(20))
    # Who comes along, where the child is too young to come alone.
    companion_name: Mapped[str | None] = mapped_column(EncryptedText("guardian.companion"))
    companion_phone: Mapped[str | None] = mapped_column(EncryptedText("guardian.companion_phone"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    volunteer: Mapped[Volunteer] = relationship()
