"""The assignments still possible, next to what is taken as given, as a linear programme."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from volunteer_hub.matching.engine.arrays import Bools, Floats, Ints, pointers, runs_of
from volunteer_hub.matching.engine.desk import Desk
from volunteer_hub.matching.engine.edges import Edges
from volunteer_hub.matching.engine.highs import Answer, Programme, optimum
from volunteer_hub.matching.engine.rows import Rows, rows_of
from volunteer_hub.matching.scoring import LOAD_STEPS

SEAT_OVER_BEST = 5.0
SHIFT_OVER_BEST = 4.0


@dataclass(frozen=True)
class Model:
    """A programme, and which of its rows and columns stand for what.

    The columns are the edges, then for each post the seats left open and those beyond the
    minimum, then for each shift in ``shifts`` whether it lacks experience, then the rest.

    Attributes:
        edges: The possible assignments in it.
        posts: The posts in it.
        urgency: What an open seat of each weighs.
        shifts: The shifts in it that still lack experienced people.
        loaded: The volunteers whose load has a row.
        rows: What one person can do together.
        mates: For each row about team mates, the pair of team and shift and the person.
    """

    programme: Programme
    edges: Ints
    posts: Ints
    urgency: Ints
    shifts: Ints
    loaded: Ints
    rows: Rows
    mates: Ints

    def solved(self, *, nodes: int | None = None) -> Answer:
        """Return the best answer in fractions, or in whole numbers within so many nodes."""
        if nodes is None:
            return optimum(self.programme, first=self._in_softer_tiers())
        return optimum(_in_whole_numbers(self), nodes=nodes)

    def _in_softer_tiers(self) -> Floats:
        """Return gains by which open seats weigh just enough to come first.

        The answer is nearly always the same, and found in half the time when much stays open.
        """
        gain = self.programme.gain.copy()
        first, posts = len(self.edges), len(self.posts)
        best = float(gain[:first].max(initial=1.0))
        seats, lacks = slice(first, first + posts), slice(first + 2 * posts, None)
        lightest = -gain[seats].max(initial=-np.inf)
        if np.isfinite(lightest) and lightest > SEAT_OVER_BEST * best:
            gain[seats] *= SEAT_OVER_BEST * best / lightest
        few = gain[lacks][: len(self.shifts)]
        np.maximum(few, -SHIFT_OVER_BEST * best, out=few)
        return gain

    def open_seats(self, answer: Answer) -> float:
        """Return the seats an answer leaves open, each times its urgency."""
        first = len(self.edges)
        return float(self.urgency @ answer.values[first : first + len(self.posts)])

    def worth_of(self, desk: Desk, edges: Edges, taken: Floats) -> float:
        """Return what an answer in whole people is worth, everything else being at its best."""
        gain, where = self.programme.gain, self.edges
        post = np.searchsorted(self.posts, edges.posts(where))
        posts, lacks = len(self.posts), len(where) + 2 * len(self.posts)
        missing = self.programme.low[:posts] - np.bincount(post, taken, posts)
        others = np.concatenate(
            [taken, np.maximum(missing, 0), np.maximum(-missing, 0), np.zeros(len(self.shifts))]
        )
        at, filled = self.at(), self._row_sums(taken)
        lacking = filled[at["shifts"]] < self.programme.low[at["shifts"]]
        others[lacks:] = lacking
        worth = float(gain[: len(others)] @ others)
        return worth - self._load(desk, filled[at["load"]]) - self._first_mates(desk, filled)

    def _row_sums(self, taken: Floats) -> Floats:
        programme = self.programme
        row = np.repeat(np.arange(len(programme.low)), np.diff(programme.row_from))
        here = programme.column < len(taken)
        weights = programme.value[here] * taken[programme.column[here]]
        sums: Floats = np.bincount(row[here], weights, len(programme.low)).astype(np.float64)
        return sums

    def _load(self, desk: Desk, further: Floats) -> float:
        before, cost = desk.load[self.loaded], 0.0
        base = desk.made.load_cost(before)
        for step in range(1, int(further.max(initial=0))):
            more = (desk.made.load_cost(before + step) - base) @ (further > step)
            cost += float(more)
        return cost

    def _first_mates(self, desk: Desk, filled: Floats) -> float:
        there = self.mates[filled[self.at()["mates"]] < 0, 0]
        return float(desk.made.weights.team_bonus * len(np.unique(there)))

    def at(self) -> dict[str, slice]:
        """Return where the rows of each kind are."""
        places, first = {}, 0
        for name, count in (
            ("posts", len(self.posts)),
            ("shifts", len(self.shifts)),
            ("load", len(self.loaded)),
            ("rows", len(self.rows)),
            ("mates", len(self.mates)),
        ):
            places[name] = slice(first, first + count)
            first += count
        return places


class _Table:
    """A programme in the making: columns and rows are added a batch at a time."""

    def __init__(self) -> None:
        self.columns = self.rows = 0
        self.gain: list[Floats] = []
        self.at_most: list[Floats] = []
        self.bounds: list[tuple[Floats, Floats]] = []
        self.entries: list[tuple[Ints, Ints, Floats]] = []

    def add_columns(self, gain: Floats | Ints, at_most: Floats | Ints) -> Ints:
        self.gain.append(np.asarray(gain, dtype=np.float64))
        self.at_most.append(np.asarray(at_most, dtype=np.float64))
        self.columns += len(gain)
        return np.arange(self.columns - len(gain), self.columns)

    def add_rows(self, low: Floats | Ints, high: Floats | Ints) -> Ints:
        self.bounds.append((np.asarray(low, np.float64), np.asarray(high, np.float64)))
        self.rows += len(low)
        return np.arange(self.rows - len(low), self.rows)

    def enter(self, rows: Ints, columns: Ints, values: Floats | Ints | float) -> None:
        self.entries.append((rows, columns, np.broadcast_to(np.float64(values), rows.shape)))

    def programme(self) -> Programme:
        rows = np.concatenate([each[0] for each in self.entries])
        order = np.argsort(rows, kind="stable")
        return Programme(
            gain=np.concatenate(self.gain),
            at_most=np.concatenate(self.at_most),
            low=np.concatenate([each[0] for each in self.bounds]),
            high=np.concatenate([each[1] for each in self.bounds]),
            row_from=pointers(rows, self.rows),
            column=np.concatenate([each[1] for each in self.entries])[order],
            value=np.concatenate([each[2] for each in self.entries])[order],
        )


def model_of(desk: Desk, edges: Edges, chosen: Ints, posts: Ints) -> Model:
    """Return the model of some edges over some posts.

    Args:
        desk: What is taken as given.
        edges: All possible assignments.
        chosen: Those in the model; each must be possible by itself next to what is given.
        posts: The posts in the model; all posts of the chosen edges are among them.
    """
    table, made = _Table(), desk.made
    who = edges.who[chosen].astype(np.int64)
    post = edges.posts(chosen)
    shift = made.shift_of[post]
    gain = edges.worth[chosen].astype(np.int64) - made.load_cost(desk.load[who])
    gain += edges.mates.bonus(desk, who, shift)
    columns = table.add_columns(gain, np.ones(len(chosen)))
    _add_posts(table, desk, posts, post, columns)
    shifts = _add_experience(table, desk, posts, (who, shift, columns))
    loaded = _add_load(table, desk, who, columns)
    rows = rows_of(desk, who, shift)
    numbers = table.add_rows(np.full(len(rows), -np.inf), rows.most)
    table.enter(numbers[rows.row], columns[rows.column], rows.value)
    mates = _add_mates(table, desk, edges, who, shift)
    urgency = made.urgency[posts]
    return Model(table.programme(), chosen, posts, urgency, shifts, loaded, rows, mates)


def _add_posts(table: _Table, desk: Desk, posts: Ints, post: Ints, columns: Ints) -> None:
    made = desk.made
    missing = np.maximum(made.least[posts] - desk.heads[posts], 0)
    spare = made.room[posts] - np.maximum(desk.heads[posts], made.least[posts])
    weight = -made.weights.open_seat * made.urgency[posts]
    left_open = table.add_columns(weight, missing)
    beyond = table.add_columns(
        np.full(len(posts), -float(made.weights.extra_cost)), np.maximum(spare, 0)
    )
    rows = table.add_rows(missing, missing)
    table.enter(rows[np.searchsorted(posts, post)], columns, 1)
    table.enter(rows, left_open, 1)
    table.enter(rows, beyond, -1)


def _add_experience(table: _Table, desk: Desk, posts: Ints, found: tuple[Ints, Ints, Ints]) -> Ints:
    made, (who, shift, columns) = desk.made, found
    shifts = np.unique(made.shift_of[posts])
    shifts = shifts[desk.seniors[shifts] < made.need[shifts]]
    lacking = made.need[shifts] - desk.seniors[shifts]
    lacks = table.add_columns(
        np.full(len(shifts), -float(made.weights.missing_experience)), np.ones(len(shifts))
    )
    rows = table.add_rows(lacking, np.full(len(shifts), np.inf))
    table.enter(rows, lacks, lacking)
    is_senior = made.people.is_experienced[who] & np.isin(shift, shifts)
    table.enter(rows[np.searchsorted(shifts, shift[is_senior])], columns[is_senior], 1)
    return shifts


def _add_load(table: _Table, desk: Desk, who: Ints, columns: Ints) -> Ints:
    """Let each further assignment of a person cost more than the one before."""
    made = desk.made
    order = np.argsort(who, kind="stable")
    starts, counts = runs_of(who[order])
    person = who[order[starts]] if len(starts) else starts
    before = np.minimum(desk.load[person], LOAD_STEPS)
    is_more = (counts > 1) & (before < LOAD_STEPS) if made.weights.load_step else counts < 0
    loaded, before, counts = person[is_more], before[is_more], counts[is_more]
    rows = table.add_rows(np.full(len(loaded), -np.inf), np.ones(len(loaded)))
    is_theirs = np.isin(who, loaded)
    table.enter(rows[np.searchsorted(loaded, who[is_theirs])], columns[is_theirs], 1)
    for step in range(1, LOAD_STEPS + 1):
        has = (counts > step) & (before + step <= LOAD_STEPS)
        is_last = (before[has] + step == LOAD_STEPS) | (counts[has] == step + 1)
        cost = made.weights.load_step * step
        further = table.add_columns(np.full(has.sum(), -float(cost)), np.where(is_last, np.inf, 1))
        table.enter(rows[has], further, -1)
    return loaded


def _add_mates(table: _Table, desk: Desk, edges: Edges, who: Ints, shift: Ints) -> Ints:
    """Take the bonus back for the first member of each team in a shift.

    One column for the first one there, and one row for each member, whatever their posts.
    """
    made = desk.made
    pair = edges.mates.pair(made, who, shift)
    fresh = np.flatnonzero((pair >= 0) & ~edges.mates.is_there(desk, pair))
    fresh = fresh[edges.mates.count(pair[fresh]) > 1]
    if not made.weights.team_bonus or not len(fresh):
        return np.zeros((0, 2), dtype=np.int64)
    people = len(made.people)
    members, row = np.unique(pair[fresh] * people + who[fresh], return_inverse=True)
    pairs, place = np.unique(members // people, return_inverse=True)
    first = table.add_columns(
        np.full(len(pairs), -float(made.weights.team_bonus)), np.ones(len(pairs))
    )
    rows = table.add_rows(np.zeros(len(members)), np.full(len(members), np.inf))
    table.enter(rows, first[place], 1)
    table.enter(rows[row], fresh, -1)
    return np.stack([pairs[place], members % people], axis=1)


def _in_whole_numbers(model: Model) -> Programme:
    programme = model.programme
    is_whole: Bools = np.zeros(len(programme.gain), dtype=np.bool_)
    first = len(model.edges)
    is_whole[:first] = True
    lacks = first + 2 * len(model.posts)
    is_whole[lacks : lacks + len(model.shifts)] = True
    return Programme(
        programme.gain,
        programme.at_most,
        programme.low,
        programme.high,
        programme.row_from,
        programme.column,
        programme.value,
        is_whole,
    )
