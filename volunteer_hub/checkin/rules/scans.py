"""What one scan means when it arrives."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from volunteer_hub.core.text import normalise, read_crockford

LONGEST_TEXT: Final = 400
EARLIEST_SCAN: Final = timedelta(hours=12)  # before the start; earlier ones are a mistake
POSTER_OPENS: Final = timedelta(hours=2)  # before the start
POSTER_CLOSES: Final = timedelta(hours=2)  # after the end
COUNTER_STEPS: Final = (1, 5, -1)

_CODE: Final = re.compile(r"[RV][0-9A-HJKMNP-TV-Z]{16}")
_NEARLY_A_CODE: Final = re.compile(r"[RV][0-9A-Z]{7,23}")
_TICKET_PATH: Final = re.compile(r"/[Tt]/([^/]+)/?")
# What our own tickets say, letter for letter: nothing about it needs to be put right.
_OUR_ADDRESS: Final = re.compile(r"https?://[^/?#@\s]{1,100}/T/([RV][0-9A-HJKMNP-TV-Z]{16})")


class Direction(enum.StrEnum):
    """What a scan means."""

    IN = "in"
    OUT = "out"
    COUNT = "count"


class Method(enum.StrEnum):
    """How the person was found."""

    CAMERA = "camera"
    TYPED = "typed"
    PHOTO = "photo"
    SEARCH = "search"
    POSTER = "poster"
    WALK_IN = "walk_in"
    COUNTER = "counter"
    ROTATING = "rotating"
    PAPER = "paper"


class Evidence(enum.StrEnum):
    """How much a check-in proves, the most first."""

    STAFF = "staff"
    ROTATING = "rotating"
    SECOND_FACTOR = "second_factor"
    POSTER = "poster"
    PAPER = "paper"


class Outcome(enum.StrEnum):
    """The answer in one word; green, amber or red."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"


class Reason(enum.StrEnum):
    """The answer in full."""

    OK = "ok"
    ADMITTED = "admitted"
    ALREADY_IN = "already_in"
    ALREADY_OUT = "already_out"
    NOT_IN = "not_in"
    WRONG_EVENT = "wrong_event"
    CANCELLED = "cancelled"
    WAITING = "waiting"
    EVENT_CANCELLED = "event_cancelled"
    TOO_EARLY = "too_early"
    HOURS_CONFIRMED = "hours_confirmed"
    UNKNOWN = "unknown"
    NOT_OURS = "not_ours"
    UNDONE = "undone"


OUTCOMES: Final = {
    Reason.OK: Outcome.ACCEPTED,
    Reason.ADMITTED: Outcome.ACCEPTED,
    Reason.UNDONE: Outcome.ACCEPTED,
    Reason.ALREADY_IN: Outcome.DUPLICATE,
    Reason.ALREADY_OUT: Outcome.DUPLICATE,
}


def outcome_of(reason: Reason) -> Outcome:
    """Return green, amber or red for an answer."""
    return OUTCOMES.get(reason, Outcome.REJECTED)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text from a code or a keyboard is: a ticket's code, almost one, or something else."""

    code: str | None
    is_ours: bool


def read_text(text: str) -> Reading:
    """Return what was scanned or typed.

    Our own address around the code is taken off, whatever host it names: the code alone is what
    counts, and the same server is reached by several names at a venue.

    Args:
        text: Whatever a scanner read or a person typed.
    """
    if (ours := _OUR_ADDRESS.fullmatch(text)) is not None:
        return Reading(ours.group(1), is_ours=True)
    trimmed = normalise(text[:LONGEST_TEXT])
    path = _TICKET_PATH.fullmatch(_path_of(trimmed))
    if "://" in trimmed and path is None:
        return Reading(None, is_ours=False)
    code = _canonical(path.group(1) if path else trimmed)
    if len(text) <= LONGEST_TEXT and _CODE.fullmatch(code):
        return Reading(code, is_ours=True)
    return Reading(None, is_ours=path is not None or bool(_NEARLY_A_CODE.fullmatch(code)))


def _path_of(text: str) -> str:
    try:
        return urlsplit(text).path
    except ValueError:  # a broken address is no address
        return ""


def _canonical(code: str) -> str:
    """Return the code in its one spelling; only what follows its kind is base32."""
    return code[:1].upper() + read_crockford(code[1:])


