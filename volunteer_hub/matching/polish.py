"""Better people for seats that are filled already."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from volunteer_hub.matching.greedy import add_extras, urgent_first
from volunteer_hub.matching.roster import Roster
from volunteer_hub.matching.weights import Limits


def polish(roster: Roster, limits: Limits) -> None:
    """Go once over all seats and give each to whoever is best for the plan."""
    for post_id in urgent_first(roster):
        for volunteer_id in tuple(roster.people[post_id]):
            if not roster.is_pinned(volunteer_id, post_id):
                _reconsider(roster, volunteer_id, post_id, limits.polish_width)
    add_extras(roster)


def _reconsider(roster: Roster, volunteer_id: int, post_id: int, width: int) -> None:
    """Give a seat to its holder, to someone free, to one who moves over, or to nobody."""
    if volunteer_id not in roster.people[post_id]:
        return
    mark, best_total, best_moves = roster.mark(), roster.total, None
    roster.remove(volunteer_id, post_id)
    vacated = roster.mark()
    for moves in _fillings(roster, post_id, width):
        if roster.total > best_total:
            best_total, best_moves = roster.total, moves
        roster.undo(vacated)
    if best_moves is None:
        roster.undo(mark)
        return
    for was_added, mover, place in best_moves:
        (roster.add if was_added else roster.remove)(mover, place)


Moves = tuple[tuple[bool, int, int], ...]


def _fillings(roster: Roster, post_id: int, width: int) -> Iterator[Moves]:
    """Carry out one way after another to fill a seat, yielding each while it stands.

    The caller takes each one back before asking for the next.
    """
    yield ()
    free = roster.best_addition(post_id)
    if free is not None:
        roster.add(free, post_id)
        yield ((True, free, post_id),)
    for mover, left in islice(_movers(roster, post_id), width):
        roster.remove(mover, left)
        roster.add(mover, post_id)
        moves: Moves = ((False, mover, left), (True, mover, post_id))
        follower = roster.best_addition(left)
        if follower is not None:
            roster.add(follower, left)
            moves = (*moves, (True, follower, left))
        yield moves


def _movers(roster: Roster, post_id: int) -> Iterator[tuple[int, int]]:
    """Yield who would have to leave which post to come here, those worth most here first."""
    seniors_only = roster.lacks_experience(post_id)
    for volunteer_id in roster.worths[post_id]:
        if volunteer_id in roster.people[post_id]:
            continue
        if seniors_only and volunteer_id not in roster.experienced:
            continue
        if roster.posts_of[volunteer_id] and not roster.is_free(volunteer_id, post_id):
            for other in roster.in_the_way(volunteer_id, post_id):
                yield volunteer_id, other
