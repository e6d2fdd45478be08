"""One-time codes of an app on the phone (RFC 6238: SHA-1, six digits, thirty seconds). Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
from datetime import datetime
from typing import Final
from urllib.parse import quote, urlencode

STEP_S: Final = 30
DIGITS: Final = 6
SECRET_BYTES: Final = 20
DRIFT: Final = (0, -1, 1)  # steps that a phone's clock may be off


def step_of(moment: datetime) -> int:
    """Return which step of thirty seconds a moment lies in."""
    return int(moment.timestamp()) // STEP_S


def code_at(secret: bytes, step: int) -> str:
    """Return the code of one step."""
    digest = hmac.new(secret, struct.pack(">Q", step), hashlib.sha1).digest()
    offset = digest[-1] & 0x0F
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def matching_step(secret: bytes, typed: str, *, after: int, now: datetime) -> int | None:
    """Return the step whose code was typed, or None.

    Args:
        secret: What the phone and the site share.
        typed: What was typed.
        after: The last step that was used up; it and older ones are worth nothing.
        now: The moment.
    """
    current = step_of(now)
    for drift in DRIFT:
        step = current + drift
        is_it = hmac.compare_digest(code_at(secret, step).encode(), typed.encode())
        if is_it and step > after:
            return step
    return None


def spelled(secret: bytes) -> str:
    """Return the secret as apps take it when it is typed: base32."""
    return base64.b32encode(secret).decode().rstrip("=")


def address(secret: bytes, *, account: str, issuer: str) -> str:
    """Return what stands in the QR code that an app scans."""
    query = urlencode({"secret": spelled(secret), "issuer": issuer}, quote_via=quote)
    return f"otpauth://totp/{quote(f'{issuer}:{account}')}?{query}"
