"""How teams stand in the tree, and what may happen to a request. Pure."""

from __future__ import annotations

import enum
from collections.abc import Collection, Hashable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple, TypeVar

LONGEST_NAME: Final = 80
LONGEST_TEXT: Final = 500
INVITE_DAYS: Final = (1, 7, 30, 90)
MOST_USES: Final = 500
RANKS: Final = ("detachment", "company", "squad")
Key = TypeVar("Key", bound=Hashable)


class RequestKind(enum.StrEnum):
    """What somebody asks a team for."""

    JOIN = "join"
    TRANSFER = "transfer"


class RequestState(enum.StrEnum):
    """How far a request is."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Ending(enum.StrEnum):
    """How somebody's time in a team ended."""

    LEFT = "left"
    TRANSFERRED = "transferred"
    REMOVED = "removed"
    DISSOLVED = "dissolved"


class Branch(NamedTuple):
    """One entry of a tree that is shown as a list: which, and how deep it stands."""

    key: int
    depth: int


def ranks_below(rank: str | None) -> tuple[str, ...]:
    """Return which ranks a team may have below this one; below a unit, any."""
    return RANKS if rank is None else RANKS[RANKS.index(rank) + 1 :]


def is_invite_good(
    *, expires_at: datetime, revoked_at: datetime | None, uses: int, most: int, now: datetime
) -> bool:
    """Tell whether a link into a team may be used once more."""
    return revoked_at is None and now < expires_at and uses < most


def invite_ends(days: int, *, now: datetime) -> datetime:
    """Return when a link made now ends."""
    return now + timedelta(days=days)


def in_tree_order(parents: Mapping[int, int | None], ordered: Sequence[int]) -> list[Branch]:
    """Return all of them, each below its parent where that is among them.

    Args:
        parents: Parent by key; what leads in a circle stands alone.
        ordered: The keys, in the order in which those with one parent stand.
    """
    children: dict[int | None, list[int]] = {}
    for key in ordered:
        parent = parents[key]
        children.setdefault(parent if parent in parents else None, []).append(key)
    found: list[Branch] = []
    seen: set[int] = set()
    waiting = [Branch(key, 0) for key in reversed(children.get(None, []))]
    while waiting:
        branch = waiting.pop()
        if branch.key in seen:
            continue
        seen.add(branch.key)
        found.append(branch)
        below = reversed(children.get(branch.key, []))
        waiting += [Branch(key, branch.depth + 1) for key in below]
    return found + [Branch(key, 0) for key in ordered if key not in seen]


def may_name(function: str, *, is_above: bool, is_leader: bool, was: str) -> bool:
    """Tell whether somebody may give a function to one who had another.

    Args:
        function: What they would be.
        is_above: Whoever gives it answers for what stands above, or for the county.
        is_leader: Whoever gives it leads the team itself.
        was: What they are.
    """
    return is_above or (is_leader and {function, was} <= {"deputy", "member"})


def first_nonempty(groups: Sequence[Collection[Key]]) -> Collection[Key]:
    """Return the first group with somebody in it, or none."""
    return next((group for group in groups if group), ())
