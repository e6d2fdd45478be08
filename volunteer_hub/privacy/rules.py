"""What tells an account that was closed from a later one with the same number. Pure."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime


def mark_of(person_id: int, created_at: datetime) -> str:
    """Return what an account is known by in the list of closed ones."""
    begun = created_at.astimezone(UTC).replace(tzinfo=None).isoformat()
    return hashlib.blake2b(f"{person_id} {begun}".encode(), digest_size=16).hexdigest()
