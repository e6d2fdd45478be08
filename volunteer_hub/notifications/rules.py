"""When messages go out, when again, and what of them may be shown to others."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import Final

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
PAUSES: Final = (
    10 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE,
    HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, 12 * HOUR,
)  # fmt: skip
MOST_ATTEMPTS: Final = len(PAUSES) + 1
CHANNEL_PAUSES: Final = (
    5 * SECOND, 15 * SECOND, 30 * SECOND, MINUTE, 2 * MINUTE, 5 * MINUTE
)  # fmt: skip
JITTER_STEPS: Final = 1000
JITTER_SHARE: Final = 5  # up to a fifth longer

QUIET_FROM: Final = time(22)
QUIET_UNTIL: Final = time(7)
# Whoever hears of something only in the morning needs this long to act on it.
TIME_TO_ACT: Final = 3 * HOUR

PART_OF_ONE: Final = 70
PART_OF_MANY: Final = 67
GSM_PART_OF_ONE: Final = 160
GSM_PART_OF_MANY: Final = 153
# The basic alphabet of GSM 03.38, and the signs that count as two.
_GSM: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_OF_TWO: Final = frozenset("^{}\\[~]|€\f")

_ADDRESS: Final = re.compile(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)")
_NUMBER: Final = re.compile(r"\d{7,}")
_MOST_OF_AN_ERROR: Final = 300


def longer(pause: timedelta, seed: int) -> timedelta:
    """Return a pause made a little longer, so that what failed together is not tried together.

    Args:
        pause: The shortest pause.
        seed: Whose pause it is; the same one gets the same answer.
    """
    step = seed * 2_654_435_761 % 2**32 * JITTER_STEPS >> 32
    return pause + pause * step / (JITTER_STEPS * JITTER_SHARE)


def next_attempt_at(attempts: int, *, seed: int, now: datetime) -> datetime | None:
    """Return when to try again, or None when it was tried often enough.

    Args:
        attempts: How often it was tried, the attempt that just failed included; 1 or more.
        seed: The id of what is tried.
        now: When it failed.
    """
    if attempts >= MOST_ATTEMPTS:
        return None
    return now + longer(PAUSES[attempts - 1], seed)


def channel_open_at(failures: int, *, now: datetime) -> datetime:
    """Return when to try a channel again whose other side was down that often in a row."""
    return now + CHANNEL_PAUSES[min(failures, len(CHANNEL_PAUSES)) - 1]


def awake_at(moment: datetime) -> datetime:
    """Return the moment itself, or the end of the quiet hours it falls into.

    Args:
        moment: In the city's own time.
    """
    if QUIET_UNTIL <= moment.time() < QUIET_FROM:
        return moment
    day = moment.date() + timedelta(days=1 if moment.time() >= QUIET_FROM else 0)
    return datetime.combine(day, QUIET_UNTIL, moment.tzinfo)


def release_at(now: datetime, *, is_urgent: bool, deadline: datetime | None) -> datetime:
    """Return when a message may go out: now, or in the morning when it can wait until then.

    Args:
        now: In the city's own time.
        is_urgent: Whether it goes at any hour.
        deadline: After which moment it comes too late, if there is one.
    """
    awake = awake_at(now)
    if is_urgent or (deadline is not None and deadline < awake + TIME_TO_ACT):
        return now
    return awake


def next_morning(now: datetime) -> datetime:
    """Return the end of the next night's quiet hours; ``now`` is in the city's own time."""
    return datetime.combine(now.date() + timedelta(days=1), QUIET_UNTIL, now.tzinfo)


def start_of_day(now: datetime) -> datetime:
    """Return the midnight before; ``now`` is in the city's own time."""
    return datetime.combine(now.date(), time(0), now.tzinfo)


def is_gsm(text: str) -> bool:
    """Tell whether a text needs nothing but the old alphabet of phones, of seven bits a sign."""
    return all(sign in _GSM or sign in _GSM_OF_TWO for sign in text)


def sms_parts(text: str) -> int:
    """Return how many text messages a text is billed as.

    Of Latin letters alone 160 fit into one and 153 into each of several; with any sign beyond
    them, such as the brackets of a Chinese signature, it is 70 and 67.
    """
    if is_gsm(text):
        units, of_one, of_many = len(text), GSM_PART_OF_ONE, GSM_PART_OF_MANY
        units += sum(sign in _GSM_OF_TWO for sign in text)
    else:
        units, of_one, of_many = len(text.encode("utf-16-le")) // 2, PART_OF_ONE, PART_OF_MANY
    return 1 if units <= of_one else -(-units // of_many)


def without_personal_values(error: str) -> str:
    """Return what another system said, its mail addresses and phone numbers hidden."""
    hidden = _NUMBER.sub("***", _ADDRESS.sub(r"***@\1", error))
    return " ".join(hidden.split())[:_MOST_OF_AN_ERROR]
