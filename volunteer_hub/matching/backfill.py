"""Who takes a place that has become free, within a millisecond and without touching a promise."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from volunteer_hub.matching.engine.arrays import Ints
from volunteer_hub.matching.engine.live import Live

TRIED: Final = 60  # people who would have to leave another post


@dataclass(frozen=True, slots=True)
class Move:
    """Someone who comes to a post, from another one or from none."""

    volunteer_id: int
    to_post: int
    from_post: int | None = None


def backfill(live: Live, post_id: int, *, exclude: Collection[int] = ()) -> tuple[Move, ...]:
    """Return the moves that fill one place of a post best; none where nobody can come.

    Someone who is free comes first. Failing that, someone moves over from a place they have not
    accepted yet, if that one can be done without or filled in turn; this only to reach a minimum.

    Args:
        live: Who is where; it stays as it is.
        post_id: The post with the free place.
        exclude: Volunteers who are not to be thought of, such as the one who has just declined.
    """
    barred = frozenset(live.made.volunteer_at[each] for each in exclude)
    index = live.made.post_at[post_id]
    if live.desk.heads[index] >= live.made.room[index]:
        return ()
    able = _able(live, index, barred)
    best = _best_free(live, index, able)
    if best is not None:
        return (_move(live, best, index),)
    if live.desk.heads[index] >= live.made.least[index]:
        return ()  # nobody is moved for a place beyond the minimum
    return _chain(live, index, able, barred)


def carry_out(live: Live, moves: Collection[Move]) -> None:
    """Make the moves on the plan at hand, so that the next question knows of them."""
    made = live.made
    for move in moves:
        if move.from_post is not None:
            live.leave(made.volunteer_at[move.volunteer_id], made.post_at[move.from_post])
    for move in moves:
        live.join(made.volunteer_at[move.volunteer_id], made.post_at[move.to_post])


def leave(live: Live, volunteer_id: int, post_id: int) -> None:
    """Take someone who cannot come out of the plan at hand."""
    live.leave(live.made.volunteer_at[volunteer_id], live.made.post_at[post_id])


def _move(live: Live, who: int, to_post: int, from_post: int | None = None) -> Move:
    people, posts = live.made.people.everyone, live.made.posts
    left = None if from_post is None else posts[from_post].id
    return Move(people[who].id, posts[to_post].id, left)


def _able(live: Live, post: int, barred: Collection[int]) -> Ints:
    """Return who meets every condition of a post but those of time, and is not in it."""
    able = live.able(post)
    out = np.concatenate([live.holders(post), np.fromiter(barred, np.int64, len(barred))])
    return able[~np.isin(able, out)]


def _best_free(live: Live, post: int, able: Ints) -> int | None:
    shift = int(live.made.shift_of[post])
    free = able[live.desk.free(shift, able)]
    if not len(free):
        return None
    return int(free[np.argmax(_gain(live, post, free))])


def _gain(live: Live, post: int, who: Ints) -> Ints:
    shift, gain = int(live.made.shift_of[post]), live.worth(post, who)
    if live.desk.lacks_experience(shift):
        weight = live.made.weights.missing_experience
        gain = gain + np.where(live.made.people.is_experienced[who], weight, 0)
    return gain


def _chain(live: Live, post: int, able: Ints, barred: frozenset[int]) -> tuple[Move, ...]:
    """Let the best who is busy come over from a place that another can take."""
    followers: dict[int, int | None] = {}
    for who, left in _movers(live, post, able):
        moved = _move(live, who, post, left)
        if live.desk.heads[left] > live.made.least[left]:
            return (moved,)
        if left not in followers:
            others = _able(live, left, barred)
            followers[left] = _best_free(live, left, others[others != who])
        follower = followers[left]
        if follower is not None and follower != who:
            return (moved, _move(live, follower, left))
    return ()


def _movers(live: Live, post: int, able: Ints) -> Iterator[tuple[int, int]]:
    """Yield who could come if they left one place, those worth most here first."""
    busy = able[np.isin(able, list(live.posts_of))]
    order = busy[np.argsort(-_gain(live, post, busy), kind="stable")]
    for who in order[:TRIED].tolist():
        for left in tuple(live.posts_of[who]):
            if (who, left) in live.desk.pinned:
                continue
            live.leave(who, left)
            can_come = live.desk.is_free(who, post)
            live.join(who, left)
            if can_come:
                yield who, left
