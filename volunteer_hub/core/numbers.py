"""Numbers that a province or a city decides for itself: ages, days that something is kept.

A feature registers each with what it usually is and within which bounds it may be changed. What the
office changed is a row; everybody else reads the usual value.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, mapped_column

from volunteer_hub.core import audit
from volunteer_hub.core.database import Model, db, take_turns
from volunteer_hub.core.remembered import Remembered
from volunteer_hub.core.text import N_

CHANGE: Final = "number.change"
DAYS: Final = N_("天")
YEARS: Final = N_("岁")


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """One number that may be changed.

    Attributes:
        key: Its name, like ``keep.messages``; what stands before the dot is its group.
        label: What it says, as a msgid.
        why: What it does, as a msgid.
        usual: What it is until somebody changes it.
        least: The smallest it may be.
        most: The largest.
        unit: What it counts, as a msgid.
    """

    key: str
    label: str
    why: str
    usual: int
    least: int
    most: int
    unit: str = DAYS

    @property
    def group(self) -> str:
        """What it belongs to."""
        return self.key.partition(".")[0]


class SiteNumber(Model):
    """A number that the office changed."""

    __tablename__ = "site_number"

    key: Mapped[str] = mapped_column(String(40), unique=True)
    value: Mapped[int]
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int | None]


_registered: dict[str, Number] = {}


def register(*numbers: Number) -> None:
    """Let these numbers be changed."""
    _registered.update({number.key: number for number in numbers})


def registered(group: str) -> list[Number]:
    """Return the numbers of a group, in the order in which they were registered."""
    return [number for number in _registered.values() if number.group == group]


def find(key: str) -> Number | None:
    """Return the number of that name, or None."""
    return _registered.get(key)


def _read() -> dict[str, int]:
    return dict(db.session.execute(select(SiteNumber.key, SiteNumber.value)).all())


_changed: Final = Remembered(_read, load_action=CHANGE)


def value_of(key: str) -> int:
    """Return a number as it is now."""
    return _changed.get().get(key, _registered[key].usual)


def change(key: str, value: int, *, by: int | None, now: datetime) -> None:
    """Change a number; within which bounds is for the form to ask.

    Args:
        key: Which.
        value: What it is from now on.
        by: Who decides; None for a command.
        now: When.
    """
    take_turns(f"number {key}")
    row = db.session.scalar(select(SiteNumber).where(SiteNumber.key == key))
    was = row.value if row else _registered[key].usual
    if value == was:
        return
    if row is None:
        row = SiteNumber(key=key)
        db.session.add(row)
    row.value, row.changed_at, row.changed_by_id = value, now, by
    db.session.flush()
    details = {"key": key, "was": was, "is": value}
    audit.record(CHANGE, row, by=by, now=now, details=details)
    _changed.forget()
