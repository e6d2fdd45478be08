"""The best plan in fractions, over all possible assignments, from programmes over few of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from volunteer_hub.matching.engine.arrays import Floats, Ints
from volunteer_hub.matching.engine.desk import Desk
from volunteer_hub.matching.engine.edges import Edges
from volunteer_hub.matching.engine.highs import Answer
from volunteer_hub.matching.engine.model import Model, model_of
from volunteer_hub.matching.engine.prices import Excess, Prices
from volunteer_hub.matching.progress import Stage, Watch, unwatched

_TOLERANCE = 1e-6
BEST_AT_FIRST = 5
BEST_LATER = 8
NEARLY_WORTH_IT = 40.0


@dataclass(frozen=True)
class Sifted:
    """What came out.

    Attributes:
        values: How much of each of the model's edges is in the plan.
        worth: What the answer adds to what was given.
        bound: What no plan can add more than.
        open_seats: Weighted seats the answer leaves open.
    """

    model: Model
    answer: Answer
    values: Floats
    worth: float
    bound: float
    open_seats: float
    rounds: int

    def worth_trying(self) -> Ints:
        """Return the edges that are in the answer or not far from it."""
        edges = self.model.edges
        return edges[self.answer.margins[: len(edges)] > -NEARLY_WORTH_IT]


@dataclass(frozen=True)
class Scope:
    """The part of the whole that is planned: some shifts with all their posts."""

    shifts: Ints
    posts: Ints

    @classmethod
    def of(cls, desk: Desk, shifts: Ints) -> Scope:
        """Return the scope of some shifts in order."""
        return cls(shifts, np.flatnonzero(np.isin(desk.made.shift_of, shifts)))


def sifted(  # noqa: PLR0913 - one programme in full
    desk: Desk,
    edges: Edges,
    scope: Scope,
    seeds: Ints,
    *,
    rounds: int,
    close_enough: float,
    watch: Watch = unwatched,
) -> Sifted:
    """Return the best plan in fractions next to what is given.

    Args:
        desk: What is taken as given.
        edges: All possible assignments.
        scope: Which part is planned.
        seeds: Edges of a plan to begin with.
        rounds: The most programmes to solve.
        close_enough: Stop when the bound is so near, as a share of the points of the answer.
        watch: Told before each programme.
    """
    chosen = np.union1d(_first_choice(desk, edges, scope), seeds).astype(np.int64)
    bound = np.inf
    for number in range(1, rounds + 1):
        watch(Stage.SIFTING, number)
        model = model_of(desk, edges, chosen, scope.posts)
        answer = model.solved()
        over, more = _missing(Prices(desk, edges, model, answer), chosen, scope, number)
        bound = min(bound, answer.worth + over)
        points = abs(answer.worth + _lost(desk, model, answer))
        if bound - answer.worth <= close_enough * points or not len(more) or number == rounds:
            break
        chosen = np.union1d(chosen, more)
    values = answer.values[: len(chosen)]
    return Sifted(
        model,
        answer,
        values,
        answer.worth,
        float(bound),
        model.open_seats(answer),
        number,
    )


def _lost(desk: Desk, model: Model, answer: Answer) -> float:
    """Return the points an answer loses to open seats and missing experience."""
    first = len(model.edges)
    posts, shifts = len(model.posts), len(model.shifts)
    gain, values = model.programme.gain, answer.values
    lacks = first + 2 * posts
    return -float(
        gain[first : first + posts] @ values[first : first + posts]
        + gain[lacks : lacks + shifts] @ values[lacks : lacks + shifts]
    )


def _first_choice(desk: Desk, edges: Edges, scope: Scope) -> Ints:
    """Return the best few edges of each post."""
    made, found = desk.made, []
    for shift in scope.shifts.tolist():
        for post in range(made.post_from[shift], made.post_from[shift + 1]):
            first, last = edges.post_from[post], edges.post_from[post + 1]
            free = first + np.flatnonzero(desk.free(shift, edges.who[first:last]))
            wanted = BEST_AT_FIRST + 2 * int(made.room[post])
            worth = edges.worth[free] - made.load_cost(desk.load[edges.who[free]])
            found.append(free[_largest(worth, wanted)])
    return np.sort(np.concatenate(found)) if found else np.zeros(0, dtype=np.int64)


def _largest(values: Floats | Ints, count: int) -> Ints:
    if len(values) <= count:
        return np.arange(len(values))
    return np.argpartition(-values, count - 1)[:count].astype(np.int64)


def _missing(prices: Prices, chosen: Ints, scope: Scope, number: int) -> tuple[float, Ints]:
    """Return what the edges left out would add at most, and the most promising of them."""
    desk, edges = prices.desk, prices.edges
    people = len(desk.made.people)
    excess, found = Excess(desk), [np.zeros(0, dtype=np.int64)]
    best: Floats = np.zeros(people)
    best_edge: Ints = np.full(people, -1, dtype=np.int64)
    for addition in prices.additions(scope.shifts):
        worth = addition.worth
        last = addition.first + len(worth)
        known = slice(*np.searchsorted(chosen, (addition.first, last)))
        worth[chosen[known] - addition.first] = 0.0
        gainful = np.flatnonzero(worth > _TOLERANCE)
        if not len(gainful):
            continue
        numbers = addition.first + gainful
        found.extend(_best_of_each_post(edges, numbers, worth[gainful], BEST_LATER * (1 + number)))
        who = edges.who[numbers].astype(np.int64)
        excess.add(addition.shift, who, worth[gainful])
        order = np.argsort(worth[gainful], kind="stable")
        better = order[worth[gainful][order] > best[who[order]]]
        best[who[better]] = worth[gainful][better]
        best_edge[who[better]] = numbers[better]
    found.append(best_edge[best_edge >= 0])
    return excess.total(), np.unique(np.concatenate(found))


def _best_of_each_post(edges: Edges, numbers: Ints, worth: Floats, count: int) -> list[Ints]:
    posts = edges.posts(numbers)
    cuts = np.flatnonzero(np.diff(posts)) + 1
    pieces = zip(np.split(numbers, cuts), np.split(worth, cuts), strict=True)
    return [each[_largest(values, count)] for each, values in pieces]
