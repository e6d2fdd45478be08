"""How far a list of people has come, and what its rows are worth."""

from __future__ import annotations

import enum


class Stage(enum.StrEnum):
    """How far a list has come."""

    READING = "reading"
    READY = "ready"
    TAKING = "taking"
    DONE = "done"
    DROPPED = "dropped"
    BROKEN = "broken"


class Verdict(enum.StrEnum):
    """What a row of a list is worth."""

    NEW = "new"
    SAME = "same"
    WRONG = "wrong"
    TAKEN = "taken"
