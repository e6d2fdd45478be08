"""What planners fill in, as plain values that rules judge and actions write.

The names are those of the columns and of the forms' fields.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime


class Risk(enum.StrEnum):
    """Whom a post may be given to, by what can happen there."""

    NONE = "none"
    DANGER = "danger"
    EMERGENCY = "emergency"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventDraft:
    """An event as somebody wants it. ``asks_…`` are no, optional or required."""

    organisation_id: int
    title: str
    starts_at: datetime
    ends_at: datetime
    venue_id: int | None = None
    summary: str = ""
    audience_codes: tuple[str, ...] = ()
    language_codes: tuple[str, ...] = ()
    theme_code: str | None = None
    form_code: str | None = None
    topic: str = ""
    speaker_name: str = ""
    speaker_title: str = ""
    meeting_point: str = ""
    what_to_bring: str = ""
    risk_notice: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    is_registration_open: bool = True
    capacity: int | None = None
    asks_name: str = "optional"
    asks_phone: str = "optional"
    max_companions: int = 0
    is_elder_friendly: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftDraft:
    """A shift as somebody wants it."""

    title: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PostDraft:
    """A post as somebody wants it; skills are (code, level) pairs."""

    title: str
    min_people: int
    max_people: int
    duties: str = ""
    skills: tuple[tuple[str, int], ...] = ()
    risk: Risk = Risk.NONE
    needs_car: bool = False
    credential_code: str = ""
    min_experienced: int = 0
