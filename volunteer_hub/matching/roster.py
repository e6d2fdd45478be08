"""A plan in the making: who is where, what may be added, and what each change is worth."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from volunteer_hub.matching.engine.planner import Board
from volunteer_hub.matching.geometry import clashing_stops
from volunteer_hub.matching.problem import WEEK_MINUTES, Pin, Problem, Shift
from volunteer_hub.matching.scoring import is_experienced, next_load, parts_of

Worths = dict[int, int]


class Roster:
    """Assignments that obey the hard rules, with the worth of every change kept as they change.

    ``total`` grows and shrinks with each change exactly as the score of the plan would, so a
    search may try something, look at it, and take it back with ``undo``. ``steps`` counts the
    work done, which unlike the time is the same on every machine.
    """

    def __init__(self, problem: Problem, board: Board | None = None) -> None:
        """Start from the pins alone.

        Args:
            problem: What is to be planned.
            board: The same worked out, if it is at hand.
        """
        board = Board.of(problem) if board is None else board
        self.lookup = lookup = board.made.lookup
        self.weights = lookup.weights
        self.worths: dict[int, Worths] = _worths_by_post(board)
        self.people: dict[int, dict[int, None]] = {post_id: {} for post_id in lookup.posts}
        self.posts_of: dict[int, list[int]] = {each: [] for each in lookup.volunteers}
        self.shift_of: dict[int, Shift] = {each: lookup.shift_of(each) for each in lookup.posts}
        self.experienced = frozenset(
            volunteer.id
            for volunteer in lookup.volunteers.values()
            if is_experienced(lookup.weights, volunteer)
        )
        self.total = 0
        self.steps = 0
        self._fills_to_max = problem.fill_to == "max"
        self._clashing = clashing_stops(lookup.travel, lookup.shifts)
        self._minutes: dict[tuple[int, int], int] = {}
        self._loads: dict[int, int] = dict.fromkeys(lookup.volunteers, 0)
        self._seniors: dict[int, int] = dict.fromkeys(lookup.shifts, 0)
        self._teams: dict[tuple[int, str], int] = {}
        self._journal: list[tuple[bool, int, int]] = []
        self._count_taken()
        for pin in sorted(lookup.pins):
            self.add(*pin)

    def missing(self, post_id: int) -> int:
        """Return how many people the post is short of its minimum."""
        return max(0, self.lookup.posts[post_id].min_people - len(self.people[post_id]))

    def has_spare(self, post_id: int) -> bool:
        """Return whether the post could lose someone and still have its minimum."""
        return len(self.people[post_id]) > self.lookup.posts[post_id].min_people

    def has_room(self, post_id: int) -> bool:
        """Return whether the post may take one more."""
        post = self.lookup.posts[post_id]
        room = post.max_people if self._fills_to_max else post.min_people
        return len(self.people[post_id]) < room

    def urgency(self, post_id: int) -> int:
        """Return how much one open seat of the post weighs."""
        return self.weights.priority[self.shift_of[post_id].priority]

    def lacks_experience(self, post_id: int) -> bool:
        """Return whether one more experienced person would complete the shift of the post."""
        shift = self.shift_of[post_id]
        return self._seniors[shift.id] + 1 == shift.experienced_people

    def is_pinned(self, volunteer_id: int, post_id: int) -> bool:
        """Return whether the volunteer has accepted the post and must stay."""
        return (volunteer_id, post_id) in self.lookup.pins

    def is_free(self, volunteer_id: int, post_id: int, *, without: int | None = None) -> bool:
        """Return whether time and hours let a volunteer take a post, whatever room it has.

        Args:
            volunteer_id: Who would take it.
            post_id: What they would take.
            without: A post of theirs to leave out of account, as if they had left it.
        """
        self.steps += 1
        shift = self.shift_of[post_id]
        minutes = self._minutes.get((volunteer_id, shift.week), 0) + shift.minutes
        clashing = self._clashing[shift.id]
        for other in self.posts_of[volunteer_id]:
            other_shift = self.shift_of[other]
            if other == without:
                minutes -= other_shift.minutes if other_shift.week == shift.week else 0
            elif other_shift.id in clashing:
                return False
        return minutes <= self.lookup.volunteers[volunteer_id].max_minutes_week

    def in_the_way(self, volunteer_id: int, post_id: int) -> Iterator[int]:
        """Yield each post that alone keeps the volunteer from the other one; never a pin."""
        for other in tuple(self.posts_of[volunteer_id]):
            if self.is_pinned(volunteer_id, other):
                continue
            if self.is_free(volunteer_id, post_id, without=other):
                yield other

    def gain(self, volunteer_id: int, post_id: int) -> int:
        """Return what adding the volunteer to the post would change in the total."""
        gain = self.worths[post_id][volunteer_id] + self._seat_gain(post_id)
        gain -= next_load(self.weights, self._loads[volunteer_id])
        if volunteer_id in self.experienced and self.lacks_experience(post_id):
            gain += self.weights.missing_experience
        team = self.lookup.volunteers[volunteer_id].team
        if team and self._teams.get((self.shift_of[post_id].id, team), 0):
            gain += self.weights.team_bonus
        return gain

    def best_addition(self, post_id: int, *, barring: Collection[int] = ()) -> int | None:
        """Return the volunteer whose joining is worth most, if anyone can join.

        Candidates come best first, so the search ends once no later one can be worth more.
        """
        best, best_gain = None, 0
        most_beyond_worth = self._seat_gain(post_id) + self.weights.team_bonus
        if self.lacks_experience(post_id):
            most_beyond_worth += self.weights.missing_experience
        present = self.people[post_id]
        for volunteer_id, worth in self.worths[post_id].items():
            if best is not None and worth + most_beyond_worth <= best_gain:
                break
            if volunteer_id in present or volunteer_id in barring:
                continue
            if not self.is_free(volunteer_id, post_id):
                continue
            gain = self.gain(volunteer_id, post_id)
            if best is None or gain > best_gain:
                best, best_gain = volunteer_id, gain
        return best

    def add(self, volunteer_id: int, post_id: int) -> None:
        """Put a volunteer into a post."""
        self.total += self.gain(volunteer_id, post_id)
        self._count(volunteer_id, post_id, 1)
        self.people[post_id][volunteer_id] = None
        self.posts_of[volunteer_id].append(post_id)
        self._journal.append((True, volunteer_id, post_id))

    def remove(self, volunteer_id: int, post_id: int) -> None:
        """Take a volunteer out of a post."""
        del self.people[post_id][volunteer_id]
        self.posts_of[volunteer_id].remove(post_id)
        self._count(volunteer_id, post_id, -1)
        self.total -= self.gain(volunteer_id, post_id)
        self._journal.append((False, volunteer_id, post_id))

    def mark(self) -> int:
        """Return a mark to which ``undo`` can go back."""
        return len(self._journal)

    def undo(self, mark: int) -> None:
        """Take back every change made since the mark."""
        while len(self._journal) > mark:
            was_added, volunteer_id, post_id = self._journal.pop()
            (self.remove if was_added else self.add)(volunteer_id, post_id)
            self._journal.pop()

    def assignments(self) -> tuple[Pin, ...]:
        """Return who is where, in order."""
        return tuple(sorted(Pin(who, post) for post, all_ in self.people.items() for who in all_))

    def _seat_gain(self, post_id: int) -> int:
        if self.missing(post_id):
            return self.weights.open_seat * self.urgency(post_id)
        return -self.weights.extra_cost

    def _count(self, volunteer_id: int, post_id: int, change: int) -> None:
        shift = self.shift_of[post_id]
        week = (volunteer_id, shift.week)
        self._minutes[week] = self._minutes.get(week, 0) + change * shift.minutes
        self._loads[volunteer_id] += change
        if volunteer_id in self.experienced:
            self._seniors[shift.id] += change
        team = self.lookup.volunteers[volunteer_id].team
        if team:
            self._teams[shift.id, team] = self._teams.get((shift.id, team), 0) + change

    def _count_taken(self) -> None:
        for volunteer_id, stretches in self.lookup.taken.items():
            if volunteer_id not in self._loads:
                continue
            self._loads[volunteer_id] += len(stretches)
            for stretch in stretches:
                week = (volunteer_id, stretch.start // WEEK_MINUTES)
                minutes = stretch.end - stretch.start
                self._minutes[week] = self._minutes.get(week, 0) + minutes


def _worths_by_post(board: Board) -> dict[int, Worths]:
    """Return for every post what each possible volunteer is worth in it, the best first.

    Pinned volunteers are in it whether or not they meet the conditions. Equal worth goes by id.
    """
    made, edges = board.made, board.edges
    lookup, people = made.lookup, made.people.everyone
    pinned: dict[int, Worths] = {}
    for pin in lookup.pins:
        parts = parts_of(
            lookup.weights,
            lookup.volunteers[pin.volunteer_id],
            lookup.shift_of(pin.post_id),
            lookup.posts[pin.post_id],
        )
        kept = lookup.weights.kept_bonus if pin in lookup.previous else 0
        pinned.setdefault(pin.post_id, {})[pin.volunteer_id] = parts.total + kept
    worths = {}
    for index, post in enumerate(made.posts):
        here = slice(edges.post_from[index], edges.post_from[index + 1])
        pairs = zip(edges.who[here].tolist(), edges.worth[here].tolist(), strict=True)
        worth = {people[who].id: points for who, points in pairs} | pinned.get(post.id, {})
        worths[post.id] = dict(sorted(worth.items(), key=lambda item: (-item[1], item[0])))
    return {post_id: worths[post_id] for post_id in lookup.posts}
