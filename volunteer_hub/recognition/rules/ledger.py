"""The hours ledger: what its rows are, and what may be added to it. Pure."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from volunteer_hub.core.text import N_


class EntryKind(enum.StrEnum):
    """What a row does."""

    CREDIT = "credit"
    ADJUST = "adjust"
    REVERSE = "reverse"

    @property
    def label(self) -> str:
        """Return the words for it, a msgid."""
        return _ENTRY_LABELS[self]


_ENTRY_LABELS: Final = {
    EntryKind.CREDIT: N_("记入"),
    EntryKind.ADJUST: N_("更正"),
    EntryKind.REVERSE: N_("冲销"),
}


class Source(enum.StrEnum):
    """Where the hours of a row come from."""

    SCANS = "scans"
    CLAIM = "claim"
    IMPORT = "import"


class Evidence(enum.StrEnum):
    """What speaks for them."""

    SCANNED = "scanned"
    PARTLY = "partly"
    VOUCHED = "vouched"

    @property
    def label(self) -> str:
        """Return the words for it, a msgid."""
        return _EVIDENCE_LABELS[self]


_EVIDENCE_LABELS: Final = {
    Evidence.SCANNED: N_("签到和签退都有记录"),
    Evidence.PARTLY: N_("只有签到有记录"),
    Evidence.VOUCHED: N_("没有签到记录，由人证明"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the ledger, as far as sums go."""

    id: int
    kind: EntryKind
    minutes: int
    reverses_id: int | None = None


def balance(lines: Iterable[Line]) -> int:
    """Return what rows add up to."""
    return sum(line.minutes for line in lines)


def standing(lines: Iterable[Line]) -> list[Line]:
    """Return the rows that nobody took back, in their order."""
    rows = list(lines)
    reversed_ids = {line.reverses_id for line in rows}
    return [
        line for line in rows if line.kind is not EntryKind.REVERSE and line.id not in reversed_ids
    ]


def reversals(lines: Iterable[Line]) -> list[tuple[int, int]]:
    """Return what takes back everything that stands: (which row, minutes)."""
    return [(line.id, -line.minutes) for line in standing(lines)]