class Who(enum.StrEnum):
    """Whose ticket it is."""

    ATTENDEE = "attendee"
    VOLUNTEER = "volunteer"


@dataclass(frozen=True, slots=True)
class Door:
    """The event at whose door people stand, as far as an answer depends on it."""

    event_id: int
    starts_at: datetime
    is_draft: bool = False
    is_cancelled: bool = False
    is_confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand with the holder of a ticket when it is scanned.

    Attributes:
        who: Attendee or volunteer.
        event_id: The event the ticket is for.
        is_cancelled: The place or the post was given up or taken away.
        has_come: They were checked in before.
        is_there: They are checked in, and not out again.
        starts_at: When their own part of the event begins; None when it is the whole event.
        is_waiting: They are on the waiting list, and have no place yet.
    """

    who: Who
    event_id: int
    is_cancelled: bool
    has_come: bool
    is_there: bool
    starts_at: datetime | None = None
    is_waiting: bool = False


def verdict(
    standing: Standing | None, *, door: Door, is_ours: bool, direction: Direction, now: datetime
) -> Reason:
    """Return the answer to a scan at the door of an event.

    An attendee comes once: a second check-in is a duplicate even after leaving. A volunteer may
    come and go, and each stay is an interval of its own.

    Args:
        standing: Who the code belongs to; None when nobody.
        door: The event at whose door it was scanned.
        is_ours: The text looked like one of our codes.
        direction: In or out.
        now: When the scan arrived; a phone's own clock opens no door.
    """
    if standing is None:
        return Reason.UNKNOWN if is_ours else Reason.NOT_OURS
    if standing.event_id != door.event_id:
        return Reason.WRONG_EVENT
    shut = why_shut(door, now=now, starts_at=standing.starts_at)
    if shut is not None:
        return shut
    if standing.is_cancelled:
        return Reason.WAITING if standing.is_waiting else Reason.CANCELLED
    if direction is Direction.OUT:
        return _going_out(standing)
    comes_once = standing.who is Who.ATTENDEE
    is_repeated = standing.has_come if comes_once else standing.is_there
    return Reason.ALREADY_IN if is_repeated else Reason.OK


def why_shut(door: Door, *, now: datetime, starts_at: datetime | None = None) -> Reason | None:
    """Return why nobody can come or leave through this door now, or None when it is open.

    Once its hours are confirmed, nothing that came later may change who was at an event.

    Args:
        door: The event.
        now: The moment.
        starts_at: When this person's own part begins; None when it is the whole event.
    """
    if door.is_cancelled:
        return Reason.EVENT_CANCELLED
    if door.is_confirmed:
        return Reason.HOURS_CONFIRMED
    return Reason.TOO_EARLY if now < opens_at(starts_at or door.starts_at) else None


def opens_at(starts_at: datetime) -> datetime:
    """Return from when on people can be at the door of what starts then."""
    return starts_at - EARLIEST_SCAN


def _going_out(standing: Standing) -> Reason:
    if standing.is_there:
        return Reason.OK
    return Reason.ALREADY_OUT if standing.has_come else Reason.NOT_IN


def true_moment(claimed: datetime | None, *, starts_at: datetime, now: datetime) -> datetime:
    """Return when a scan happened, as far as a phone's clock can be believed.

    Args:
        claimed: What the phone said; None when it said nothing.
        starts_at: The start of the event.
        now: When the scan arrived.
    """
    if claimed is None or claimed > now:
        return now
    return min(now, max(claimed, opens_at(starts_at)))


class PosterState(enum.StrEnum):
    """Whether people may check themselves in at the poster."""

    EARLY = "early"
    OPEN = "open"
    ENDED = "ended"
    CANCELLED = "cancelled"


def poster_state(door: Door, *, ends_at: datetime, now: datetime) -> PosterState:
    """Return whether the poster's page takes check-ins now; both edges count as open."""
    if door.is_cancelled:
        return PosterState.CANCELLED
    if now < door.starts_at - POSTER_OPENS:
        return PosterState.EARLY
    is_over = door.is_confirmed or now > ends_at + POSTER_CLOSES
    return PosterState.ENDED if is_over else PosterState.OPEN
