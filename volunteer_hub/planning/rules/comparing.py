"""How two plans differ: who moved, and why."""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field


class Why(enum.StrEnum):
    """Why somebody is not in the second plan where the first had them."""

    LEFT_OUT = "left_out"
    MOVED = "moved"
    ANSWERED = "answered"
    POST_GONE = "post_gone"
    OTHERS = "others"
    NOT_ABLE = "not_able"


@dataclass(frozen=True, slots=True)
class Row:
    """Somebody in a post of a plan, and the points they are worth there, by what they are for."""

    volunteer_id: int
    post_id: int
    parts: Mapping[str, int] = field(default_factory=dict)

    @property
    def points(self) -> int:
        """All parts together."""
        return sum(self.parts.values())


@dataclass(frozen=True, slots=True)
class Change:
    """One person whose posts are others than before.

    Attributes:
        before: Posts of the first plan that are not in the second.
        after: Posts of the second that are not in the first.
        why: Why they lost the first of those before; None when they only gained.
        better: For what whoever has that post now is worth more, the most telling first.
    """

    volunteer_id: int
    before: tuple[int, ...]
    after: tuple[int, ...]
    why: Why | None
    better: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is the same in two plans, and what is not."""

    same: int
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Second:
    """What the second plan was made for.

    Attributes:
        left_out: Who was to be left out of it.
        settled: Pairs that were asked or answered by then, so that nothing was to be proposed.
        posts: The posts it is about.
    """

    left_out: Collection[int] = ()
    settled: Collection[tuple[int, int]] = ()
    posts: Collection[int] = ()


def compare(first: Iterable[Row], second: Iterable[Row], about: Second) -> Comparison:
    """Return how the second plan differs from the first."""
    was = {(row.volunteer_id, row.post_id): row for row in first}
    now = {(row.volunteer_id, row.post_id): row for row in second}
    lost, gained = sorted(was.keys() - now.keys()), sorted(now.keys() - was.keys())
    came: dict[int, list[Row]] = {}
    for who, post_id in gained:
        came.setdefault(post_id, []).append(now[who, post_id])
    changes = []
    for who in sorted({pair[0] for pair in (*lost, *gained)}):
        before = tuple(what for one, what in lost if one == who)
        after = tuple(what for one, what in gained if one == who)
        changes.append(_change(who, before, after, (was, came, about)))
    return Comparison(len(was.keys() & now.keys()), tuple(changes))


_Known = tuple[Mapping[tuple[int, int], Row], Mapping[int, Sequence[Row]], Second]


def _change(who: int, before: tuple[int, ...], after: tuple[int, ...], known: _Known) -> Change:
    if not before:
        return Change(who, before, after, None)
    was, came, about = known
    why = _why(who, before[0], after, came, about)
    if why is not Why.OTHERS:
        return Change(who, before, after, why)
    better = _better(was[who, before[0]], came[before[0]][0])
    return Change(who, before, after, why, better)


def _why(
    who: int,
    post_id: int,
    after: tuple[int, ...],
    came: Mapping[int, Sequence[Row]],
    about: Second,
) -> Why:
    if who in about.left_out:
        return Why.LEFT_OUT
    if post_id not in about.posts:
        return Why.POST_GONE
    if (who, post_id) in about.settled:
        return Why.ANSWERED
    if after:
        return Why.MOVED
    return Why.OTHERS if came.get(post_id) else Why.NOT_ABLE


def _better(old: Row, new: Row) -> tuple[str, ...]:
    """Return for what somebody is worth more than whoever was there, the most telling first."""
    gain = {name: new.parts.get(name, 0) - old.parts.get(name, 0)
            for name in new.parts.keys() | old.parts.keys()}  # fmt: skip
    return tuple(sorted((name for name in gain if gain[name] > 0), key=lambda name: -gain[name]))[
        :2
    ]
