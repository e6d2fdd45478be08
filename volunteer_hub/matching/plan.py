"""What the matcher answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from volunteer_hub.matching.problem import Pin
from volunteer_hub.matching.scoring import Score


class Rule(StrEnum):
    """A hard rule that a plan can break; the values are, as far as it goes, those of vmatch/1."""

    UNKNOWN = "unknown"
    DUPLICATE = "duplicate"
    SKILL = "H1skill"
    CREDENTIAL = "H1cred"
    LANGUAGE = "H1lang"
    EXPERIENCE = "H1exp"
    AGE = "H1age"
    CONSENT = "H1consent"
    RESERVE = "H1reserve"
    TRANSPORT = "H1transport"
    REACH = "H2"
    WINDOW = "H3window"
    BLACKOUT = "H3blackout"
    REST = "H3rest"
    WISH = "H4wish"
    SUGGESTIONS = "H4suggestions"
    DECLINED = "H4"
    SAME_SHIFT = "H5same_shift"
    OVERLAP = "H5"
    WEEK_MINUTES = "H6"
    TOO_MANY = "H7"
    PIN_LOST = "H8"


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """One broken rule; what a rule is not about is None.

    Attributes:
        shift_ids: The two shifts that clash, earlier first.
        week: The week in which too many minutes are planned.
    """

    rule: Rule
    volunteer_id: int | None = None
    post_id: int | None = None
    shift_ids: tuple[int, ...] = ()
    week: int | None = None


@dataclass(frozen=True, slots=True)
class Shortage:
    """A post that stays short of its minimum."""

    post_id: int
    missing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Who goes where.

    Attributes:
        assignments: All of them, pins included, in order.
        unfilled: Posts short of their minimum, in order.
        bound: A total no plan can exceed, if the engine found one.
        best_open_seats: What the best plan in fractions leaves open, weighted, if that is known.
        engine: Which engine made it.
        steps: How much work it took, in what the engine counts; the same on every machine.
        violations: Rules that the pins break among themselves; a plan never adds to them.
    """

    assignments: tuple[Pin, ...] = ()
    unfilled: tuple[Shortage, ...] = ()
    score: Score = field(default_factory=Score)
    bound: int | None = None
    best_open_seats: float | None = None
    engine: str = ""
    steps: int = 0
    violations: tuple[Violation, ...] = ()

    @property
    def gap(self) -> int | None:
        """By how many points the best plan could be better at most; None when not known."""
        return None if self.bound is None else max(0, self.bound - self.score.total)
