"""Cards on paper with a code that lets whoever was entered by phone in, once."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from volunteer_hub.core.text import CROCKFORD, read_crockford

LENGTH: Final = 12


def is_open(
    *, expires_at: datetime, used_at: datetime | None, revoked_at: datetime | None, now: datetime
) -> bool:
    """Tell whether a card still lets somebody in; the moment it expires is too late."""
    return used_at is None and revoked_at is None and now < expires_at


def read_code(text: str) -> str | None:
    """Return a code as it was typed from paper in its one spelling, or None when it is none."""
    code = read_crockford(text)
    return code if len(code) == LENGTH and set(code) <= set(CROCKFORD) else None


def spelled(code: str) -> str:
    """Return a code as it is printed and read aloud: 7Q3C KF9M 2D8V."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))
