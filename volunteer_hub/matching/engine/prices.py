"""What every possible assignment would add to a plan, by the prices of a linear programme.

Whatever the prices, the worth of the programme and all that the assignments outside it would add
by them make a bound that no plan can exceed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from volunteer_hub.matching.engine.arrays import Floats, Ints, runs_of
from volunteer_hub.matching.engine.desk import Desk
from volunteer_hub.matching.engine.edges import Edges
from volunteer_hub.matching.engine.highs import Answer
from volunteer_hub.matching.engine.model import Model
from volunteer_hub.matching.engine.rows import AT_LEAST, CLASHING, LIFTED, MINUTES


@dataclass(frozen=True)
class Addition:
    """The edges from ``first`` on, all of one shift, and what each would add."""

    shift: int
    first: int
    worth: Floats


class Prices:
    """The prices of one answer, charged shift by shift."""

    def __init__(self, desk: Desk, edges: Edges, model: Model, answer: Answer) -> None:
        """Sort the prices by what they are about."""
        self.desk, self.edges, self.model = desk, edges, model
        made, at = desk.made, model.at()
        prices = answer.prices
        self.of_post: Floats = np.zeros(len(made.posts))
        self.of_post[model.posts] = prices[at["posts"]]
        self.of_experience: Floats = np.zeros(len(made.shifts))
        self.of_experience[model.shifts] = prices[at["shifts"]]
        self.of_person: Floats = made.load_cost(desk.load).astype(np.float64)
        self.of_person[model.loaded] += prices[at["load"]]
        self._sort_rows(np.maximum(prices[at["rows"]], 0.0))
        self._sort_mates(np.maximum(-prices[at["mates"]], 0.0))
        self._weeks: dict[tuple[int, int], Floats] = {}

    def additions(self, shifts: Ints) -> Iterator[Addition]:
        """Yield what the edges of each shift would add."""
        made, edges = self.desk.made, self.edges
        for shift in shifts.tolist():
            posts = np.arange(made.post_from[shift], made.post_from[shift + 1])
            if not len(posts):
                continue
            first, last = edges.post_from[posts[0]], edges.post_from[posts[-1] + 1]
            if first == last:
                continue
            who = edges.who[first:last].astype(np.int64)
            counts = np.diff(edges.post_from[posts[0] : posts[-1] + 2])
            worth: Floats = edges.worth[first:last] - self._charge(shift)[who]
            worth -= np.repeat(self.of_post[posts], counts)
            worth[~self.desk.free(shift, who)] = -np.inf
            yield Addition(shift, int(first), worth + self._mates(shift, who))

    def _charge(self, shift: int) -> Floats:
        """Return what each person would have to pay to be in a shift."""
        made = self.desk.made
        lasts, week = int(made.minutes[shift]), int(made.week[shift])
        charge = self._week(week, lasts).copy()
        if self.of_experience[shift]:
            charge[made.people.is_experienced] += self.of_experience[shift]
        clashes = self.desk.clashes
        for group in clashes.group[clashes.group_from[shift] : clashes.group_from[shift + 1]]:
            rows = self._of_group.get(int(group))
            if rows is not None:
                counted = (self.kind[rows] == CLASHING) | (
                    (self.week[rows] == week)
                    & (self.least[rows] <= lasts)
                    & (self.beyond[rows] >= lasts)
                )
                np.add.at(charge, self.who[rows[counted]], self.price[rows[counted]])
        return charge

    def _week(self, week: int, lasts: int) -> Floats:
        """Return what each person pays for so many minutes in a week, their load included."""
        found = self._weeks.get((week, lasts))
        if found is None:
            found = self.of_person.copy()
            here = self._of_week.get(week, _NONE)
            kind = self.kind[here]
            is_counted = ((kind == LIFTED) & (self.beyond[here] < lasts)) | (
                (kind == AT_LEAST) & (self.least[here] <= lasts)
            )
            np.add.at(found, self.who[here[is_counted]], self.price[here[is_counted]])
            plain = here[kind == MINUTES]
            np.add.at(found, self.who[plain], self.price[plain] * lasts)
            self._weeks[week, lasts] = found
        return found

    def _sort_rows(self, prices: Floats) -> None:
        rows = self.model.rows
        dear = np.flatnonzero(prices > 0)
        self.kind, self.who, self.group = rows.kind[dear], rows.who[dear], rows.group[dear]
        self.week, self.least, self.beyond = rows.week[dear], rows.least[dear], rows.beyond[dear]
        self.price = prices[dear]
        in_group = np.flatnonzero(self.kind <= LIFTED)
        in_week = np.flatnonzero(self.kind >= LIFTED)
        self._of_group = _by_key(self.group[in_group], in_group)
        self._of_week = _by_key(self.week[in_week], in_week)

    def _sort_mates(self, prices: Floats) -> None:
        """Share out what the known members of each team and shift leave of the bonus."""
        mates, bonus = self.edges.mates, float(self.desk.made.weights.team_bonus)
        self._bonus = bonus
        pairs = self.model.mates[:, 0]
        starts, counts = runs_of(pairs)
        known = pairs[starts]
        used = np.add.reduceat(prices, starts) if len(starts) else np.zeros(0)
        others = np.maximum(mates.count(known) - counts, 1)
        self._pairs, self._rest = known, np.maximum(bonus - used, 0.0) / others
        people = max(len(self.desk.made.people), 1)
        self._member = pairs * people + self.model.mates[:, 1]
        self._member_price, self._people = prices, people

    def _mates(self, shift: int, who: Ints) -> Floats:
        """Return the bonus of each for their team, less what its first one there takes back."""
        mates, team = self.edges.mates, self.desk.made.people.team[who]
        added: Floats = np.zeros(len(who))
        mine = np.flatnonzero(team >= 0)
        if not self._bonus or not len(mine):
            return added
        price = self._bonus / np.maximum(mates.in_shift(shift), 1)
        first, last = np.searchsorted(self._pairs, (shift * mates.teams, (shift + 1) * mates.teams))
        price[self._pairs[first:last] - shift * mates.teams] = self._rest[first:last]
        price[self.desk.teams_in(shift)] = 0.0
        added[mine] = self._bonus - price[team[mine]]
        self._charge_members(shift, who, added)
        return added

    def _charge_members(self, shift: int, who: Ints, added: Floats) -> None:
        """Charge those whose price is known by themselves."""
        width = self.edges.mates.teams * self._people
        first, last = np.searchsorted(self._member, (shift * width, (shift + 1) * width))
        if first == last:
            return
        price: Floats = np.full(self._people, -1.0)
        price[self._member[first:last] % self._people] = self._member_price[first:last]
        known = np.flatnonzero(price[who] >= 0)
        added[known] = self._bonus - price[who[known]]


class Excess:
    """What assignments would add by prices, no person counted for more than they could do."""

    def __init__(self, desk: Desk) -> None:
        """Start with nothing."""
        self._desk = desk
        self._who: list[Ints] = []
        self._worth: list[Floats] = []
        self._shifts: list[tuple[int, int]] = []

    def add(self, shift: int, who: Ints, worth: Floats) -> None:
        """Take in assignments to a shift that would add something."""
        self._who.append(who)
        self._worth.append(worth)
        self._shifts.append((shift, len(who)))

    def total(self) -> float:
        """Return what all of it can add at most.

        In a week somebody can do as many shifts as the shortest of theirs goes into their hours,
        each worth the best of them at most.
        """
        if not self._who:
            return 0.0
        made, worth = self._desk.made, np.concatenate(self._worth)
        who = np.concatenate(self._who)
        shift = np.repeat(*np.array(self._shifts, dtype=np.int64).T)
        key = who * made.weeks + made.week[shift]
        order = np.argsort(key, kind="stable")
        starts, _ = runs_of(key[order])
        sums = np.add.reduceat(worth[order], starts)
        best = np.maximum.reduceat(worth[order], starts)
        shortest = np.minimum.reduceat(made.minutes[shift[order]], starts)
        person, week = who[order[starts]], made.week[shift[order[starts]]]
        left = made.people.cap[person] - self._desk.minutes[person, week]
        times = np.maximum(left // np.maximum(shortest, 1), 1)
        return float(np.minimum(sums, times * best).sum())


_NONE: Ints = np.zeros(0, dtype=np.int64)


def _by_key(keys: Ints, entries: Ints) -> dict[int, Ints]:
    order = np.argsort(keys, kind="stable")
    starts, counts = runs_of(keys[order])
    return {
        int(keys[order[start]]): entries[order[start : start + count]]
        for start, count in zip(starts.tolist(), counts.tolist(), strict=True)
    }
