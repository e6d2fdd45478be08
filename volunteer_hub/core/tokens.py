"""Secrets in addresses, derived from ids instead of stored: links in messages, ticket codes."""

from __future__ import annotations

import hashlib
import hmac

from flask import current_app

from volunteer_hub.core.sealing import derive
from volunteer_hub.core.text import crockford, read_crockford

_TICKET_BYTES = 10  # 80 bits: 16 characters, a QR of version 3 with the address around it
_LINK_BYTES = 10


def _mac(purpose: str, message: str, length: int) -> bytes:
    key = derive(purpose, current_app.config["SECRET_KEY"])
    return hmac.new(key, message.encode(), hashlib.sha256).digest()[:length]


def link_token(purpose: str, subject_id: int) -> str:
    """Return a token that stands for this id, for this purpose only."""
    return f"{subject_id}-{crockford(_mac('link:' + purpose, str(subject_id), _LINK_BYTES))}"


def read_link_token(purpose: str, token: str) -> int | None:
    """Return the id a token stands for, or None when it was not made here for this purpose."""
    subject, _, _rest = token.partition("-")
    if not (subject.isascii() and subject.isdigit() and len(subject) < 12):
        return None
    expected = link_token(purpose, int(subject))
    return int(subject) if hmac.compare_digest(expected.encode(), token.upper().encode()) else None


def ticket_code(kind: str, subject_id: int, revision: int) -> str:
    """Return a ticket's code: kind (``R`` attendee, ``V`` volunteer), 16 base32 characters."""
    return kind + crockford(_mac("ticket:" + kind, f"{subject_id}.{revision}", _TICKET_BYTES))


def code_hash(code: str) -> str:
    """Return what the database keeps of a code: it finds the ticket, it cannot make it."""
    return hash_of_canonical(read_crockford(code))


def hash_of_canonical(code: str) -> str:
    """Return the same for a code that is in its one spelling already: many are hashed at once."""
    return hashlib.sha256(b"vh-ticket\0" + code.encode()).hexdigest()[:24]


def spoken_code(purpose: str, subject_id: int) -> str:
    """Return a short code that stands beside a number and is written down: 8 characters.

    Forty bits are few; whoever asks for it limits how often somebody may try.
    """
    return crockford(_mac(f"spoken:{purpose}", str(subject_id), 5))


def paper_code(purpose: str, subject_id: int) -> str:
    """Return a code that stands on paper by itself: 12 characters, sixty bits."""
    return crockford(_mac(f"paper:{purpose}", str(subject_id), 10))[:12]


def is_spoken_code(purpose: str, subject_id: int, typed: str) -> bool:
    """Tell whether somebody typed the code that belongs to this number."""
    expected = spoken_code(purpose, subject_id)
    return hmac.compare_digest(expected.encode(), read_crockford(typed).encode())


def secret_of(purpose: str, subject_id: int, *, length: int = 20) -> str:
    """Return a secret that belongs to this id, for this purpose only; as long as all of base32.

    Args:
        purpose: What it is for.
        subject_id: Whose it is.
        length: How many bytes; a whole number of 5-byte groups.
    """
    return crockford(_mac(f"secret:{purpose}", str(subject_id), length))
