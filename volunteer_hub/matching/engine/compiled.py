"""A problem as arrays: shifts in the order of time, posts in the order of their shifts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from volunteer_hub.matching.engine.arrays import Floats, Ints, pointers
from volunteer_hub.matching.engine.people import People, columns_of
from volunteer_hub.matching.lookup import Lookup
from volunteer_hub.matching.problem import DAY_MINUTES, WEEK_MINUTES, Pin, Post, Problem, Shift
from volunteer_hub.matching.scoring import LOAD_STEPS
from volunteer_hub.matching.weights import Travel, Weights


@dataclass(frozen=True)
class Compiled:
    """Indices stand for ids throughout: volunteers by id, shifts by time, posts by shift.

    Attributes:
        post_from: Where the posts of each shift start, and the end of the last.
        room: The most people each post may be filled to.
        urgency: What an open seat of the post weighs.
        need: Experienced people each shift should have.
    """

    lookup: Lookup
    people: People
    shifts: list[Shift]
    posts: list[Post]
    start: Ints
    end: Ints
    week: Ints
    shift_of: Ints
    post_from: Ints
    least: Ints
    room: Ints
    urgency: Ints
    need: Ints

    @property
    def weights(self) -> Weights:
        """What counts how much."""
        return self.lookup.weights

    @property
    def travel(self) -> Travel:
        """How fast people travel."""
        return self.lookup.travel

    @property
    def minutes(self) -> Ints:
        """How long each shift lasts."""
        return self.end - self.start

    @cached_property
    def weeks(self) -> int:
        """How many weeks there are; the first is the one with the first shift."""
        return int(self.week.max()) + 1 if len(self.week) else 1

    @cached_property
    def first_week(self) -> int:
        """Which week of the horizon the first week here is."""
        return int(self.start.min()) // WEEK_MINUTES if len(self.start) else 0

    @cached_property
    def day(self) -> Ints:
        """The day each shift starts on."""
        return self.start // DAY_MINUTES

    @cached_property
    def volunteer_at(self) -> dict[int, int]:
        """The index of each volunteer's id."""
        return {one.id: index for index, one in enumerate(self.people.everyone)}

    @cached_property
    def post_at(self) -> dict[int, int]:
        """The index of each post's id."""
        return {post.id: index for index, post in enumerate(self.posts)}

    @cached_property
    def pins(self) -> Ints:
        """Accepted assignments, as rows of volunteer and post."""
        return self._pairs(self.lookup.pins)

    @cached_property
    def previous(self) -> Ints:
        """Live proposals, as rows of volunteer and post; those of people who left are dropped."""
        return self._pairs(self.lookup.previous)

    def _pairs(self, pairs: Iterable[Pin]) -> Ints:
        found = sorted(
            (self.volunteer_at[who], self.post_at[what])
            for who, what in pairs
            if who in self.volunteer_at and what in self.post_at
        )
        return np.array(found, dtype=np.int64).reshape(len(found), 2)

    def load_cost(self, load: Ints | Floats) -> Ints:
        """Return what one more assignment costs those who have so many."""
        cost: Ints = self.weights.load_step * np.minimum(load, LOAD_STEPS).astype(np.int64)
        return cost


def compiled(problem: Problem) -> Compiled:
    """Return a problem as arrays.

    Raises:
        MalformedProblemError: The parts do not belong together.
    """
    lookup = Lookup.of(problem)
    people = columns_of(list(lookup.volunteers.values()), lookup.weights)
    shifts = sorted(lookup.shifts.values(), key=lambda shift: (shift.start, shift.end, shift.id))
    place = {shift.id: index for index, shift in enumerate(shifts)}
    posts = sorted(lookup.posts.values(), key=lambda post: (place[post.shift_id], post.id))
    shift_of = np.array([place[post.shift_id] for post in posts], dtype=np.int64)
    start = np.array([shift.start for shift in shifts], dtype=np.int64)
    least = np.array([post.min_people for post in posts], dtype=np.int64)
    most = np.array([post.max_people for post in posts], dtype=np.int64)
    priority = lookup.weights.priority
    weeks = start // WEEK_MINUTES
    return Compiled(
        lookup=lookup,
        people=people,
        shifts=shifts,
        posts=posts,
        start=start,
        end=np.array([shift.end for shift in shifts], dtype=np.int64),
        week=weeks - (weeks.min() if len(weeks) else 0),
        shift_of=shift_of,
        post_from=pointers(shift_of, len(shifts)),
        least=least,
        room=most if problem.fill_to == "max" else np.minimum(least, most),
        urgency=np.array([priority[shifts[each].priority] for each in shift_of], dtype=np.int64),
        need=np.array([shift.experienced_people for shift in shifts], dtype=np.int64),
    )
