from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from volunteer_hub.accounts.models import Person
from volunteer_hub.core.database import Model, enum_column
from volunteer_hub.core.encryption import EncryptedBytes, EncryptedText
from volunteer_hub.credentials.rules import State
from volunteer_hub.volunteers.models import Volunteer


class Credential(Model):
    """A certificate, licence or check that a volunteer says they have; number and scan encrypted.

    ``number_key`` finds equal numbers and tells nobody the number.
    """

    __tablename__ = "credential"
    __table_args__ = (
        UniqueConstraint("volunteer_id", "kind_code", "number_key"),
        CheckConstraint(
            "state = 'claimed' OR (judged_by_id IS NOT NULL AND judged_at IS NOT NULL)",
            name="judged_by_somebody",
        ),
        Index(None, "state", "expires_on"),
        Index(None, "kind_code", "number_key"),
    )

    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteer.id", ondelete="CASCADE"))
    kind_code: Mapped[str] = mapped_column(String(40))
    number: Mapped[str] = mapped_column(EncryptedText("credential.number"))
    number_key: Mapped[str] = mapped_column(String(64))
    issuer: Mapped[str] = mapped_column(String(80), default="")
    expires_on: Mapped[date | None]
    scan: Mapped[bytes | None] = mapped_column(
        EncryptedBytes("credential.scan"), deferred=True, deferred_raiseload=False
    )
    scan_type: Mapped[str | None] = mapped_column(String(40))
    state: Mapped[State] = mapped_column(enum_column(State), default=State.CLAIMED)
    claimed_at: Mapped[datetime]
    judged_at: Mapped[datetime | None]
    judged_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(String(200), default="")

    volunteer: Mapped[Volunteer] = relationship()
    judged_by: Mapped[Person | None] = relationship()
