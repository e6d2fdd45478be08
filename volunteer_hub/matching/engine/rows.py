"""What one person can do together, as rows of a linear programme that cut close to the truth.

Every row says that some of a person's possible assignments may be taken at most so often:

- of shifts that all clash, one;
- of those at least ``d`` minutes long, together with everything of the week too long to go with
  them, one (the lifting that makes the bound on open seats tight);
- of those of a week at least ``t`` minutes long, as many as go into the hours left;
- the minutes of a week themselves.

A row is known by what it is about and not by its entries, so that its price can be charged to
assignments that are not in the programme yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from volunteer_hub.matching.engine.arrays import (
    Bools,
    Floats,
    Ints,
    mixed,
    runs_of,
    spread_of,
)
from volunteer_hub.matching.engine.desk import Desk

CLASHING: Final = 0
LIFTED: Final = 1
AT_LEAST: Final = 2
MINUTES: Final = 3


@dataclass(frozen=True)
class Rows:
    """Rows, and the entries of each in a table of row, column and value.

    Attributes:
        kind: Which of the four each row is.
        who: Whom it is about.
        group: The clashing shifts it is about, for the first two kinds.
        week: The week it is about, for all but the first.
        least: The shortest shift it counts, in minutes.
        beyond: Lifted rows also count whatever of the week is longer than this.
        most: How often, or how many minutes.
    """

    kind: Ints
    who: Ints
    group: Ints
    week: Ints
    least: Ints
    beyond: Ints
    most: Ints
    row: Ints
    column: Ints
    value: Floats

    def __len__(self) -> int:
        return len(self.kind)


@dataclass(frozen=True)
class _Batch:
    """Rows of one kind while they are being made; entries are in the order of the rows."""

    head: Ints  # one row of the table each: kind, who, group, week, least, beyond, most
    row: Ints
    column: Ints
    value: Floats


def rows_of(desk: Desk, who: Ints, shift: Ints) -> Rows:
    """Return the rows for possible assignments of these people to these shifts.

    Args:
        desk: What is taken as given; it uses up hours.
        who: The person of each.
        shift: The shift of each.
    """
    work = _Work(desk, who, shift)
    groups = _without_needless(work.groups())
    singles = _joined([_of_several(groups), work.lifted(groups), work.single_at_least()])
    singles = _without_needless(singles)
    batch = _joined([singles, work.several_at_least(), work.minutes()])
    kind, person, group, week, least, beyond, most = batch.head.T
    return Rows(
        kind, person, group, week, least, beyond, most, batch.row, batch.column, batch.value
    )


class _Work:
    """The assignments in question, sorted in the two ways the rows need."""

    def __init__(self, desk: Desk, who: Ints, shift: Ints) -> None:
        made, clashes = desk.made, desk.clashes
        self.who, self.lasts, self.week = who, made.minutes[shift], made.week[shift]
        self.counts_in = clashes.group_from[shift + 1] - clashes.group_from[shift]
        self.group = clashes.group[spread_of(clashes.group_from[shift], self.counts_in)]
        self.left = made.people.cap[who] - desk.minutes[who, self.week]
        self.scale = int(self.lasts.max()) + 2 if len(who) else 2
        self._sort_weeks(made.weeks)

    def _sort_weeks(self, weeks: int) -> None:
        """Put the assignments of one person in one week together, the longest first."""
        key = self.who * weeks + self.week
        order = np.lexsort((-self.lasts, key))
        starts, counts = runs_of(key[order])
        spent = np.add.reduceat(self.lasts[order], starts) if len(starts) else starts
        is_tight = spent > self.left[order[starts]]
        self.order, self.starts, self.counts = order, starts[is_tight], counts[is_tight]
        place = np.cumsum(is_tight) - 1
        place[~is_tight] = -1
        run = np.repeat(np.arange(len(starts)), counts)
        self.week_at = np.empty(len(order), dtype=np.int64)
        self.week_at[order] = place[run]
        # Grows with the week and, inside it, as the assignments get shorter.
        ranks = place[run] * self.scale + (self.scale - 1 - self.lasts[order])
        self.ranks = ranks[is_tight[run]]
        self.tight = order[is_tight[run]]
        self.tight_from = np.concatenate(([0], np.cumsum(self.counts))).astype(np.int64)

    def groups(self) -> _Batch:
        """Return what each person has in each group of clashing shifts, be it a single one."""
        member = np.repeat(np.arange(len(self.who)), self.counts_in)
        key = self.who[member] * (int(self.group.max(initial=0)) + 1) + self.group
        order = np.argsort(key, kind="stable")
        starts, counts = runs_of(key[order])
        first = order[starts]
        head = _heads(CLASHING, self.who[member[first]], group=self.group[first])
        return _batch(head, counts, member[order])

    def lifted(self, groups: _Batch) -> _Batch:
        """For each person and group, and each length that a shift of theirs in it has."""
        inside = np.flatnonzero(self.week_at[groups.column] >= 0)
        edge, row = groups.column[inside], groups.row[inside]
        order = np.lexsort((-self.lasts[edge], self.week_at[edge], row))
        edge, row = edge[order], row[order]
        week, group = self.week_at[edge], groups.head[row, 2]
        key = row * (len(self.starts) + 1) + week
        starts, counts = runs_of(key)
        begin = np.repeat(starts, counts)
        last = self._last_of_each_length(edge, key, begin)
        own = last - begin[last] + 1
        least, left = self.lasts[edge[last]], self.left[edge[last]]
        beyond = np.maximum(np.maximum(left - least, left // 2), 0)
        others = self._longer_than(week[last], beyond)
        keep = (others > 0) & (own + others > 1)
        last, own, others = last[keep], own[keep], others[keep]
        head = _heads(
            LIFTED,
            self.who[edge[last]],
            group=group[last],
            week=self.week[edge[last]],
            least=least[keep],
            beyond=beyond[keep],
        )
        rows = np.concatenate([np.repeat(np.arange(len(last)), n) for n in (own, others)])
        from_week = self.tight[spread_of(self.tight_from[week[last]], others)]
        found = np.concatenate([edge[spread_of(begin[last], own)], from_week])
        return _distinct(head, rows, found)

    def _last_of_each_length(self, edge: Ints, key: Ints, begin: Ints) -> Ints:
        """Return where the shifts of each length end, once for each set of shifts so far."""
        is_last = np.ones(len(edge), dtype=np.bool_)
        is_last[:-1] = (key[1:] != key[:-1]) | (self.lasts[edge[1:]] != self.lasts[edge[:-1]])
        last = np.flatnonzero(is_last)
        marks = np.concatenate(([np.uint64(0)], np.cumsum(mixed(edge), dtype=np.uint64)))
        _, first = np.unique(marks[last + 1] - marks[begin[last]], return_index=True)
        found: Ints = np.sort(last[first])
        return found

    def _longer_than(self, week: Ints, minutes: Ints) -> Ints:
        bound = week * self.scale + np.maximum(self.scale - 1 - minutes, 0)
        found = np.searchsorted(self.ranks, bound, side="left") - self.tight_from[week]
        counts: Ints = np.maximum(found, 0)
        return counts

    def single_at_least(self) -> _Batch:
        return self._at_least(once=True)

    def several_at_least(self) -> _Batch:
        return self._at_least(once=False)

    def _at_least(self, *, once: bool) -> _Batch:
        week = self.ranks // self.scale
        lasts = self.lasts[self.tight]
        is_last = np.ones(len(week), dtype=np.bool_)
        is_last[:-1] = self.ranks[1:] != self.ranks[:-1]
        last = np.flatnonzero(is_last)
        count = last - self.tight_from[week[last]] + 1
        most = self.left[self.tight[last]] // np.maximum(lasts[last], 1)
        keep = (count > most) & ((most == 1) if once else (most > 1))
        last, count, most = last[keep], count[keep], most[keep]
        edge = self.tight[last]
        head = _heads(
            AT_LEAST, self.who[edge], week=self.week[edge], least=self.lasts[edge], most=most
        )
        return _batch(head, count, self.tight[spread_of(self.tight_from[week[last]], count)])

    def minutes(self) -> _Batch:
        """The plain rows, where not all shifts of the week are as long as one another."""
        if not len(self.tight):
            return _batch(_heads(MINUTES, self.tight), self.counts[:0], self.tight)
        longest = self.lasts[self.tight[self.tight_from[:-1]]]
        shortest = self.lasts[self.tight[self.tight_from[1:] - 1]]
        keep = longest > shortest
        first = self.tight[self.tight_from[:-1][keep]]
        head = _heads(
            MINUTES, self.who[first], week=self.week[first], most=np.maximum(self.left[first], 0)
        )
        entries = self.tight[spread_of(self.tight_from[:-1][keep], self.counts[keep])]
        return _batch(head, self.counts[keep], entries, self.lasts[entries].astype(np.float64))


def _heads(kind: int, who: Ints, **named: Ints) -> Ints:
    table = np.zeros((len(who), 7), dtype=np.int64)
    table[:, 0], table[:, 1], table[:, 6] = kind, who, 1
    for place, name in enumerate(("group", "week", "least", "beyond", "most"), start=2):
        if name in named:
            table[:, place] = named[name]
    return table


def _batch(head: Ints, counts: Ints, columns: Ints, values: Floats | None = None) -> _Batch:
    rows = np.repeat(np.arange(len(head)), counts)
    return _Batch(head, rows, columns, np.ones(len(columns)) if values is None else values)


def _distinct(head: Ints, rows: Ints, columns: Ints) -> _Batch:
    """Return rows whose entries were gathered from several places, each entry once."""
    scale = int(columns.max(initial=0)) + 1
    keys = np.unique(rows * scale + columns)
    return _Batch(head, keys // scale, keys % scale, np.ones(len(keys)))


def _joined(batches: list[_Batch]) -> _Batch:
    before = np.cumsum([0] + [len(each.head) for each in batches])
    return _Batch(
        np.concatenate([each.head for each in batches]),
        np.concatenate([each.row + n for each, n in zip(batches, before, strict=False)]),
        np.concatenate([each.column for each in batches]),
        np.concatenate([each.value for each in batches]),
    )


def _kept(batch: _Batch, keep: Bools) -> _Batch:
    numbers = np.cumsum(keep) - 1
    entries = keep[batch.row]
    return _Batch(
        batch.head[keep],
        numbers[batch.row[entries]],
        batch.column[entries],
        batch.value[entries],
    )


def _without_needless(batch: _Batch) -> _Batch:
    """Return rows of "at most one" without those another row says already."""
    marks = np.zeros(len(batch.head), dtype=np.uint64)
    np.add.at(marks, batch.row, mixed(batch.column))
    _, first = np.unique(marks, return_index=True)
    keep = np.zeros(len(batch.head), dtype=np.bool_)
    keep[first] = True
    batch = _kept(batch, keep)
    return _kept(batch, ~_inside_another(batch))


def _of_several(batch: _Batch) -> _Batch:
    return _kept(batch, np.bincount(batch.row, minlength=len(batch.head)) > 1)


def _inside_another(batch: _Batch) -> Bools:
    """Return which rows have all their entries in a larger row."""
    size = np.bincount(batch.row, minlength=len(batch.head))
    needless = np.zeros(len(batch.head), dtype=np.bool_)
    if not len(needless):
        return needless
    one, other = _suspects(batch, size)
    scale = int(batch.column.max()) + 1
    known = np.sort(batch.row * scale + batch.column)
    by_row = np.argsort(batch.row, kind="stable")
    first = np.concatenate(([0], np.cumsum(size)[:-1]))
    wanted = batch.column[by_row[spread_of(first[one], size[one])]]
    keys = np.repeat(other, size[one]) * scale + wanted
    place = np.minimum(np.searchsorted(known, keys), len(known) - 1)
    pair = np.repeat(np.arange(len(one)), size[one])
    shared = np.bincount(pair, weights=known[place] == keys, minlength=len(one))
    needless[one[shared == size[one]]] = True
    return needless


def _suspects(batch: _Batch, size: Ints) -> tuple[Ints, Ints]:
    """Return pairs of a row and a larger one that holds the entry of it that the fewest have."""
    by_column = np.argsort(batch.column, kind="stable")
    starts, counts = runs_of(batch.column[by_column])
    popular = np.empty(len(batch.column), dtype=np.int64)
    popular[by_column] = np.repeat(counts, counts)
    opened = np.empty(len(batch.column), dtype=np.int64)
    opened[by_column] = np.repeat(starts, counts)
    order = np.lexsort((popular, batch.row))
    entry = order[np.concatenate(([0], np.cumsum(size)[:-1]))]
    one = np.repeat(np.arange(len(size)), popular[entry])
    other = batch.row[by_column[spread_of(opened[entry], popular[entry])]]
    is_larger = size[other] > size[one]
    return one[is_larger], other[is_larger]
