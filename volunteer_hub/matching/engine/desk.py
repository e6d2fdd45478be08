"""Who is where so far, counted in all the ways that matter for one more."""

from __future__ import annotations

from itertools import chain

import numpy as np

from volunteer_hub.matching.engine.arrays import Bools, Ints, Whole
from volunteer_hub.matching.engine.clashes import Clashes
from volunteer_hub.matching.engine.compiled import Compiled
from volunteer_hub.matching.problem import WEEK_MINUTES, Pin


class Desk:
    """Assignments made so far, from the accepted ones on.

    Attributes:
        heads: People in each post.
        load: What each volunteer does, in this problem and elsewhere.
        seniors: Experienced people in each shift.
        minutes: What each volunteer gives in each week.
        crew: The people of each shift.
        mates: People of each team in each shift, where there are any.
    """

    def __init__(self, made: Compiled, clashes: Clashes) -> None:
        """Start from what is accepted or given elsewhere."""
        people = len(made.people)
        self.made, self.clashes = made, clashes
        self.heads: Ints = np.zeros(len(made.posts), dtype=np.int64)
        self.load: Ints = np.zeros(people, dtype=np.int64)
        self.seniors: Ints = np.zeros(len(made.shifts), dtype=np.int64)
        self.minutes: Ints = np.zeros((people, made.weeks), dtype=np.int64)
        self.crew: list[list[int]] = [[] for _ in made.shifts]
        self.mates: list[dict[int, int]] = [{} for _ in made.shifts]
        self.placed: dict[tuple[int, int], None] = {}
        self._shift_of: list[int] = made.shift_of.tolist()
        self._lasts: list[int] = made.minutes.tolist()
        self._week: list[int] = made.week.tolist()
        self._team: list[int] = made.people.team.tolist()
        self._is_senior: list[bool] = made.people.is_experienced.tolist()
        self._count_taken()
        self.pinned = frozenset((who, post) for who, post in made.pins.tolist())
        for who, post in sorted(self.pinned):
            self.add(who, post)

    def add(self, who: int, post: int) -> None:
        """Put a volunteer into a post."""
        self.placed[who, post] = None
        self.crew[self._shift_of[post]].append(who)
        self._count(who, post, 1)

    def remove(self, who: int, post: int) -> None:
        """Take a volunteer out of a post."""
        del self.placed[who, post]
        self.crew[self._shift_of[post]].remove(who)
        self._count(who, post, -1)

    def is_free(self, who: int, post: int) -> bool:
        """Return whether time and hours let a volunteer take a post."""
        shift = self._shift_of[post]
        spent = self.minutes[who, self._week[shift]] + self._lasts[shift]
        if spent > self.made.people.cap[who]:
            return False
        return all(who not in self.crew[other] for other in self.clashes.beside[shift])

    def free(self, shift: int, who: Whole) -> Bools:
        """Return which of some people could take a post of a shift, by time and hours."""
        people = self.made.people
        spent = self.minutes[who, self._week[shift]] + self._lasts[shift]
        is_free: Bools = spent <= people.cap[who]
        crews = [self.crew[other] for other in self.clashes.beside[shift].tolist()]
        if any(crews):
            busy = np.zeros(len(people), dtype=np.bool_)
            busy[np.fromiter(chain.from_iterable(crews), np.int64)] = True
            is_free &= ~busy[who]
        return is_free

    def lacks_experience(self, shift: int) -> bool:
        """Return whether one more experienced person would complete a shift."""
        return bool(self.seniors[shift] + 1 == self.made.need[shift])

    def beside_mates(self, shift: int, who: Whole) -> Bools:
        """Return which of some people have team mates in a shift."""
        return np.isin(self.made.people.team[who], self.teams_in(shift))

    def assignments(self) -> tuple[Pin, ...]:
        """Return who is where by their ids, in order."""
        people, posts = self.made.people.everyone, self.made.posts
        return tuple(sorted(Pin(people[who].id, posts[post].id) for who, post in self.placed))

    def teams_in(self, shift: int) -> Ints:
        """Return the teams that have someone in a shift."""
        there = [team for team, count in self.mates[shift].items() if count]
        return np.array(there, dtype=np.int64)

    def _count(self, who: int, post: int, change: int) -> None:
        shift = self._shift_of[post]
        self.heads[post] += change
        self.load[who] += change
        self.minutes[who, self._week[shift]] += change * self._lasts[shift]
        if self._is_senior[who]:
            self.seniors[shift] += change
        team = self._team[who]
        if team >= 0:
            mates = self.mates[shift]
            mates[team] = mates.get(team, 0) + change

    def _count_taken(self) -> None:
        made = self.made
        for volunteer_id, stretches in made.lookup.taken.items():
            who = made.volunteer_at.get(volunteer_id)
            if who is None:
                continue
            self.load[who] += len(stretches)
            for stretch in stretches:
                week = stretch.start // WEEK_MINUTES - made.first_week
                if 0 <= week < made.weeks:
                    self.minutes[who, week] += stretch.end - stretch.start
