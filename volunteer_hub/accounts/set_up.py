"""The one link that lets the first account of a new site be made: one day, once.

Kept like a one-time code, as a keyed hash, under a name that is no contact; a newer link makes
older ones worthless.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta
from typing import Final

from volunteer_hub.accounts import queries
from volunteer_hub.accounts.keyed import keyed
from volunteer_hub.accounts.models import SignInCode
from volunteer_hub.core.database import db

LIFETIME: Final = timedelta(hours=24)
_CONTACT: Final = "set-up"


def issue(*, now: datetime) -> str:
    """Return a new token for the link."""
    token = secrets.token_urlsafe(24)
    db.session.add(
        SignInCode(
            contact=_CONTACT,
            code_hash=keyed(_CONTACT, token),
            created_at=now,
            expires_at=now + LIFETIME,
        )
    )
    return token


def is_usable(token: str, *, now: datetime) -> bool:
    """Tell whether this is the newest token, unused, and not too old."""
    return _find(token, now=now) is not None


def use_up(token: str, *, now: datetime) -> bool:
    """Make the token worthless; tell whether it was usable until now."""
    found = _find(token, now=now)
    if found is not None:
        found.used_at = now
    return found is not None


def _find(token: str, *, now: datetime) -> SignInCode | None:
    newest = queries.lock_newest_code(_CONTACT)
    if newest is None or newest.used_at is not None or now >= newest.expires_at:
        return None
    is_it = hmac.compare_digest(newest.code_hash, keyed(_CONTACT, token))
    return newest if is_it else None
