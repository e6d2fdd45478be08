"""Hashes that only this site can make: of one-time codes, of contacts and addresses counted."""

from __future__ import annotations

import hashlib
import hmac

from flask import current_app

from volunteer_hub.core.sealing import derive


def keyed(purpose: str, *parts: str) -> str:
    """Return a hash of these texts for one purpose; a stolen database alone cannot guess them."""
    key = derive(f"accounts:{purpose}", current_app.config["SECRET_KEY"])
    return hmac.new(key, "\0".join(parts).encode(), hashlib.sha256).hexdigest()
