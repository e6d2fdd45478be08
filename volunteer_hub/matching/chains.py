"""Filling an open seat when nobody is free: one person moves over, another takes their place.

A chain moves each volunteer once, and time and hours concern one volunteer at a time, so every
link that is allowed by itself stays allowed in the chain.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from volunteer_hub.matching.greedy import urgent_first
from volunteer_hub.matching.roster import Roster
from volunteer_hub.matching.weights import Limits


@dataclass(frozen=True, slots=True)
class _Vacancy:
    """A seat to fill; unless it is the first, it is open because its holder left for another."""

    post_id: int
    depth: int
    left_by: int | None = None
    cause: _Vacancy | None = None

    def movers(self) -> Iterator[tuple[int, int, int]]:
        """Yield who leaves which post for which other, from here back to the first vacancy."""
        vacancy = self
        while vacancy.left_by is not None and vacancy.cause is not None:
            yield vacancy.left_by, vacancy.post_id, vacancy.cause.post_id
            vacancy = vacancy.cause


def fill_by_chains(roster: Roster, limits: Limits) -> None:
    """Fill open seats by chains until no more can be filled."""
    if not limits.chain_depth:
        return
    progress = True
    while progress:
        progress = False
        for post_id in urgent_first(roster):
            while roster.missing(post_id) and fill_by_chain(roster, post_id, limits):
                progress = True


def fill_by_chain(roster: Roster, post_id: int, limits: Limits) -> bool:
    """Fill one open seat by the shortest chain there is, and return whether there was one.

    A chain ends with someone who was free, with a post that had people to spare, or, failing
    those, with a seat left open that weighs less than the one it filled.
    """
    first = _Vacancy(post_id, depth=0)
    waiting, seen = deque([first]), {post_id}
    sacrifice: _Vacancy | None = None
    last_step = roster.steps + limits.chain_steps
    while waiting and roster.steps < last_step:
        vacancy = waiting.popleft()
        moving = {mover for mover, _, _ in vacancy.movers()}
        volunteer_id = roster.best_addition(vacancy.post_id, barring=moving)
        if volunteer_id is not None or _costs_nothing(roster, vacancy):
            _carry_out(roster, vacancy, volunteer_id)
            return True
        sacrifice = _lighter(roster, sacrifice, vacancy)
        if vacancy.depth < limits.chain_depth:
            waiting.extend(_opened(roster, vacancy, moving, seen))
    if sacrifice is None or roster.urgency(sacrifice.post_id) >= roster.urgency(post_id):
        return False
    _carry_out(roster, sacrifice, None)
    return True


def _costs_nothing(roster: Roster, vacancy: _Vacancy) -> bool:
    return vacancy.cause is not None and roster.has_spare(vacancy.post_id)


def _lighter(roster: Roster, one: _Vacancy | None, other: _Vacancy) -> _Vacancy:
    if one is None or roster.urgency(other.post_id) < roster.urgency(one.post_id):
        return other
    return one


def _opened(
    roster: Roster, vacancy: _Vacancy, moving: set[int], seen: set[int]
) -> Iterator[_Vacancy]:
    """Yield the seats that would open if their holders came here instead."""
    present = roster.people[vacancy.post_id]
    for volunteer_id in roster.worths[vacancy.post_id]:
        if volunteer_id in present or volunteer_id in moving:
            continue
        for other in roster.in_the_way(volunteer_id, vacancy.post_id):
            if other not in seen:
                seen.add(other)
                yield _Vacancy(other, vacancy.depth + 1, volunteer_id, vacancy)


def _carry_out(roster: Roster, last: _Vacancy, newcomer: int | None) -> None:
    moves = list(last.movers())
    for volunteer_id, left, _ in moves:
        roster.remove(volunteer_id, left)
    for volunteer_id, _, joined in moves:
        roster.add(volunteer_id, joined)
    if newcomer is not None:
        roster.add(newcomer, last.post_id)
