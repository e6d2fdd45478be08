"""The rules of service time: what counts, what may be said, what the ledger takes. Pure."""

from __future__ import annotations

from volunteer_hub.recognition.rules.answers import (
    CREDITS,
    Answer,
    Objection,
    choices,
    objection,
)
from volunteer_hub.recognition.rules.hours import (
    NOTHING,
    POLICY,
    RECORDED_WITHIN,
    Before,
    Policy,
    Presence,
    Span,
    Stay,
    Working,
    added,
    presence_of,
    worked,
)
from volunteer_hub.recognition.rules.ledger import (
    EntryKind,
    Evidence,
    Line,
    Source,
    balance,
    reversals,
    standing,
)

__all__ = [
    "CREDITS",
    "NOTHING",
    "POLICY",
    "RECORDED_WITHIN",
    "Answer",
    "Before",
    "EntryKind",
    "Evidence",
    "Line",
    "Objection",
    "Policy",
    "Presence",
    "Source",
    "Span",
    "Stay",
    "Working",
    "added",
    "balance",
    "choices",
    "objection",
    "presence_of",
    "reversals",
    "standing",
    "worked",
]
