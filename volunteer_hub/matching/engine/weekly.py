"""Very large problems, week by week; only what people do in all weeks together ties these.

Each week is planned next to what the others look like so far, at first the plan of the greedy, so
that people who are busy in another week are dear in this one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from volunteer_hub.matching.engine.arrays import Floats, Ints
from volunteer_hub.matching.engine.complete import complete
from volunteer_hub.matching.engine.desk import Desk
from volunteer_hub.matching.engine.edges import Edges
from volunteer_hub.matching.engine.prices import Prices
from volunteer_hub.matching.engine.residual import refill, rounded
from volunteer_hub.matching.engine.sifting import Scope, Sifted, sifted
from volunteer_hub.matching.scoring import LOAD_STEPS


@dataclass(frozen=True)
class Week:
    """One week's answer in fractions, and what each person's load cost in it."""

    scope: Scope
    found: Sifted
    load_price: Floats


def planned_by_week(
    desk: Desk, edges: Edges, *, rounds: int, nodes: int, close_enough: float
) -> list[Week]:
    """Plan every week anew, one after the other.

    Args:
        desk: A plan of everything; it is changed.
        edges: All possible assignments.
        rounds: The most programmes for each week.
        nodes: How far decisions about whole people branch.
        close_enough: When a week's bound is near enough.
    """
    made, weeks = desk.made, []
    for number in range(made.weeks):
        scope = Scope.of(desk, np.flatnonzero(made.week == number))
        if not len(scope.posts):
            continue
        seeds = _cleared(desk, edges, scope)
        found = sifted(desk, edges, scope, seeds, rounds=rounds, close_enough=close_enough)
        weeks.append(Week(scope, found, _load_price(desk, found)))
        rounded(desk, edges, found, nodes=nodes)
        complete(desk, edges, scope.posts)
        refill(desk, edges, found, nodes=nodes)
    return weeks


def _cleared(desk: Desk, edges: Edges, scope: Scope) -> Ints:
    """Take everybody out of a week who has not accepted, and return where they were."""
    wanted = set(scope.posts.tolist())
    pairs = [pair for pair in desk.placed if pair[1] in wanted and pair not in desk.pinned]
    for who, post in pairs:
        desk.remove(who, post)
    return edges.at(pairs)


def _load_price(desk: Desk, found: Sifted) -> Floats:
    price = desk.made.load_cost(desk.load).astype(np.float64)
    price[found.model.loaded] += found.answer.prices[found.model.at()["load"]]
    return price


def bound_of(start: Desk, edges: Edges, final: Desk, weeks: list[Week]) -> float:
    """Return what no plan can add to what is given, from the prices of all weeks.

    With one price per assignment of a person for all weeks, the weeks have nothing to do with one
    another; what the price takes too much is given back as if the load were just what suits it.

    Args:
        start: Only what is accepted or given elsewhere.
        edges: All possible assignments.
        final: The plan, from which the price of each person's load is guessed.
        weeks: The answers of the weeks.
    """
    price = _common_price(start, final, weeks)
    given_back = _conjugate(start, price)
    return given_back + sum(_bound_of_week(start, edges, week, price) for week in weeks)


def _common_price(start: Desk, final: Desk, weeks: list[Week]) -> Floats:
    mean: Floats = np.mean([week.load_price for week in weeks], axis=0)
    low = start.made.load_cost(np.maximum(final.load - 1, 0))
    price: Floats = np.clip(mean, low, start.made.load_cost(final.load))
    return price


def _conjugate(start: Desk, price: Floats) -> float:
    """Return the most the prices of a person's assignments can exceed what their load costs."""
    most: Floats = np.zeros(len(price))
    sums: Floats = np.zeros(len(price))
    for further in range(LOAD_STEPS):
        sums = sums + price - start.made.load_cost(start.load + further)
        most = np.maximum(most, sums)
    return float(most.sum())


def _bound_of_week(start: Desk, edges: Edges, week: Week, price: Floats) -> float:
    model, answer = week.found.model, week.found.answer
    prices = Prices(start, edges, model, answer)
    prices.of_person = price
    over = 0.0
    for addition in prices.additions(week.scope.shifts):
        over += float(np.maximum(addition.worth, 0.0).sum())
    programme, rows = model.programme, answer.prices.copy()
    rows[model.at()["load"]] = 0.0
    rows[np.isinf(programme.high)] = np.minimum(rows[np.isinf(programme.high)], 0.0)
    rows[np.isinf(programme.low)] = np.maximum(rows[np.isinf(programme.low)], 0.0)
    # At its price a row is full: from above if it has an upper limit, from below otherwise.
    limit = np.where(rows > 0, programme.high, programme.low)
    worth = float(rows[rows != 0] @ limit[rows != 0])
    charged = np.repeat(rows, np.diff(programme.row_from)) * programme.value
    margin = programme.gain - np.bincount(programme.column, charged, len(programme.gain))
    others = slice(len(model.edges), None)
    gainful = np.maximum(margin[others], 0.0)
    room = np.where(np.isinf(programme.at_most[others]), 0.0, programme.at_most[others])
    return worth + over + float(gainful @ room)
