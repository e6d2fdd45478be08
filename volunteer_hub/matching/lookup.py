"""A problem with its parts found by id."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from volunteer_hub.matching.problem import Declined, Pin, Post, Problem, Shift, Taken, Volunteer
from volunteer_hub.matching.weights import Travel, Weights

Part = TypeVar("Part", Volunteer, Shift, Post)


class MalformedProblemError(ValueError):
    """Two parts share an id, or one names a part that is not there."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """The parts of one problem by id, each mapping in the order of the ids."""

    volunteers: dict[int, Volunteer]
    shifts: dict[int, Shift]
    posts: dict[int, Post]
    taken: dict[int, list[Taken]]
    pins: frozenset[Pin]
    previous: frozenset[Pin]
    declined: frozenset[Declined]
    weights: Weights
    travel: Travel

    @classmethod
    def of(cls, problem: Problem) -> Lookup:
        """Return the parts of a problem by id.

        Raises:
            MalformedProblemError: The parts do not belong together.
        """
        lookup = cls(
            volunteers=_by_id(problem.volunteers),
            shifts=_by_id(problem.shifts),
            posts=_by_id(problem.posts),
            taken=_taken_by_volunteer(problem.taken),
            pins=frozenset(problem.pins),
            previous=frozenset(problem.previous),
            declined=frozenset(problem.declined),
            weights=problem.weights,
            travel=problem.travel,
        )
        lookup._refuse_strangers()
        return lookup

    def shift_of(self, post_id: int) -> Shift:
        """Return the shift a post belongs to."""
        return self.shifts[self.posts[post_id].shift_id]

    def posts_of_shifts(self) -> dict[int, list[Post]]:
        """Return the posts of every shift that has any."""
        posts: dict[int, list[Post]] = {}
        for post in self.posts.values():
            posts.setdefault(post.shift_id, []).append(post)
        return posts

    def _refuse_strangers(self) -> None:
        strangers = (
            {post.shift_id for post in self.posts.values()} - self.shifts.keys()
            or {pin.post_id for pin in self.pins} - self.posts.keys()
            or {pin.volunteer_id for pin in self.pins} - self.volunteers.keys()
        )
        if strangers:
            raise MalformedProblemError(f"not in the problem: {sorted(strangers)}")


def _by_id(parts: Iterable[Part]) -> dict[int, Part]:
    ordered = sorted(parts, key=lambda part: part.id)
    by_id = {part.id: part for part in ordered}
    if len(by_id) < len(ordered):
        raise MalformedProblemError("two parts share an id")
    return by_id


def _taken_by_volunteer(taken: Iterable[Taken]) -> dict[int, list[Taken]]:
    by_volunteer: dict[int, list[Taken]] = {}
    for stretch in sorted(taken, key=lambda each: (each.volunteer_id, each.start, each.end)):
        by_volunteer.setdefault(stretch.volunteer_id, []).append(stretch)
    return by_volunteer
