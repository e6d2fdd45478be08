"""Every write to plans: asked for, worked on, decided about, forgotten."""

from __future__ import annotations

from volunteer_hub.planning.actions.asking import Changes, ask_again, ask_for_plan, stop
from volunteer_hub.planning.actions.deciding import Decided, decide
from volunteer_hub.planning.actions.working import (
    AT_ONCE,
    KEEP,
    Answer,
    NewRow,
    claim_next,
    fail,
    finish,
    forget_old,
    hand_back,
    keep_frame,
    keep_people,
    note_progress,
)

__all__ = [
    "AT_ONCE",
    "KEEP",
    "Answer",
    "Changes",
    "Decided",
    "NewRow",
    "ask_again",
    "ask_for_plan",
    "claim_next",
    "decide",
    "fail",
    "finish",
    "forget_old",
    "hand_back",
    "keep_frame",
    "keep_people",
    "note_progress",
    "stop",
]
