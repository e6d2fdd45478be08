"""Calendar files (RFC 5545): entries in, the text of a calendar out. Pure.

Times are those of the city, whose zone every file describes: it has no summer time.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

PRODUCT: Final = "-//Volunteer Hub//Volunteer Hub//ZH"
LINE_OCTETS: Final = 75
ZONE: Final = "Asia/Shanghai"
_ZONE_LINES: Final = (
    "BEGIN:VTIMEZONE",
    f"TZID:{ZONE}",
    "BEGIN:STANDARD",
    "DTSTART:19910915T010000",  # the last change of clocks there was
    "TZOFFSETFROM:+0900",
    "TZOFFSETTO:+0800",
    "TZNAME:CST",
    "END:STANDARD",
    "END:VTIMEZONE",
)
LOCAL: Final = ZoneInfo(ZONE)
_ESCAPES: Final = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})
_CONTROLS: Final = dict.fromkeys([*range(32), 127])


class Status(enum.StrEnum):
    """How an entry stands."""

    CONFIRMED = "CONFIRMED"
    TENTATIVE = "TENTATIVE"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something in a calendar.

    Attributes:
        uid: Stays the same whatever changes, so that calendars replace what they have.
        sequence: Grows with every change.
        stamp: When what is said here was last changed.
        starts_at: Aware.
        ends_at: Aware, after the start.
        summary: Its title.
        status: How it stands.
        location: Where; may be empty.
        description: More lines; may be empty.
        url: A page about it; may be empty.
    """

    uid: str
    sequence: int
    stamp: datetime
    starts_at: datetime
    ends_at: datetime
    summary: str
    status: Status = Status.CONFIRMED
    location: str = ""
    description: str = ""
    url: str = ""


def method_of(entries: Collection[Entry]) -> str:
    """Return what a calendar does with entries it is sent: take them in, or take them out."""
    is_off = all(entry.status is Status.CANCELLED for entry in entries)
    return "CANCEL" if entries and is_off else "PUBLISH"


def calendar(entries: Collection[Entry], *, name: str = "") -> bytes:
    """Return a calendar file.

    Args:
        entries: What it holds.
        name: What to call a calendar that is subscribed to; empty for a single entry.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN"]
    if name:
        lines += [
            f"X-WR-CALNAME:{_text(name)}",
            "REFRESH-INTERVAL;VALUE=DURATION:PT4H",
            "X-PUBLISHED-TTL:PT4H",
        ]
    else:
        lines.append(f"METHOD:{method_of(entries)}")
    lines += _ZONE_LINES
    for entry in entries:
        lines += _lines(entry)
    lines.append("END:VCALENDAR")
    return "".join(part for line in lines for part in _folded(line)).encode()


def _lines(entry: Entry) -> list[str]:
    optional = {
        "LOCATION": _text(entry.location),
        "DESCRIPTION": _text(entry.description),
        "URL": entry.url.translate(_CONTROLS),
    }
    return [
        "BEGIN:VEVENT",
        f"UID:{_text(entry.uid)}",
        f"SEQUENCE:{entry.sequence}",
        f"DTSTAMP:{_moment(entry.stamp)}",
        f"DTSTART;TZID={ZONE}:{_local(entry.starts_at)}",
        f"DTEND;TZID={ZONE}:{_local(entry.ends_at)}",
        f"SUMMARY:{_text(entry.summary)}",
        f"STATUS:{entry.status}",
        *(f"{key}:{value}" for key, value in optional.items() if value),
        "END:VEVENT",
    ]


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _local(moment: datetime) -> str:
    return f"{moment.astimezone(LOCAL):%Y%m%dT%H%M%S}"


def _text(value: str) -> str:
    """Return a text as a property holds it; line breaks of every kind become one kind."""
    lines = value.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.translate(_CONTROLS) for line in lines).translate(_ESCAPES)


def _folded(line: str) -> Iterator[str]:
    """Yield a line in pieces of at most 75 octets, none of which cuts a character."""
    piece, octets = "", 0
    for sign in line:
        size = len(sign.encode())
        if octets + size > LINE_OCTETS:
            yield f"{piece}\r\n"
            piece, octets = " ", 1
        piece += sign
        octets += size
    yield f"{piece}\r\n"
