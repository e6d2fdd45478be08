from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from volunteer_hub.core.database import Model


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
