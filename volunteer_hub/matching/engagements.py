"""What everyone already does, by given assignments and elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from volunteer_hub.matching.conditions import Condition, unmet
from volunteer_hub.matching.geometry import Stop, clash
from volunteer_hub.matching.lookup import Lookup
from volunteer_hub.matching.problem import Pin, Post, Volunteer
from volunteer_hub.matching.scoring import Parts, next_load, parts_of


class Engagements:
    """Assignments taken as given, asked what they mean for one more."""

    def __init__(self, lookup: Lookup, assignments: Iterable[Pin]) -> None:
        """Take some assignments as given, the pins or those of a plan."""
        self.lookup = lookup
        self._posts: dict[int, list[int]] = {}
        self._teams: dict[int, list[tuple[int, str]]] = {}
        for volunteer_id, post_id in sorted(assignments):
            self._posts.setdefault(volunteer_id, []).append(post_id)
            team = lookup.volunteers[volunteer_id].team
            if team:
                mates = self._teams.setdefault(lookup.posts[post_id].shift_id, [])
                mates.append((volunteer_id, team))

    def holds(self, volunteer_id: int, post_id: int) -> bool:
        """Return whether the volunteer is in the post."""
        return post_id in self._posts.get(volunteer_id, ())

    def heads(self, post_id: int) -> int:
        """Return how many people are in the post."""
        return sum(post_id in posts for posts in self._posts.values())

    def unmet(self, volunteer: Volunteer, post: Post) -> tuple[Condition, ...]:
        """Return every condition the volunteer fails for the post, next to all they do."""
        return unmet(self.lookup, volunteer, post, self.stops(volunteer, post))

    def stops(self, volunteer: Volunteer, besides: Post) -> list[Stop]:
        """Return what the volunteer does besides this post, here and elsewhere."""
        stops: list[Stop] = list(self.lookup.taken.get(volunteer.id, ()))
        stops += [self.lookup.shift_of(post_id) for post_id in self._others(volunteer, besides)]
        return stops

    def shifts_in_the_way(self, volunteer: Volunteer, post: Post) -> tuple[int, ...]:
        """Return the shifts of the volunteer that clash with the post."""
        shift = self.lookup.shifts[post.shift_id]
        others = (self.lookup.shift_of(post_id) for post_id in self._others(volunteer, post))
        return tuple(other.id for other in others if clash(self.lookup.travel, shift, other))

    def team_mates(self, volunteer: Volunteer, post: Post) -> int:
        """Return how many others of the volunteer's team are in the same shift."""
        mates = self._teams.get(post.shift_id, ())
        return sum(team == volunteer.team and who != volunteer.id for who, team in mates)

    def parts(self, volunteer: Volunteer, post: Post) -> Parts:
        """Return what the volunteer is worth in the post, next to all that is given."""
        weights = self.lookup.weights
        elsewhere = len(self.lookup.taken.get(volunteer.id, ()))
        busy = elsewhere + sum(1 for _ in self._others(volunteer, post))
        is_kept = Pin(volunteer.id, post.id) in self.lookup.previous
        return replace(
            parts_of(weights, volunteer, self.lookup.shifts[post.shift_id], post),
            kept=weights.kept_bonus if is_kept else 0,
            team=weights.team_bonus if self.team_mates(volunteer, post) else 0,
            load=-next_load(weights, busy),
        )

    def _others(self, volunteer: Volunteer, besides: Post) -> Iterator[int]:
        return (each for each in self._posts.get(volunteer.id, ()) if each != besides.id)
