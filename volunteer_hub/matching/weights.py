"""What counts how much, how fast people travel, and how far the search goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class Priority(StrEnum):
    """How much an unfilled post of a shift hurts."""

    EMERGENCY = "emergency"
    RURAL = "rural"
    TARGET = "target"
    GENERAL = "general"


_PRIORITY_WEIGHTS: Final[Mapping[Priority, int]] = {
    Priority.EMERGENCY: 64,
    Priority.RURAL: 16,
    Priority.TARGET: 4,
    Priority.GENERAL: 1,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What counts how much. An open seat outweighs experience, and that outweighs every fit.

    Attributes:
        open_seat: For each seat missing to a minimum, times the weight of its priority.
        missing_experience: For each shift with fewer experienced people than it should have.
        experienced_minutes: Total service that makes a person experienced.
        extra_cost: What one more person above the minimum must be worth.
        load_step: Grows with each further assignment of the same person.
        team_bonus: For each further member of a team in the same shift.
        kept_bonus: For leaving a live proposal as it was.
        fit: For skills far above what is asked; three fifths of it for just enough.
        nearness: For living next door; nothing from sixty kilometres on.
        wish: For being what somebody asked for; two fifths of it to who asked for nothing.
        rotation: For having served not at all in the last ninety days.
    """

    open_seat: int = 100_000
    missing_experience: int = 20_000
    priority: Mapping[Priority, int] = field(default_factory=lambda: _PRIORITY_WEIGHTS)
    experienced_minutes: float = 30 * 60
    extra_cost: int = 350
    load_step: int = 60
    team_bonus: int = 60
    kept_bonus: int = 200
    fit: int = 300
    nearness: int = 250
    wish: int = 200
    rotation: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Travel:
    """How long people need from one venue to another.

    Attributes:
        detour: Road distance over distance as the crow flies.
        unknown_minutes: Assumed, before the buffer, when either place is not known.
        night_rest_minutes: Least pause between shifts of two days, as between evening and morning.
    """

    speed_kmh: float = 45
    detour: float = 1.35
    buffer_minutes: int = 15
    unknown_minutes: int = 45
    night_rest_minutes: int = 8 * 60


class Method(StrEnum):
    """How a plan is looked for.

    The optimum is near the best there is and comes with a proof of how near. The search needs no
    solver; it moves people one after another. The greedy fills seat after seat and is the instant
    answer.
    """

    OPTIMUM = "optimum"
    SEARCH = "search"
    GREEDY = "greedy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How far the work goes, in counts and never in time, so that a run can be repeated.

    Attributes:
        method: How the plan is looked for; without a solver the optimum becomes the search.
        rounds: Programmes solved on the way to the optimum in fractions; 3 is fast, None is 6, or 4
            where each takes long.
        nodes: How far each decision about whole people branches.
        polishes: Go over the plan once more, place by place; None does so where it is quick.
        chain_depth: How many people may move to fill one open seat in the search.
        chain_steps: Candidates looked at for one open seat.
        polish_rounds: Passes over all seats looking for better people.
        polish_width: People considered for each seat in such a pass who would leave another post.
    """

    method: Method = Method.OPTIMUM
    rounds: int | None = None
    nodes: int = 500
    polishes: bool | None = None
    chain_depth: int = 5
    chain_steps: int = 20_000
    polish_rounds: int = 4
    polish_width: int = 8
