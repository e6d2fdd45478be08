"""What may be filed, how it stands, and until when it is answered."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from volunteer_hub.core.text import N_, normalise

LONGEST_TEXT: Final = 2000
LONGEST_CONTACT: Final = 60
DAYS_KEY: Final = "complaints.days"


class Kind(enum.StrEnum):
    """What it is about."""

    COMPLAINT = "complaint"
    SUGGESTION = "suggestion"
    QUESTION = "question"
    PERSONAL_DATA = "personal_data"


class State(enum.StrEnum):
    """How it stands."""

    OPEN = "open"
    TAKEN = "taken"
    ANSWERED = "answered"
    CLOSED = "closed"


KINDS: Final[Mapping[Kind, str]] = {
    Kind.COMPLAINT: N_("投诉"),
    Kind.SUGGESTION: N_("建议"),
    Kind.QUESTION: N_("咨询"),
    Kind.PERSONAL_DATA: N_("个人信息"),
}
STATES: Final[Mapping[State, str]] = {
    State.OPEN: N_("等待处理"),
    State.TAKEN: N_("正在处理"),
    State.ANSWERED: N_("已答复"),
    State.CLOSED: N_("已办结"),
}
WAITING: Final = (State.OPEN, State.TAKEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What somebody files.

    Attributes:
        kind: What it is about.
        text: What they say.
        contact: How they may be reached; empty when they do not want to.
        county_id: Which county it is about; None for the city.
    """

    kind: Kind
    text: str
    contact: str = ""
    county_id: int | None = None


def number_of(complaint_id: int) -> str:
    """Return the number that somebody writes down: TS000123."""
    return f"TS{complaint_id:06d}"


def read_number(text: str) -> int | None:
    """Return the id that a typed number stands for, or None; letters and zeros may be left out."""
    digits = normalise(text).upper().replace(" ", "").removeprefix("TS").lstrip("0")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 9 else None


def is_overdue(state: State, due_on: date, *, today: date) -> bool:
    """Tell whether an answer is late."""
    return state in WAITING and today > due_on
