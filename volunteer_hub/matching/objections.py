"""What stands against a volunteer in a post, for each condition that is not met."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from volunteer_hub.matching.conditions import Condition
from volunteer_hub.matching.geometry import distance_between
from volunteer_hub.matching.problem import DAY_MINUTES, Post, Shift, Volunteer
from volunteer_hub.matching.reasons import Reason, ReasonCode, in_hours, skill_reason

Objection = Callable[[Volunteer, Shift, Post], Iterator[Reason]]


def objections(
    failed: Iterable[Condition], volunteer: Volunteer, shift: Shift, post: Post
) -> list[Reason]:
    """Return the reasons against, in the order of the conditions that failed."""
    return [
        reason for condition in failed for reason in _OBJECTIONS[condition](volunteer, shift, post)
    ]


def _skills(volunteer: Volunteer, _shift: Shift, post: Post) -> Iterator[Reason]:
    for skill, required in sorted(post.skills.items()):
        level = volunteer.skills.get(skill, 0)
        if level < required:
            yield skill_reason(ReasonCode.LACKS_SKILL, skill, level, required)


def _credential(_volunteer: Volunteer, _shift: Shift, post: Post) -> Iterator[Reason]:
    yield Reason(ReasonCode.LACKS_CREDENTIAL, {"credential": post.credential or ""})


def _language(_volunteer: Volunteer, _shift: Shift, post: Post) -> Iterator[Reason]:
    yield Reason(ReasonCode.LACKS_LANGUAGE, {"language": post.language or ""})


def _experience(volunteer: Volunteer, _shift: Shift, post: Post) -> Iterator[Reason]:
    values = {
        "hours": in_hours(volunteer.total_minutes),
        "required": in_hours(post.min_experience_minutes),
    }
    yield Reason(ReasonCode.LACKS_EXPERIENCE, values)


def _window(_volunteer: Volunteer, shift: Shift, _post: Post) -> Iterator[Reason]:
    midnight = shift.day * DAY_MINUTES
    values = {
        "weekday": shift.day % 7,
        "start": shift.start - midnight,
        "end": shift.end - midnight,
    }
    yield Reason(ReasonCode.NOT_AVAILABLE, values)


def _reach(volunteer: Volunteer, shift: Shift, _post: Post) -> Iterator[Reason]:
    away_km = distance_between(volunteer.point, shift.point)
    if away_km is not None:
        values = {"km": round(away_km, 1), "radius_km": volunteer.radius_km}
        yield Reason(ReasonCode.OUT_OF_REACH, values)


def _plain(code: ReasonCode) -> Objection:
    """Return an objection that says all there is to say by its name."""

    def said(_volunteer: Volunteer, _shift: Shift, _post: Post) -> Iterator[Reason]:
        yield Reason(code)

    return said


def _week(volunteer: Volunteer, _shift: Shift, _post: Post) -> Iterator[Reason]:
    yield Reason(ReasonCode.WEEK_FULL, {"max_hours": in_hours(volunteer.max_minutes_week)})


_OBJECTIONS: Final[Mapping[Condition, Objection]] = {
    Condition.SKILL: _skills,
    Condition.CREDENTIAL: _credential,
    Condition.LANGUAGE: _language,
    Condition.EXPERIENCE: _experience,
    Condition.AGE: _plain(ReasonCode.UNDER_AGE),
    Condition.CONSENT: _plain(ReasonCode.LACKS_CONSENT),
    Condition.RESERVE: _plain(ReasonCode.NOT_IN_RESERVE),
    Condition.TRANSPORT: _plain(ReasonCode.LACKS_TRANSPORT),
    Condition.WINDOW: _window,
    Condition.BLACKOUT: _plain(ReasonCode.DAY_EXCLUDED),
    Condition.REST: _plain(ReasonCode.RESTS),
    Condition.REACH: _reach,
    Condition.WISH: _plain(ReasonCode.NOT_WISHED),
    Condition.SUGGESTIONS: _plain(ReasonCode.NO_SUGGESTIONS),
    Condition.DECLINED: _plain(ReasonCode.HAS_DECLINED),
    Condition.WEEK_MINUTES: _week,
    Condition.BUSY: _plain(ReasonCode.BUSY),
}
