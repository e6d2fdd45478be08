"""Filling what is open one seat after another: the first plan, and the last step of every plan."""

from __future__ import annotations

import numpy as np

from volunteer_hub.matching.engine.arrays import Bools, Ints
from volunteer_hub.matching.engine.desk import Desk
from volunteer_hub.matching.engine.edges import Edges

_NEVER = np.int64(-(2**62))


def complete(desk: Desk, edges: Edges, posts: Ints) -> None:
    """Fill posts to their minimums as far as people are free, then on while it is worth it."""
    order = urgent_first(desk, edges, posts)
    for post in order:
        _fill(desk, edges, post, int(desk.made.least[post]))
    for post in order:
        _fill(desk, edges, post, int(desk.made.room[post]), only_gains=True)


def urgent_first(desk: Desk, edges: Edges, posts: Ints) -> list[int]:
    """Return posts in the order in which they choose: the most urgent and scarcest first."""
    made = desk.made
    candidates = edges.post_from[posts + 1] - edges.post_from[posts]
    scarcity = candidates / np.maximum(made.least[posts], 1)
    order: list[int] = posts[np.lexsort((posts, scarcity, -made.urgency[posts]))].tolist()
    return order


def fill_minimums(desk: Desk, edges: Edges, posts: list[int]) -> None:
    """Fill posts to their minimums, in this order."""
    for post in posts:
        _fill(desk, edges, post, int(desk.made.least[post]))


def _fill(desk: Desk, edges: Edges, post: int, wanted: int, *, only_gains: bool = False) -> None:
    made, heads = desk.made, int(desk.heads[post])
    if heads >= min(wanted, int(made.room[post])):
        return
    first, last = edges.post_from[post], edges.post_from[post + 1]
    shift = int(made.shift_of[post])
    who = edges.who[first:last].astype(np.int64)
    is_free = desk.free(shift, who)
    who = who[is_free]
    worth = edges.worth[first:last][is_free] - made.load_cost(desk.load[who])
    worth += np.where(desk.beside_mates(shift, who), made.weights.team_bonus, 0)
    seats = min(wanted, int(made.room[post])) - heads
    for _ in range(min(seats, len(who))):
        best = int(np.argmax(_with_experience(desk, shift, who, worth)))
        gain = _with_experience(desk, shift, who[best : best + 1], worth[best : best + 1])[0]
        if gain <= (made.weights.extra_cost if only_gains else _NEVER // 2):
            return
        desk.add(int(who[best]), post)
        worth[best] = _NEVER
        worth[_new_mates(desk, shift, who, best)] += made.weights.team_bonus


def _with_experience(desk: Desk, shift: int, who: Ints, worth: Ints) -> Ints:
    if not desk.lacks_experience(shift):
        return worth
    bonus = desk.made.weights.missing_experience
    return worth + np.where(desk.made.people.is_experienced[who], bonus, 0)


def _new_mates(desk: Desk, shift: int, who: Ints, best: int) -> Bools:
    """Return who gets a team mate by the one just added."""
    team = desk.made.people.team
    mine = int(team[who[best]])
    is_first = mine >= 0 and desk.mates[shift][mine] == 1
    mates: Bools = (team[who] == mine) & is_first
    return mates
