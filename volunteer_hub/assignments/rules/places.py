"""May a volunteer take a post, and how does an invitation stand? Pure: values in, verdict out."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from volunteer_hub.volunteers.rules import BINDING, Bearing, Demands, Lack, lacks

ANSWER_TIME: Final = timedelta(hours=48)
ANSWER_BEFORE_START: Final = timedelta(hours=2)


class State(enum.StrEnum):
    """Where things stand between a volunteer and a post."""

    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class Source(enum.StrEnum):
    """Who began it."""

    SIGN_UP = "sign_up"
    MATCHER = "matcher"
    ORGANISER = "organiser"


class Refusal(enum.StrEnum):
    """Why a volunteer cannot take a post."""

    CLOSED = "closed"
    REMOVED = "removed"
    EXPIRED = "expired"
    PAUSED = "paused"
    UNDER_AGE = "under_age"
    CONSENT = "consent"
    CREDENTIAL = "credential"
    RESERVE = "reserve"
    TRANSPORT = "transport"
    NOT_ELIGIBLE = "not_eligible"
    ALREADY = "already"
    OVERLAP = "overlap"
    FULL = "full"


class Standing(enum.StrEnum):
    """What an invitation's page has to say."""

    OPEN = "open"
    FULL = "full"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    OVER = "over"
    REMOVED = "removed"
    EVENT_CANCELLED = "event_cancelled"


@dataclass(frozen=True, slots=True)
class Span:
    """From one moment up to, not including, another."""

    start: datetime
    end: datetime

    def overlaps(self, other: Span) -> bool:
        """Tell whether the two share any moment; back-to-back spans do not."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Commitment:
    """A shift that a volunteer has agreed to."""

    shift_id: int
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A post as it stands.

    Attributes:
        is_event_on: The event was published and is not cancelled.
        free_places: Places left before this answer; may be negative.
        needs: The level, 1 to 3, of each skill it asks for.
        demands: What else it asks of people.
        first: The local day on which the shift starts.
        last: The local day on which it ends.
    """

    is_event_on: bool
    event_ends_at: datetime
    shift_id: int
    span: Span
    free_places: int
    needs: Mapping[str, int]
    first: date
    last: date
    demands: Demands = field(default_factory=Demands)


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """A volunteer who wants a post.

    Attributes:
        was_removed: An organiser took them off this very post.
        bearing: What they bring besides skills and time.
        skills: Their level, 1 to 3, in each skill they have.
        commitments: What they have agreed to besides this post.
    """

    was_removed: bool
    skills: Mapping[str, int]
    commitments: tuple[Commitment, ...]
    bearing: Bearing = field(default_factory=Bearing)


def sign_up_refusal(opening: Opening, applicant: Applicant, *, now: datetime) -> Refusal | None:
    """Return why the volunteer cannot take the post by their own wish, or None when they can."""
    if is_closed(opening, now=now):
        return Refusal.CLOSED
    if applicant.was_removed:
        return Refusal.REMOVED
    if applicant.bearing.rests_on(opening.first):
        return Refusal.PAUSED
    lacking = lacks(opening.demands, applicant.bearing, first=opening.first, last=opening.last)
    if lacking:
        return Refusal(lacking[0].value)
    if missing_skills(opening.needs, applicant.skills):
        return Refusal.NOT_ELIGIBLE
    return _room_refusal(opening, applicant.commitments)


def accept_refusal(
    opening: Opening,
    commitments: Iterable[Commitment],
    *,
    bearing: Bearing,
    expires_at: datetime | None,
    now: datetime,
) -> Refusal | None:
    """Return why the volunteer cannot accept an invitation, or None when they can.

    Whoever was asked need not have the skills: the organiser knew whom they asked. Age, a
    guardian's consent and credentials no organiser can overlook.

    Args:
        opening: The post.
        commitments: What the volunteer has agreed to besides it.
        bearing: What the volunteer brings.
        expires_at: The moment from which an answer is too late; None when there is no limit.
        now: The moment of the answer.
    """
    if is_closed(opening, now=now):
        return Refusal.CLOSED
    if expires_at is not None and now >= expires_at:
        return Refusal.EXPIRED
    lacking = binding_lack(opening, bearing)
    return Refusal(lacking.value) if lacking else _room_refusal(opening, commitments)


def binding_lack(opening: Opening, bearing: Bearing) -> Lack | None:
    """Return what forbids giving the post to this person, whoever wishes it, or None."""
    lacking = lacks(opening.demands, bearing, first=opening.first, last=opening.last)
    return next((lack for lack in lacking if lack in BINDING), None)


def is_closed(opening: Opening, *, now: datetime) -> bool:
    """Tell whether nobody can join any more; the moment the shift starts is too late."""
    return not opening.is_event_on or now >= opening.span.start or now >= opening.event_ends_at


def _room_refusal(opening: Opening, commitments: Iterable[Commitment]) -> Refusal | None:
    others = tuple(commitments)
    if any(each.shift_id == opening.shift_id for each in others):
        return Refusal.ALREADY
    if any(each.span.overlaps(opening.span) for each in others):
        return Refusal.OVERLAP
    return Refusal.FULL if opening.free_places < 1 else None


def missing_skills(needs: Mapping[str, int], skills: Mapping[str, int]) -> list[str]:
    """Return the skills that are asked for and not held well enough, by code."""
    return sorted(code for code, level in needs.items() if skills.get(code, 0) < level)


def invitation_expiry(shift_starts_at: datetime, *, now: datetime) -> datetime:
    """Return until when an invitation can be answered; never in the past.

    Two days, but at least two hours before the shift so that someone else can still be asked;
    when that moment is over already, until the shift starts.
    """
    in_good_time = shift_starts_at - ANSWER_BEFORE_START
    latest = in_good_time if in_good_time > now else shift_starts_at
    return max(now, min(now + ANSWER_TIME, latest))


def standing(
    state: State, opening: Opening, *, expires_at: datetime | None, now: datetime
) -> Standing:
    """Return what the page of an invitation says, also when the clock's jobs are late."""
    if not opening.is_event_on and state in (State.INVITED, State.ACCEPTED, State.CANCELLED):
        return Standing.EVENT_CANCELLED
    fixed = {
        State.CANCELLED: Standing.REMOVED,
        State.ACCEPTED: Standing.ACCEPTED,
        State.WITHDRAWN: Standing.WITHDRAWN,
    }
    if state in fixed:
        return fixed[state]
    if is_closed(opening, now=now):
        return Standing.OVER
    if state is State.DECLINED:
        return Standing.DECLINED
    if state is State.EXPIRED or (expires_at is not None and now >= expires_at):
        return Standing.EXPIRED
    return Standing.FULL if opening.free_places < 1 else Standing.OPEN
