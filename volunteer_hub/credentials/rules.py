"""Credentials: how their numbers are written and shown, and for how long they hold. Pure."""

from __future__ import annotations

import enum
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

MOST: Final = 20
LONGEST_NUMBER: Final = 60
MOST_SCAN_BYTES: Final = 4 * 1024 * 1024
REMIND_DAYS: Final = (7, 30)
# What holds no longer than this, whatever is written on it.
LONGEST_DAYS: Final[Mapping[str, int]] = {"no_record": 366, "health": 366}
FURTHEST: Final = timedelta(days=60 * 366)
SCAN_TYPES: Final = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"%PDF-", "application/pdf"),
)


class State(enum.StrEnum):
    """Where a credential stands."""

    CLAIMED = "claimed"
    VERIFIED = "verified"
    REJECTED = "rejected"


class Standing(enum.StrEnum):
    """What a credential is worth today."""

    WAITING = "waiting"
    HOLDS = "holds"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    REJECTED = "rejected"


def written(number: str) -> str:
    """Return a number in its one spelling: ordinary width, capitals, without spaces and hyphens."""
    plain = unicodedata.normalize("NFKC", number).upper()
    return "".join(sign for sign in plain if sign.isalnum())


def masked(number: str) -> str:
    """Return a number that only its owner recognises: its last four signs, two when it is short."""
    shown = 4 if len(number) >= 8 else 2 if len(number) >= 5 else 0
    return "•" * 4 + (number[-shown:] if shown else "")


def standing(state: State, expires_on: date | None, *, today: date) -> Standing:
    """Return what a credential is worth on a day; it holds to the end of its last day."""
    if state is not State.VERIFIED:
        return Standing.WAITING if state is State.CLAIMED else Standing.REJECTED
    if expires_on is None:
        return Standing.HOLDS
    if expires_on < today:
        return Standing.EXPIRED
    return Standing.EXPIRING if (expires_on - today).days <= max(REMIND_DAYS) else Standing.HOLDS


def reminder_due(expires_on: date, *, today: date) -> int | None:
    """Return which reminder is due, by its days; None when it is too early or too late."""
    left = (expires_on - today).days
    return next((days for days in REMIND_DAYS if 0 <= left <= days), None)


def longest_for(kind: str, *, today: date) -> date | None:
    """Return the last day that a credential of this kind can hold, or None when there is none."""
    days = LONGEST_DAYS.get(kind)
    return today + timedelta(days=days) if days is not None else None


def scan_type(content: bytes) -> str | None:
    """Return the type of a picture or PDF by what it begins with, or None for anything else."""
    return next((name for begin, name in SCAN_TYPES if content.startswith(begin)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialDraft:
    """A credential as its holder filled it in.

    Attributes:
        kind: Its code in the catalogue.
        number: As it is written on it.
        issuer: Who issued it, perhaps nothing.
        expires_on: Its last day; None when it says none.
        scan: A picture or PDF of it, or None.
    """

    kind: str
    number: str
    issuer: str = ""
    expires_on: date | None = None
    scan: bytes | None = None
