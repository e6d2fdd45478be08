"""Marking text for translation where Flask may not be imported."""

from __future__ import annotations

import secrets
import unicodedata
from typing import Final

LARGEST: Final = 2**31 - 1  # that an id or a number in the database can be
# Crockford's base32: no I, L, O, U, so that a code read aloud or typed from paper is not mistaken.
CROCKFORD: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES: Final = str.maketrans({"O": "0", "I": "1", "L": "1"})


def N_(message: str) -> str:  # noqa: N802 - the name gettext tools know
    """Return the message unchanged; its presence tells the catalogue tool to translate it."""
    return message


def read_id(text: str) -> int | None:
    """Return the id that plain digits spell, or None when nothing can have it."""
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST))):
        return None
    return int(text) if int(text) <= LARGEST else None


def normalise(text: str) -> str:
    """Return text with full-width letters and digits made ordinary, and outer space cut."""
    return unicodedata.normalize("NFKC", text).strip()


def crockford(raw: bytes) -> str:
    """Return bytes as Crockford base32, five bits a character, without padding.

    Args:
        raw: A whole number of 5-byte groups, so that no bit is left over.
    """
    number = int.from_bytes(raw, "big")
    length = len(raw) * 8 // 5
    return "".join(CROCKFORD[number >> 5 * place & 31] for place in reversed(range(length)))


def read_crockford(text: str) -> str:
    """Return a typed code in its one canonical spelling: upper case, no spaces or hyphens."""
    kept = normalise(text).upper().replace("-", "").replace(" ", "")
    return kept.translate(_LOOKALIKES)


def random_code(characters: int) -> str:
    """Return a random code of that many base32 characters."""
    return "".join(secrets.choice(CROCKFORD) for _ in range(characters))
