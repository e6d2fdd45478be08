"""Who may take which post by everything but what else they do, and what it is worth."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from volunteer_hub.matching.engine.arrays import Bools, Floats, Int32s, Ints, Whole
from volunteer_hub.matching.engine.clashes import Clashes, clash_with, kilometres
from volunteer_hub.matching.engine.compiled import Compiled
from volunteer_hub.matching.engine.desk import Desk
from volunteer_hub.matching.engine.people import People
from volunteer_hub.matching.problem import DAY_MINUTES, Post, Shift
from volunteer_hub.matching.scoring import (
    FAR_KM,
    FIT_AT_REQUIRED_LEVEL,
    FIT_WITHOUT_SKILLS,
    LEVELS_ABOVE_THAT_COUNT,
    SHARE_WITHOUT_WISHES,
    whole,
)

_ROUNDING = 1e-9
_NONE: Ints = np.zeros(0, dtype=np.int64)
_NOBODY: Int32s = np.zeros(0, dtype=np.int32)
_SLACK_KM = 0.01  # the quick look at distances is right to far less than this


@dataclass(frozen=True)
class Mates:
    """How many of each team could be in each shift; a pair of the two is one number."""

    pairs: Ints
    counts: Ints
    teams: int

    def pair(self, made: Compiled, who: Whole, shift: Whole) -> Ints:
        """Return the pair of each person's team and the shift; -1 where they have no team."""
        team = made.people.team[who]
        pair: Ints = np.where(team >= 0, shift * self.teams + team, -1)
        return pair

    def count(self, pair: Ints) -> Ints:
        """Return how many of the team could be in the shift, those who are there not counted."""
        if not len(self.pairs):
            return np.zeros(len(pair), dtype=np.int64)
        place = np.minimum(np.searchsorted(self.pairs, pair), len(self.pairs) - 1)
        counts: Ints = np.where(self.pairs[place] == pair, self.counts[place], 0)
        return counts

    def in_shift(self, shift: int) -> Ints:
        """Return how many of each team could be in a shift."""
        first, last = np.searchsorted(self.pairs, (shift * self.teams, (shift + 1) * self.teams))
        counts: Ints = np.zeros(self.teams, dtype=np.int64)
        counts[self.pairs[first:last] - shift * self.teams] = self.counts[first:last]
        return counts

    def is_there(self, desk: Desk, pair: Ints) -> Bools:
        """Return whether someone of the team is in the shift."""
        shifts = np.unique(pair[pair >= 0] // self.teams).tolist()
        there = [shift * self.teams + desk.teams_in(shift) for shift in shifts]
        return np.isin(pair, np.concatenate(there) if there else _NONE)

    def bonus(self, desk: Desk, who: Whole, shift: Whole) -> Ints:
        """Return what a team makes each assignment worth if somebody else of it is there too."""
        pair = self.pair(desk.made, who, shift)
        counts = (pair >= 0) & ((self.count(pair) > 1) | self.is_there(desk, pair))
        bonus: Ints = np.where(counts, desk.made.weights.team_bonus, 0)
        return bonus


@dataclass(frozen=True)
class Edges:
    """Possible assignments, those of each post together and in the order of the volunteers.

    Attributes:
        post_from: Where the edges of each post start, and the end of the last.
        who: The volunteer of each.
        worth: Its points, whatever else is planned.
        mates: How many of each team could be in each shift.
    """

    post_from: Ints
    who: Int32s
    worth: Int32s
    mates: Mates

    def __len__(self) -> int:
        return len(self.who)

    def posts(self, edges: Whole) -> Ints:
        """Return the posts of some edges."""
        return np.searchsorted(self.post_from, edges, side="right").astype(np.int64) - 1

    def at(self, pairs: Sequence[tuple[int, int]]) -> Ints:
        """Return the edges of some pairs of volunteer and post, in order; all must be there."""
        found = np.zeros(len(pairs), dtype=np.int64)
        for place, (who, post) in enumerate(pairs):
            first, last = self.post_from[post], self.post_from[post + 1]
            found[place] = first + np.searchsorted(self.who[first:last], who)
        return np.sort(found)


def edges_of(made: Compiled, clashes: Clashes) -> Edges:
    """Return every assignment that may be made next to what is accepted or given elsewhere.

    The accepted ones themselves are not among them.
    """
    per_post: list[tuple[Int32s, Int32s]] = [(_NOBODY, _NOBODY)] * len(made.posts)
    barred = _barred(made, clashes)
    for lat, lng, shifts in _by_place(made):
        near = nearby(made, lat, lng)
        for shift in shifts:
            for post, found in _of_shift(made, shift, near, barred.get(shift)):
                per_post[post] = found
    counts = [len(who) for who, _ in per_post]
    who = np.concatenate([who for who, _ in per_post] or [_NOBODY])
    edges = Edges(
        post_from=np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
        who=who,
        mates=_mates(made, [who for who, _ in per_post]),
        worth=np.concatenate([worth for _, worth in per_post] or [_NOBODY]),
    )
    _add_kept_bonus(made, edges)
    return edges


Near = tuple[Ints, Ints]


def _by_place(made: Compiled) -> Iterator[tuple[float | None, float | None, list[int]]]:
    places: dict[tuple[float | None, float | None], list[int]] = defaultdict(list)
    for index, shift in enumerate(made.shifts):
        places[shift.lat, shift.lng].append(index)
    for (lat, lng), shifts in places.items():
        yield lat, lng, shifts


def nearby(made: Compiled, lat: float | None, lng: float | None) -> Near:
    """Return who would come as far as this place, and the points for how near they are."""
    people = made.people
    if lat is None or lng is None:
        everyone = np.arange(len(people))
        return everyone, np.zeros(len(people), dtype=np.int64)
    unknown = np.isnan(people.lat + people.lng)
    # A degree of latitude is a lower bound of the way, and cheap.
    roughly = np.abs(people.lat - lat) * 111.19 <= people.radius_km + _SLACK_KM
    among = np.flatnonzero(roughly | unknown)
    away = kilometres(people.lat[among], people.lng[among], lat, lng)
    is_near = np.isnan(away) | (away <= people.radius_km[among])
    return among[is_near], distance_points(made, away[is_near])


def distance_points(made: Compiled, away: Floats) -> Ints:
    """Return the points for being so many kilometres away; none where that is not known."""
    known = np.where(np.isnan(away), np.inf, away)
    share = np.maximum(0.0, 1 - known / FAR_KM)
    points: Ints = np.floor(made.weights.nearness * share).astype(np.int64)
    return points


def _of_shift(
    made: Compiled, index: int, near: Near, barred: Ints | None
) -> Iterator[tuple[int, tuple[Int32s, Int32s]]]:
    people, shift = made.people, made.shifts[index]
    is_free = able(people, shift)
    if barred is not None:
        is_free[barred] = False
    is_able = is_free[near[0]]
    who = near[0][is_able]
    points = near[1][is_able] + shift_points(made, shift)[who]
    for post in range(made.post_from[index], made.post_from[index + 1]):
        fit = people.qualifies(shift, made.posts[post], who)
        chosen = who[fit]
        worth = points[fit] + fit_points(made, made.posts[post], chosen)
        yield post, (chosen.astype(np.int32), worth.astype(np.int32))


def able(people: People, shift: Shift) -> Bools:
    """Return who could come to the shift, as far as it goes for all its posts and places."""
    midnight = shift.day * DAY_MINUTES
    could = people.is_free(shift.day, shift.start - midnight, shift.end - midnight)
    if shift.day in people.absent:
        could[people.absent[shift.day]] = False
    could &= people.wants_suggestions
    could &= people.rests_until <= shift.start
    could &= ~people.needs_consent | (people.adult_from <= shift.start)
    if people.wants_only_wishes.any():
        could &= ~people.wants_only_wishes | people.wish(shift)
    return could


def shift_points(made: Compiled, shift: Shift) -> Ints:
    """Return everybody's points for themselves and for what they wished."""
    people, most = made.people, made.weights.wish
    wished = np.where(people.wish(shift), most, 0)
    without = whole(most * SHARE_WITHOUT_WISHES)
    points: Ints = people.points + np.where(people.has_wishes, wished, without)
    return points


def fit_points(made: Compiled, post: Post, who: Ints) -> Ints:
    """Return the points of some people for their skills."""
    people, most = made.people, made.weights.fit
    if not post.skills:
        return np.full(len(who), whole(most * FIT_WITHOUT_SKILLS), dtype=np.int64)
    above = np.zeros(len(who))
    for skill, level in post.skills.items():
        over = np.clip(people.level(skill)[who] - level, 0, LEVELS_ABOVE_THAT_COUNT)
        above += over / LEVELS_ABOVE_THAT_COUNT
    share = above / len(post.skills)
    quality = FIT_AT_REQUIRED_LEVEL + (1 - FIT_AT_REQUIRED_LEVEL) * share
    return np.floor(most * quality + _ROUNDING).astype(np.int64)


def _barred(made: Compiled, clashes: Clashes) -> dict[int, Ints]:
    """Return for each shift who said no to it, or does something else at that time already."""
    return by_shift((*refusals_of(made), *elsewhere_of(made), *_accepted(made, clashes)))


def by_shift(pairs: Iterable[tuple[int, int]]) -> dict[int, Ints]:
    """Return the people of pairs of person and shift, by shift."""
    found: dict[int, set[int]] = defaultdict(set)
    for who, shift in pairs:
        found[shift].add(who)
    return {shift: np.array(sorted(people)) for shift, people in found.items()}


def refusals_of(made: Compiled) -> Iterator[tuple[int, int]]:
    """Yield who said no to which shift."""
    shift_at = {shift.id: index for index, shift in enumerate(made.shifts)}
    for volunteer_id, shift_id in made.lookup.declined:
        if volunteer_id in made.volunteer_at and shift_id in shift_at:
            yield made.volunteer_at[volunteer_id], shift_at[shift_id]


def elsewhere_of(made: Compiled) -> Iterator[tuple[int, int]]:
    """Yield who cannot do which shift for what they give elsewhere."""
    known = made.lookup.taken.keys() & made.volunteer_at.keys() if made.shifts else ()
    for volunteer_id in known:
        for stretch in made.lookup.taken[volunteer_id]:
            for shift in np.flatnonzero(clash_with(made, stretch)).tolist():
                yield made.volunteer_at[volunteer_id], shift


def _accepted(made: Compiled, clashes: Clashes) -> Iterator[tuple[int, int]]:
    for who, post in made.pins.tolist():
        for shift in clashes.beside[made.shift_of[post]].tolist():
            yield who, shift


def _mates(made: Compiled, per_post: list[Int32s]) -> Mates:
    teams = int(made.people.team.max(initial=-1)) + 1
    pairs, counts = [_NONE], [_NONE]
    for shift in range(len(made.shifts) if teams else 0):
        found = per_post[made.post_from[shift] : made.post_from[shift + 1]]
        if not found:
            continue
        someone = np.zeros(len(made.people), dtype=np.bool_)
        for who in found:
            someone[who] = True
        team = made.people.team[someone]
        heads = np.bincount(team[team >= 0], minlength=teams)
        there = np.flatnonzero(heads)
        pairs.append(shift * teams + there)
        counts.append(heads[there])
    return Mates(np.concatenate(pairs), np.concatenate(counts), max(teams, 1))


def _add_kept_bonus(made: Compiled, edges: Edges) -> None:
    for who, post in made.previous.tolist():
        first, last = edges.post_from[post], edges.post_from[post + 1]
        found = first + np.searchsorted(edges.who[first:last], who)
        if found < last and edges.who[found] == who:
            edges.worth[found] += made.weights.kept_bonus
