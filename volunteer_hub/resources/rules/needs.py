"""Whether an event has what it needs, and when it could have it. Pure."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from volunteer_hub.resources.rules.standing import (
    Busy,
    Kind,
    ResourceFacts,
    Span,
    Standing,
    is_hindered,
    may_drive,
    standing,
)

MAX_NUMBER: Final = 20


class State(enum.StrEnum):
    """How a requirement stands.

    Attributes:
        MET: Enough is booked, and nothing speaks against it.
        OPEN: Not enough is booked, and the rest is free.
        UNKNOWN: It could be, but until when an inspection or a licence holds is not known.
        CONFLICT: What would fit is taken by somebody else at that time.
        UNAVAILABLE: What would fit is under maintenance, out of date or retired, or is not there.
    """

    MET = "met"
    OPEN = "open"
    UNKNOWN = "unknown"
    CONFLICT = "conflict"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """So many of a kind; ``min_seats`` of a vehicle or hall, or those a driver may drive."""

    id: int
    kind: Kind
    number: int = 1
    min_seats: int | None = None
    resource_id: int | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A resource as it stands at the time of an event."""

    resource: ResourceFacts
    standing: Standing
    is_booked: bool = False
    in_the_way: Busy | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a requirement stands: what is booked for it, and all that would fit besides."""

    need: Need
    state: State
    booked: tuple[Candidate, ...]
    others: tuple[Candidate, ...]


def fits(resource: ResourceFacts, need: Need) -> bool:
    """Tell whether a resource is what is needed, whenever it can be had."""
    if need.resource_id is not None:
        return resource.id == need.resource_id
    if resource.kind is not need.kind:
        return False
    if resource.kind is Kind.DRIVER:
        return may_drive(resource.licence_class, need.min_seats)
    return need.min_seats is None or (resource.seats or 0) >= need.min_seats


def verdicts(needs: Iterable[Need], candidates: Sequence[Candidate]) -> list[Verdict]:
    """Return how each requirement stands, in their order; nothing counts for two of them."""
    left = sorted(candidates, key=_usefulness)
    found: dict[int, Verdict] = {}
    known = list(needs)
    for need in sorted(known, key=_strictness):
        verdict, used = _verdict(need, [each for each in left if fits(each.resource, need)])
        found[need.id] = verdict
        left = [each for each in left if each not in used]
    return [found[need.id] for need in known]


def _strictness(need: Need) -> tuple[bool, int, int]:
    """Order: what only one resource meets goes first, then what needs the most seats."""
    return need.resource_id is None, -(need.min_seats or 0), need.id


def _usefulness(candidate: Candidate) -> tuple[bool, bool, bool, int, int]:
    """Order: booked before others, sound before doubtful, small before large."""
    return (
        not candidate.is_booked,
        is_hindered(candidate.standing),
        candidate.standing is not Standing.FREE,
        candidate.resource.seats or 0,
        candidate.resource.id,
    )


def _verdict(need: Need, fitting: list[Candidate]) -> tuple[Verdict, list[Candidate]]:
    """Return how a requirement stands, and what is used up by it."""
    booked = [each for each in fitting if each.is_booked][: need.number]
    others = [each for each in fitting if not each.is_booked]
    sound = [each for each in booked if not is_hindered(each.standing)]
    missing = need.number - len(sound)
    usable = [each for each in others if not is_hindered(each.standing)]
    filling = usable[:missing]
    doubtful = any(each.standing is Standing.UNKNOWN for each in [*sound, *filling])
    if len(filling) < missing:
        taken = any(each.standing is Standing.TAKEN for each in [*booked, *others])
        state = State.CONFLICT if taken else State.UNAVAILABLE
    elif doubtful:
        state = State.UNKNOWN
    else:
        state = State.OPEN if missing else State.MET
    verdict = Verdict(need, state, tuple(booked), tuple(others))
    return verdict, [*booked, *filling]


def free_spans(
    needs: Sequence[Need],
    resources: Sequence[ResourceFacts],
    busy: Sequence[Busy],
    spans: Iterable[Span],
) -> list[Span]:
    """Return those of some spans in which everything needed is free, and known to be.

    Args:
        needs: What is needed.
        resources: What there is.
        busy: Bookings that stay where they are.
        spans: When it might be.
    """
    return [span for span in spans if _is_free(needs, resources, busy, span)]


def _is_free(
    needs: Sequence[Need],
    resources: Sequence[ResourceFacts],
    busy: Sequence[Busy],
    span: Span,
) -> bool:
    candidates = [Candidate(each, standing(each, span, busy)[0]) for each in resources]
    return all(each.state is State.OPEN for each in verdicts(needs, candidates))
