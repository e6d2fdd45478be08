"""Passwords as argon2id hashes (OWASP's parameters), made by at most two threads at once.

A hash takes 19 MiB and some 30 ms on purpose. Two at once keep a flood of sign-ins from taking the
machine's memory; and none is made inside a write transaction, where others would wait for it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from volunteer_hub.core.errors import BusyError

WAIT_S: Final = 5.0
AT_ONCE: Final = 2
# Of a random password that nobody has: checking it takes as long as checking a real one.
_NOBODYS: Final = (
    "$argon2id$v=19$m=19456,t=2,p=1$GbZyUUyUf4h6ZpXPS0D73A"
    "$UJsCjU5tAgWg+WrznoXvZXOYpEVsMMkuOT15divJ5dY"
)
_hasher: Final = PasswordHasher(memory_cost=19456, time_cost=2, parallelism=1)
_places: Final = threading.BoundedSemaphore(AT_ONCE)


@contextmanager
def _place() -> Iterator[None]:
    if not _places.acquire(timeout=WAIT_S):
        raise BusyError
    try:
        yield
    finally:
        _places.release()


def make_hash(password: str) -> str:
    """Return what is kept of a password.

    Raises:
        BusyError: Too many others are signing in at this moment.
    """
    with _place():
        return _hasher.hash(password)


def is_right(password: str, kept: str | None) -> bool:
    """Tell whether this is the password; without one it takes as long and is always wrong.

    Args:
        password: Exactly as typed.
        kept: The hash, or None for an unknown person or one without a password.

    Raises:
        BusyError: Too many others are signing in at this moment.
    """
    with _place():
        try:
            _hasher.verify(kept or _NOBODYS, password)
        except (VerificationError, InvalidHashError):
            return False
    return kept is not None


def renewed(password: str, kept: str) -> str | None:
    """Return a new hash of a right password when the kept one is of older strength, else None."""
    return make_hash(password) if _hasher.check_needs_rehash(kept) else None
