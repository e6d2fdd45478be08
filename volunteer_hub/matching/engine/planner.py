"""From a compiled problem to a plan and a proof of how good it is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from volunteer_hub.matching.engine.arrays import Ints
from volunteer_hub.matching.engine.clashes import Clashes, clashes_of
from volunteer_hub.matching.engine.compiled import Compiled, compiled
from volunteer_hub.matching.engine.complete import complete
from volunteer_hub.matching.engine.desk import Desk
from volunteer_hub.matching.engine.edges import Edges, edges_of
from volunteer_hub.matching.engine.model import model_of
from volunteer_hub.matching.engine.polish import polished
from volunteer_hub.matching.engine.residual import HALF, place, refill, rounded, still_possible
from volunteer_hub.matching.engine.sifting import Scope, sifted
from volunteer_hub.matching.engine.weekly import bound_of, planned_by_week
from volunteer_hub.matching.problem import Problem
from volunteer_hub.matching.progress import Stage, Watch, unwatched
from volunteer_hub.matching.scoring import score_of
from volunteer_hub.matching.weights import Limits

EXACT_UP_TO: Final = 1_500  # edges
QUICK_UP_TO: Final = 150_000
ALL_WEEKS_UP_TO: Final = 2_000_000
MANY_ROUNDS: Final = 6
FEW_ROUNDS: Final = 4
CLOSE_ENOUGH: Final = 0.0003  # of the points of a plan
NEAR_ENOUGH: Final = 0.002  # where each round takes long
ROUNDING: Final = 1e-3


@dataclass(frozen=True)
class Board:
    """A problem with everything worked out that every plan needs."""

    made: Compiled
    clashes: Clashes
    edges: Edges

    @classmethod
    def of(cls, problem: Problem) -> Board:
        """Work it out."""
        made = compiled(problem)
        clashes = clashes_of(made)
        return cls(made, clashes, edges_of(made, clashes))

    def desk(self) -> Desk:
        """Return an empty desk: only what is accepted or given elsewhere."""
        return Desk(self.made, self.clashes)

    def everything(self) -> Scope:
        """Return the scope of all shifts."""
        return Scope(np.arange(len(self.made.shifts)), np.arange(len(self.made.posts)))


def greedy(board: Board) -> Desk:
    """Return the plan in which the most urgent and scarcest posts choose first."""
    desk = board.desk()
    complete(desk, board.edges, np.arange(len(board.made.posts)))
    return desk


def edges_in(desk: Desk, edges: Edges) -> Ints:
    """Return the edges a desk has people in, those of accepted assignments left out."""
    return edges.at([pair for pair in desk.placed if pair not in desk.pinned])


@dataclass(frozen=True)
class Found:
    """What came out.

    Attributes:
        bound: A total no plan can exceed.
        open_seats: What the best plan in fractions leaves open, weighted.
        rounds: How many programmes it took.
    """

    desk: Desk
    bound: int
    open_seats: float
    rounds: int


def optimised(board: Board, limits: Limits, watch: Watch = unwatched) -> Found:
    """Return a plan near the best there is, with a proof of how near; ``watch`` hears how far.

    Raises:
        NoAnswerError: The solver is not there or failed.
    """
    if len(board.edges) <= EXACT_UP_TO:
        return _exactly(board, limits)
    if len(board.edges) > ALL_WEEKS_UP_TO and board.made.weeks > 1:
        return _by_week(board, limits, watch)
    seeds = edges_in(greedy(board), board.edges)
    desk = board.desk()
    start = worth_beside(desk)
    found = sifted(
        desk,
        board.edges,
        board.everything(),
        seeds,
        rounds=_rounds(board, limits),
        close_enough=_close_enough(board, limits),
        watch=watch,
    )
    watch(Stage.DECIDING, 0)
    rounded(desk, board.edges, found, nodes=limits.nodes)
    complete(desk, board.edges, np.arange(len(board.made.posts)))
    refill(desk, board.edges, found, nodes=limits.nodes)
    if limits.polishes or (limits.polishes is None and _is_quick(board)):
        watch(Stage.POLISHING, 0)
        polished(desk, board.edges, found, nodes=limits.nodes)
    return Found(desk, floor(start + found.bound), found.open_seats, found.rounds)


def _by_week(board: Board, limits: Limits, watch: Watch) -> Found:
    start, desk, steps = board.desk(), greedy(board), 0
    for _ in range(1 + bool(limits.polishes)):
        weeks = planned_by_week(
            desk,
            board.edges,
            rounds=_rounds(board, limits),
            nodes=limits.nodes,
            close_enough=_close_enough(board, limits),
            watch=watch,
        )
        steps += sum(week.found.rounds for week in weeks)
    most = bound_of(start, board.edges, weeks)
    open_seats = sum(week.found.open_seats for week in weeks)
    return Found(desk, floor(worth_beside(start) + most), open_seats, steps)


def _is_quick(board: Board) -> bool:
    return len(board.edges) <= QUICK_UP_TO


def _rounds(board: Board, limits: Limits) -> int:
    return limits.rounds or (MANY_ROUNDS if _is_quick(board) else FEW_ROUNDS)


def _close_enough(board: Board, limits: Limits) -> float:
    return CLOSE_ENOUGH if limits.rounds or _is_quick(board) else NEAR_ENOUGH


def bound(board: Board, limits: Limits) -> int:
    """Return a total no plan can exceed.

    Raises:
        NoAnswerError: The solver is not there or failed.
    """
    if len(board.edges) <= EXACT_UP_TO:
        return _exactly(board, limits).bound
    seeds = edges_in(greedy(board), board.edges)
    desk = board.desk()
    found = sifted(
        desk,
        board.edges,
        board.everything(),
        seeds,
        rounds=2 * (limits.rounds or MANY_ROUNDS),
        close_enough=CLOSE_ENOUGH / 10,
    )
    return floor(worth_beside(desk) + found.bound)


def worth_beside(desk: Desk) -> float:
    """Return what is already worth something, as programmes count what they add to it."""
    made = desk.made
    weights, score = made.weights, score_of(made.lookup, desk.assignments())
    missing = np.maximum(made.least - desk.heads, 0)
    shifts = np.unique(made.shift_of)
    lacking = int((desk.seniors[shifts] < made.need[shifts]).sum())
    return float(
        score.total
        + weights.open_seat * int(missing @ made.urgency)
        + weights.missing_experience * lacking
    )


def floor(value: float) -> int:
    """Return a bound as whole points; totals are whole, so none can be above it."""
    return math.floor(value + ROUNDING)


def _exactly(board: Board, limits: Limits) -> Found:
    """Decide everything at once; small problems allow it."""
    desk = board.desk()
    start = worth_beside(desk)
    everything = np.arange(len(board.edges))
    chosen = still_possible(desk, board.edges, everything)
    model = model_of(desk, board.edges, chosen, np.arange(len(board.made.posts)))
    answer = model.solved(nodes=limits.nodes)
    for edge in chosen[answer.values[: len(chosen)] > HALF].tolist():
        place(desk, board.edges, edge)
    complete(desk, board.edges, np.arange(len(board.made.posts)))
    return Found(desk, floor(start + answer.bound), model.open_seats(answer), 1)
