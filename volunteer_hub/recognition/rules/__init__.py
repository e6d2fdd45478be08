"""The rules of service time: what counts, what may be said, what the ledger takes. Pure."""

from __future__ import annotations

from volunteer_hub.recognition.rules.answers import (
    Answer,
    Objection,
    choices,
    objection,
)
from volunteer_hub.recognition.rules.claims import (
    OPEN,
    TO_AGREE,
    ClaimObjection,
    ClaimState,
    Wanted,
    claim_objection,
    may_agree,
    next_state,
    notice_ends_on,
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
    "NOTHING",
    "OPEN",
    "POLICY",
    "RECORDED_WITHIN",
    "TO_AGREE",
    "Answer",
    "Before",
    "ClaimObjection",
    "ClaimState",
    "EntryKind",
    "Evidence",
    "Line",
    "Objection",
    "Policy",
    "Presence",
    "Source",
    "Span",
    "Stay",
    "Wanted",
    "Working",
    "added",
    "balance",
    "choices",
    "claim_objection",
    "may_agree",
    "next_state",
    "notice_ends_on",
    "objection",
    "presence_of",
    "reversals",
    "standing",
    "worked",
]
