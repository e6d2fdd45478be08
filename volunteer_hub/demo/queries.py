from __future__ import annotations

from sqlalchemy import select

from volunteer_hub.accounts.models import Person
from volunteer_hub.core.database import db


def has_demo() -> bool:
    """Tell whether demo data is loaded."""
    return db.session.scalar(select(Person.id).where(Person.is_demo).limit(1)) is not None


def has_people() -> bool:
    """Tell whether anyone has an account."""
    return db.session.scalar(select(Person.id).limit(1)) is not None
