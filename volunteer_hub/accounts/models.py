from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from volunteer_hub.core.database import Model, enum_column
from volunteer_hub.core.encryption import EncryptedBytes


class Person(Model):
    """Someone with an account, in any role.

    Attributes:
        phone_seat: Which of the people behind one phone they are; 0 for the first, who is alone
            as a rule.
    """

    __tablename__ = "person"
    __table_args__ = (
        UniqueConstraint("phone", "phone_seat"),
        CheckConstraint(
            "phone IS NOT NULL OR email IS NOT NULL OR erased_at IS NOT NULL", name="reachable"
        ),
    )

    name: Mapped[str] = mapped_column(String(60))
    pinyin: Mapped[str] = mapped_column(String(240), default="", index=True)
    initials: Mapped[str] = mapped_column(String(60), default="")
    phone: Mapped[str | None] = mapped_column(String(20))
    phone_seat: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    email: Mapped[str | None] = mapped_column(String(200), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]
    is_demo: Mapped[bool] = mapped_column(default=False)


class AccountSession(Model):
    """One signed-in device; revoking the row signs it out."""

    __tablename__ = "account_session"

    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    device: Mapped[str] = mapped_column(String(20), default="")

    person: Mapped[Person] = relationship()


class SignInCode(Model):
    """A one-time code sent to a phone or e-mail address, kept as a hash."""

    __tablename__ = "sign_in_code"

    contact: Mapped[str] = mapped_column(String(200), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None]


class TryKind(enum.StrEnum):
    """What was tried."""

    PASSWORD = "password"  # noqa: S105 - a name, not one
    CODE = "code"


class SignInTry(Model):
    """A wrong password, or a code asked for: counted here, so that limits outlive the process.

    Holds no contact and no address, only keyed hashes of them.
    """

    __tablename__ = "sign_in_try"
    __table_args__ = (
        Index(None, "contact_key", "kind", "tried_at"),
        Index(None, "address_key", "kind", "tried_at"),
    )

    kind: Mapped[TryKind] = mapped_column(enum_column(TryKind))
    contact_key: Mapped[str] = mapped_column(String(64))
    address_key: Mapped[str] = mapped_column(String(64))
    tried_at: Mapped[datetime] = mapped_column(index=True)


class SecondFactor(Model):
    """The secret that the site shares with an app on somebody's phone; encrypted.

    Attributes:
        confirmed_at: When they typed a right code for the first time; before that it counts not.
        last_step: The newest code that was used up, so that none lets in twice.
    """

    __tablename__ = "second_factor"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    secret: Mapped[bytes] = mapped_column(EncryptedBytes("second_factor.secret"))
    begun_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(default=0)


class RecoveryCode(Model):
    """A code on paper that lets in once without the phone; kept as a keyed hash."""

    __tablename__ = "recovery_code"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Purpose(enum.StrEnum):
    """What a person agreed to."""

    PRIVACY_NOTICE = "privacy_notice"
    VOLUNTEER_TERMS = "volunteer_terms"
    CODE_OF_CONDUCT = "code_of_conduct"
    SUGGESTIONS = "suggestions"
    SHARE_NATIONAL = "share_national"
    SHARE_INSURANCE = "share_insurance"


class Consent(Model):
    """That a person agreed to something, when, to which wording; withdrawing adds a moment."""

    __tablename__ = "consent"
    __table_args__ = (Index(None, "person_id", "purpose"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    purpose: Mapped[Purpose] = mapped_column(enum_column(Purpose))
    wording_version: Mapped[str] = mapped_column(String(20))
    channel: Mapped[str] = mapped_column(String(20))
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
