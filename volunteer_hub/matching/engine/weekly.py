"""Very large problems, week by week; only what people do in all weeks together ties these.

Each week is planned next to what the others look like so far, at first the plan of the greedy, so
that people who are busy in another week are dear in this one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from volunteer_hub.matching.engine.arrays import Floats, Ints, runs_of
from volunteer_hub.matching.engine.complete import complete
from volunteer_hub.matching.engine.desk import Desk
from volunteer_hub.matching.engine.edges import Edges
from volunteer_hub.matching.engine.prices import Prices
from volunteer_hub.matching.engine.residual import refill, rounded
from volunteer_hub.matching.engine.sifting import Scope, Sifted, sifted
from volunteer_hub.matching.progress import Watch, unwatched


@dataclass(frozen=True)
class Week:
    """One week's answer in fractions."""

    scope: Scope
    found: Sifted


def planned_by_week(
    desk: Desk,
    edges: Edges,
    *,
    rounds: int,
    nodes: int,
    close_enough: float,
    watch: Watch = unwatched,
) -> list[Week]:
    """Plan every week anew, one after the other.

    Args:
        desk: A plan of everything; it is changed.
        edges: All possible assignments.
        rounds: The most programmes for each week.
        nodes: How far decisions about whole people branch.
        close_enough: When a week's bound is near enough.
        watch: Told before each programme.
    """
    made, weeks = desk.made, []
    for number in range(made.weeks):
        scope = Scope.of(desk, np.flatnonzero(made.week == number))
        if not len(scope.posts):
            continue
        seeds = _cleared(desk, edges, scope)
        found = sifted(
            desk, edges, scope, seeds, rounds=rounds, close_enough=close_enough, watch=watch
        )
        weeks.append(Week(scope, found))
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


def bound_of(start: Desk, edges: Edges, weeks: list[Week]) -> float:
    """Return what no plan can add to what is given, from the prices of all weeks.

    Everything has the price it had in its week but people's time: each would take the best of what
    all weeks offer at these prices, every further assignment costing more load.

    Args:
        start: Only what is accepted or given elsewhere.
        edges: All possible assignments.
        weeks: The answers of the weeks.
    """
    offers = [offer for week in weeks for offer in _offers(start, edges, week)]
    return sum(_fixed_worth(week) for week in weeks) + _taken_best(start, offers)


def _offers(start: Desk, edges: Edges, week: Week) -> Iterator[tuple[int, Ints, Floats]]:
    """Yield by shift whom it is worth something to, at the prices of the week."""
    prices = Prices(start, edges, week.found.model, week.found.answer)
    prices.of_person = np.zeros_like(prices.of_person)
    for addition in prices.additions(week.scope.shifts):
        gainful = np.flatnonzero(addition.worth > 0)
        if len(gainful):
            who = edges.who[addition.first + gainful].astype(np.int64)
            yield addition.shift, who, addition.worth[gainful]


def _taken_best(start: Desk, offers: list[tuple[int, Ints, Floats]]) -> float:
    if not offers:
        return 0.0
    made = start.made
    who = np.concatenate([each[1] for each in offers])
    worth = np.concatenate([each[2] for each in offers])
    shift = np.repeat([each[0] for each in offers], [len(each[1]) for each in offers])
    key = who * made.weeks + made.week[shift]
    order = np.lexsort((-worth, key))
    starts, counts = runs_of(key[order])
    shortest = np.minimum.reduceat(made.minutes[shift[order]], starts)
    person, week = who[order[starts]], made.week[shift[order[starts]]]
    times = (made.people.cap[person] - start.minutes[person, week]) // np.maximum(shortest, 1)
    rank = np.arange(len(order)) - np.repeat(starts, counts)
    kept = order[rank < np.repeat(np.maximum(times, 1), counts)]
    kept = kept[np.lexsort((-worth[kept], who[kept]))]
    starts, counts = runs_of(who[kept])
    before = start.load[who[kept]] + np.arange(len(kept)) - np.repeat(starts, counts)
    return float(np.maximum(worth[kept] - made.load_cost(before), 0.0).sum())


def _fixed_worth(week: Week) -> float:
    """Return what the rows and the other columns are worth at the prices, but for the load."""
    model, answer = week.found.model, week.found.answer
    programme, rows = model.programme, answer.prices.copy()
    rows[model.at()["load"]] = 0.0
    rows[np.isinf(programme.high)] = np.minimum(rows[np.isinf(programme.high)], 0.0)
    rows[np.isinf(programme.low)] = np.maximum(rows[np.isinf(programme.low)], 0.0)
    # At its price a row is full: from above if it has an upper limit, from below otherwise.
    limit = np.where(rows > 0, programme.high, programme.low)
    charged = np.repeat(rows, np.diff(programme.row_from)) * programme.value
    margin = programme.gain - np.bincount(programme.column, charged, len(programme.gain))
    others = slice(len(model.edges), None)
    room = np.where(np.isinf(programme.at_most[others]), 0.0, programme.at_most[others])
    priced = rows != 0
    return float(rows[priced] @ limit[priced] + np.maximum(margin[others], 0.0) @ room)
