"""Personal values inside append-only rows, readable only while the person's key exists.

Audit and scan rows are never changed, yet a person may ask to be forgotten. So personal values in
them are sealed with a key of that person; erasing the person destroys the key (PIPL art. 47).
"""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

from cryptography.fernet import Fernet
from flask import current_app
from sqlalchemy import LargeBinary, select
from sqlalchemy.orm import Mapped, mapped_column

from volunteer_hub.core.database import Model, db


class PersonKey(Model):
    """One person's key, itself wrapped with the application's secret."""

    __tablename__ = "person_key"

    person_id: Mapped[int] = mapped_column(unique=True)
    wrapped_key: Mapped[bytes] = mapped_column(LargeBinary)


def derive(purpose: str, secret: str | bytes) -> bytes:
    """Return 32 key bytes for one purpose, so that one secret serves several uses safely."""
    material = secret.encode() if isinstance(secret, str) else secret
    key = hashlib.sha256(material).digest()
    return hashlib.blake2b(purpose.encode(), key=key, digest_size=32).digest()


def _wrapper() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(derive("person-key", current_app.config["SECRET_KEY"])))


def _key_of(person_id: int) -> Fernet | None:
    row = db.session.scalar(select(PersonKey).where(PersonKey.person_id == person_id))
    return Fernet(_wrapper().decrypt(row.wrapped_key)) if row else None


def seal(person_id: int, values: dict[str, Any]) -> str:
    """Return the values sealed for this person; makes the person's key at first use."""
    fernet = _key_of(person_id)
    if fernet is None:
        key = Fernet.generate_key()
        db.session.add(PersonKey(person_id=person_id, wrapped_key=_wrapper().encrypt(key)))
        db.session.flush()
        fernet = Fernet(key)
    return fernet.encrypt(json.dumps(values, ensure_ascii=False).encode()).decode()


def unseal(person_id: int, sealed: str) -> dict[str, Any] | None:
    """Return the sealed values, or None once the person's key was destroyed."""
    fernet = _key_of(person_id)
    if fernet is None:
        return None
    values: dict[str, Any] = json.loads(fernet.decrypt(sealed.encode()))
    return values


def destroy_key(person_id: int) -> None:
    """Make everything sealed for this person unreadable for good."""
    row = db.session.scalar(select(PersonKey).where(PersonKey.person_id == person_id))
    if row is not None:
        db.session.delete(row)
