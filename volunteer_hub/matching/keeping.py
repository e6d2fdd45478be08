"""A problem and a plan as they can be kept, so that a run can be looked at and repeated later.

What is about one person stands by itself, so that it can be forgotten by itself. Values that are
what they usually are are left out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, Field, dataclass, fields, replace
from enum import StrEnum
from typing import Any, Final

from volunteer_hub.matching.problem import (
    Declined,
    Pin,
    Post,
    Problem,
    Shift,
    Taken,
    Volunteer,
    Window,
)
from volunteer_hub.matching.weights import Priority, Travel, Weights

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kept:
    """A problem as plain values.

    Attributes:
        frame: What is about nobody: shifts, posts, weights.
        people: What is about each volunteer, with all that was settled for them.
    """

    frame: Document
    people: Mapping[int, Document]

    @property
    def digest(self) -> str:
        """What tells this problem from any other."""
        return _digest([self.frame, [[who, self.people[who]] for who in sorted(self.people)]])


def keep(problem: Problem) -> Kept:
    """Return a problem as plain values."""
    people: dict[int, Document] = {one.id: {"about": _plain(one)} for one in problem.volunteers}
    for taken in sorted(problem.taken, key=lambda each: (each.start, each.end)):
        people.setdefault(taken.volunteer_id, {}).setdefault("taken", []).append(_plain(taken))
    for name in _PAIRS:
        for who, what in sorted(set(getattr(problem, name))):
            people.setdefault(who, {}).setdefault(name, []).append(what)
    frame = {
        "shifts": [_plain(each) for each in sorted(problem.shifts, key=lambda each: each.id)],
        "posts": [_plain(each) for each in sorted(problem.posts, key=lambda each: each.id)],
        "weights": _plain(problem.weights),
        "travel": _plain(problem.travel),
        "fill_to": problem.fill_to,
    }
    return Kept(frame, people)


def restore(kept: Kept) -> Problem:
    """Return the problem that was kept."""
    frame, people = kept.frame, kept.people
    return Problem(
        volunteers=tuple(
            Volunteer(**_typed(said["about"], _OF_VOLUNTEER))
            for _, said in sorted(people.items())
            if "about" in said
        ),
        shifts=tuple(Shift(**_typed(each, _OF_SHIFT)) for each in frame["shifts"]),
        posts=tuple(Post(**each) for each in frame["posts"]),
        taken=tuple(
            Taken(**each) for _, said in sorted(people.items()) for each in said.get("taken", ())
        ),
        weights=Weights(**_typed(frame["weights"], _OF_WEIGHTS)),
        travel=Travel(**frame["travel"]),
        fill_to=frame["fill_to"],
        pins=tuple(Pin(*pair) for pair in _pairs(people, "pins")),
        previous=tuple(Pin(*pair) for pair in _pairs(people, "previous")),
        declined=tuple(Declined(*pair) for pair in _pairs(people, "declined")),
    )


def plan_digest(assignments: Iterable[Pin]) -> str:
    """Return what tells a plan from any other."""
    return _digest(sorted(map(list, assignments)))


def reseeded(problem: Problem, seed: int) -> tuple[Problem, Mapping[int, int]]:
    """Return the problem with its people called otherwise, and who each one is.

    Among equals the engine takes whoever comes first. Which seed it is decides who that is, so
    that it is not always whoever joined first.
    """
    known = {one.id for one in problem.volunteers}
    known |= {taken.volunteer_id for taken in problem.taken}
    known |= {who for name in _PAIRS for who, _ in getattr(problem, name)}
    order = sorted(known, key=lambda who: hashlib.sha256(f"{seed}:{who}".encode()).digest())
    called = {who: number for number, who in enumerate(order, start=1)}
    renamed = replace(
        problem,
        volunteers=tuple(replace(one, id=called[one.id]) for one in problem.volunteers),
        taken=tuple(
            replace(each, volunteer_id=called[each.volunteer_id]) for each in problem.taken
        ),
        pins=tuple(Pin(called[who], what) for who, what in problem.pins),
        previous=tuple(Pin(called[who], what) for who, what in problem.previous),
        declined=tuple(Declined(called[who], what) for who, what in problem.declined),
    )
    return renamed, {number: who for who, number in called.items()}


_PAIRS: Final = ("pins", "declined", "previous")


def _pairs(people: Mapping[int, Document], name: str) -> Iterable[tuple[int, int]]:
    for who in sorted(people):
        for what in people[who].get(name, ()):
            yield who, what


def _digest(document: object) -> str:
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(part: Any) -> Document:  # noqa: ANN401 - any of the parts of a problem
    return {
        each.name: _value(value)
        for each in fields(part)
        if (value := getattr(part, each.name)) != _usual(each)
    }


def _usual(each: Field[Any]) -> object:
    return each.default if each.default_factory is MISSING else each.default_factory()


def _value(value: object) -> object:
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Mapping):
        return {str(key): _value(each) for key, each in value.items()}
    if isinstance(value, tuple):
        return [_value(each) for each in value]
    return str(value) if isinstance(value, StrEnum) else value


def _windows(value: list[list[int]]) -> tuple[Window, ...]:
    return tuple(Window(*each) for each in value)


def _extra_hours(value: Mapping[str, list[list[int]]]) -> dict[int, tuple[tuple[int, ...], ...]]:
    return {int(day): tuple(map(tuple, hours)) for day, hours in value.items()}


def _priorities(value: Mapping[str, int]) -> dict[Priority, int]:
    return {Priority(name): weight for name, weight in value.items()}


_OF_VOLUNTEER: Final = {
    "windows": _windows,
    "extra_hours": _extra_hours,
    "blackout_days": frozenset,
    "wishes": frozenset,
    "wished_campaigns": frozenset,
    "languages": frozenset,
}
_OF_SHIFT: Final = {"priority": Priority, "also_for": frozenset}
_OF_WEIGHTS: Final = {"priority": _priorities}


def _typed(document: Document, types: Mapping[str, Any]) -> Document:
    return {name: types[name](value) if name in types and value is not None else value
            for name, value in document.items()}  # fmt: skip
