"""How far the work on a plan has come, told to whoever waits for it."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum


class Stage(StrEnum):
    """What is being done, in order; small problems leave the middle out."""

    READING = "reading"
    SIFTING = "sifting"
    DECIDING = "deciding"
    POLISHING = "polishing"
    CHECKING = "checking"


# Called with the stage and, where it goes in rounds, which one.
Watch = Callable[[Stage, int], None]


def unwatched(_stage: Stage, _number: int) -> None:
    """Tell nobody."""
