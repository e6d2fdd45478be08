"""What a scan means that was judged by a phone without a network and told later."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from volunteer_hub.checkin.rules.scans import Direction, Evidence, Method, Reason

MOST_SCANS: Final = 500  # in one message; a phone with more sends several
MOST_BYTES: Final = 512 * 1024
ECHO: Final = timedelta(seconds=10)  # the same ticket still before the same camera
UNDO_WITHIN: Final = timedelta(minutes=15)  # at the door; the organiser's page has no such limit
SHARED_WITHIN: Final = timedelta(minutes=5)
SKEW_TOLD: Final = timedelta(minutes=5)
OFFSET_TRUSTED: Final = timedelta(seconds=30)
TRAVEL_KMH: Final = 90.0
SAME_PLACE_KM: Final = 3.0


class Conflict(enum.StrEnum):
    """What a person should look at before the figures of an event stand."""

    TWO_DOORS = "two_doors"
    SHARED = "shared"
    CANCELLED = "cancelled"
    REVOKED = "revoked"
    UNKNOWN = "unknown"
    SKEW = "skew"
    TRAVEL = "travel"
    MISSING_IN = "missing_in"
    AFTER_LOCK = "after_lock"
    OTHER_BODY = "other_body"
    IMPORTED = "imported"


class Settlement(enum.StrEnum):
    """What a person decided about a conflict."""

    NOTED = "noted"
    KEPT = "kept"
    TAKEN_BACK = "taken_back"
    COUNTED = "counted"
    CAME_AT_START = "came_at_start"
    FOUND_LATER = "found_later"


_SETTLEMENTS: Final = {
    Conflict.TWO_DOORS: (Settlement.NOTED, Settlement.COUNTED),
    Conflict.SHARED: (Settlement.NOTED, Settlement.COUNTED),
    Conflict.CANCELLED: (Settlement.KEPT, Settlement.TAKEN_BACK),
    Conflict.REVOKED: (Settlement.KEPT, Settlement.TAKEN_BACK),
    Conflict.TRAVEL: (Settlement.KEPT, Settlement.TAKEN_BACK),
    Conflict.UNKNOWN: (Settlement.COUNTED, Settlement.NOTED),
    Conflict.MISSING_IN: (Settlement.CAME_AT_START, Settlement.NOTED),
}


def settlements_of(kind: Conflict) -> tuple[Settlement, ...]:
    """Return what a person may decide about such a conflict, the likeliest first."""
    return _SETTLEMENTS.get(kind, (Settlement.NOTED,))


_EVIDENCE: Final = {
    Method.POSTER: Evidence.POSTER,
    Method.ROTATING: Evidence.ROTATING,
    Method.PAPER: Evidence.PAPER,
}


def evidence_of(method: Method) -> Evidence:
    """Return how much a check-in made this way proves."""
    return _EVIDENCE.get(method, Evidence.STAFF)


def late_verdict(reason: Reason, *, was_admitted: bool, is_named: bool) -> Reason:
    """Return the answer to a scan that the people at the door answered already.

    Whoever was let in is in: a place that was cancelled or a ticket that was replaced meanwhile
    is for the organiser to look at, and does not make them absent.

    Args:
        reason: What the answer would have been at the door with a network.
        was_admitted: The phone, or the person holding it, let them in.
        is_named: The server knows who it was.
    """
    overruled = reason in (Reason.CANCELLED, Reason.WAITING)
    return Reason.ADMITTED if overruled and was_admitted and is_named else reason


def true_offset(
    received_at: datetime, sent_at: datetime | None, measured: timedelta | None
) -> timedelta:
    """Return what must be added to a phone's clock to have the right time.

    Args:
        received_at: When its message arrived.
        sent_at: What its clock said as it sent the message; None when it said nothing.
        measured: What it found out by asking the server before; None when it never could. It is
            finer, and believed as long as the message itself does not contradict it.
    """
    if sent_at is None:
        return timedelta(0)
    seen = received_at - sent_at
    if measured is not None and abs(seen - measured) <= OFFSET_TRUSTED:
        return measured
    return seen


def is_skewed(offset: timedelta) -> bool:
    """Tell whether a phone's clock is so wrong that the organiser should know."""
    return abs(offset) > SKEW_TOLD


def is_shared(apart: timedelta, *, is_other_door: bool) -> bool:
    """Tell whether one ticket was shown at two doors sooner than one person walks between."""
    return is_other_door and abs(apart) < SHARED_WITHIN


def is_too_far(km: float, apart: timedelta) -> bool:
    """Tell whether nobody gets from one place to the other in this time."""
    if km <= SAME_PLACE_KM:
        return False
    return km > TRAVEL_KMH * abs(apart).total_seconds() / 3600


class Mark(NamedTuple):
    """One time somebody was seen coming or leaving, whatever was answered."""

    at: datetime
    row_id: int
    direction: Direction
    is_accepted: bool = True
    device_id: int | None = None
    checkpoint_id: int | None = None
    method: Method | None = None


class Span(NamedTuple):
    """One stay, with the scans that began and ended it."""

    in_at: datetime
    in_row: int
    out_at: datetime | None = None
    out_row: int | None = None


def stays_from(marks: Iterable[Mark], *, comes_once: bool) -> list[Span]:
    """Return when somebody was there, the same in whatever order the marks were told.

    The first coming and the last leaving bound a stay; whoever comes once has a single one. A
    leaving before anybody came bounds nothing.

    Args:
        marks: All that was seen of one person.
        comes_once: Whether they are an attendee, who comes once.
    """
    stays: list[Span] = []
    for mark in sorted(marks):
        last = stays[-1] if stays else None
        if mark.direction is Direction.OUT:
            if last is not None:
                stays[-1] = last._replace(out_at=mark.at, out_row=mark.row_id)
        elif last is None or (last.out_at is not None and not comes_once):
            stays.append(Span(mark.at, mark.row_id))
    return stays


class Found(NamedTuple):
    """How somebody stands at one moment, and the mark that a further one would repeat."""

    has_come: bool
    is_there: bool
    first: Mark | None


def found_at(
    marks: Sequence[Mark], at: datetime, direction: Direction, *, comes_once: bool
) -> Found:
    """Return how somebody stood when a scan was made, told by all that is known now.

    Coming in just before somebody else is known to have come in with the same ticket is the same
    coming: only one of them is the first.

    Args:
        marks: What was seen of them before, by time.
        at: When the scan was made.
        direction: What it was for.
        comes_once: Whether they are an attendee, who comes once.
    """
    if comes_once and direction is Direction.IN:
        first = _accepted(marks, Direction.IN)
        return Found(first is not None, first is not None, first)
    before = [mark for mark in marks if mark.at <= at]
    after = next((mark for mark in marks if mark.at > at), None)
    came = any(mark.direction is Direction.IN for mark in before)
    is_there = came and before[-1].direction is Direction.IN
    if after is not None and after.direction is direction and (came or direction is Direction.IN):
        is_there = direction is Direction.IN
        return Found(True, is_there, after)
    return Found(came, is_there, _accepted(list(reversed(before)), direction))


def _accepted(marks: Sequence[Mark], direction: Direction) -> Mark | None:
    return next((m for m in marks if m.direction is direction and m.is_accepted), None)
