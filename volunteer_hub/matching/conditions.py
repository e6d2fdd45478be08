"""The hard rules for one volunteer and one post, each a question with a plain answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Final

from volunteer_hub.matching.geometry import Stop, clash, distance_between
from volunteer_hub.matching.lookup import Lookup
from volunteer_hub.matching.problem import (
    DAY_MINUTES,
    WEEK_MINUTES,
    Declined,
    Post,
    Shift,
    Volunteer,
    Window,
)
from volunteer_hub.matching.weights import Travel


class Condition(StrEnum):
    """What a volunteer must meet to be put in a post, in the order in which it is asked."""

    SKILL = "skill"
    CREDENTIAL = "credential"
    LANGUAGE = "language"
    EXPERIENCE = "experience"
    WINDOW = "window"
    BLACKOUT = "blackout"
    REACH = "reach"
    DECLINED = "declined"
    WEEK_MINUTES = "week_minutes"
    BUSY = "busy"


Requirement = Callable[[Volunteer, Shift, Post], bool]


def has_skills(volunteer: Volunteer, post: Post) -> bool:
    """Return whether every skill is held at the level asked for or above."""
    held = volunteer.skills
    return all(held.get(code, 0) >= level for code, level in post.skills.items())


def has_credential(volunteer: Volunteer, shift: Shift, post: Post) -> bool:
    """Return whether the credential, if one is needed, is still valid when the shift ends."""
    if post.credential is None:
        return True
    expires = volunteer.credentials.get(post.credential)
    return expires is not None and expires >= shift.end


def has_language(volunteer: Volunteer, post: Post) -> bool:
    """Return whether the language, if one is needed, is spoken."""
    return post.language is None or post.language in volunteer.languages


def has_experience(volunteer: Volunteer, post: Post) -> bool:
    """Return whether the volunteer has served for as long as the post asks."""
    return volunteer.total_minutes >= post.min_experience_minutes


def window_around(volunteer: Volunteer, shift: Shift) -> Window | None:
    """Return the weekly window of the volunteer that holds the whole shift, if there is one."""
    midnight = shift.day * DAY_MINUTES
    start, end, weekday = shift.start - midnight, shift.end - midnight, shift.day % 7
    for window in volunteer.windows or ():
        if window[0] == weekday and window[1] <= start and end <= window[2]:
            return window
    return None


def is_in_window(volunteer: Volunteer, shift: Shift) -> bool:
    """Return whether one weekly window holds the whole shift, or no windows were ever stated."""
    return volunteer.windows is None or window_around(volunteer, shift) is not None


def is_day_open(volunteer: Volunteer, shift: Shift) -> bool:
    """Return whether the volunteer has not excluded that day."""
    return shift.day not in volunteer.blackout_days


def is_in_reach(volunteer: Volunteer, shift: Shift) -> bool:
    """Return whether the venue is near enough, or the distance is not known."""
    away_km = distance_between(volunteer.point, shift.point)
    return away_km is None or away_km <= volunteer.radius_km


REQUIREMENTS: Final[tuple[tuple[Condition, Requirement], ...]] = (
    (Condition.SKILL, lambda volunteer, _shift, post: has_skills(volunteer, post)),
    (Condition.CREDENTIAL, has_credential),
    (Condition.LANGUAGE, lambda volunteer, _shift, post: has_language(volunteer, post)),
    (Condition.EXPERIENCE, lambda volunteer, _shift, post: has_experience(volunteer, post)),
    (Condition.WINDOW, lambda volunteer, shift, _post: is_in_window(volunteer, shift)),
    (Condition.BLACKOUT, lambda volunteer, shift, _post: is_day_open(volunteer, shift)),
    (Condition.REACH, lambda volunteer, shift, _post: is_in_reach(volunteer, shift)),
)


def minutes_in_week(stops: Iterable[Stop], week: int) -> int:
    """Return how long the stops that start in a week last together."""
    return sum(stop.end - stop.start for stop in stops if stop.start // WEEK_MINUTES == week)


def is_within_week(volunteer: Volunteer, shift: Shift, engaged: Iterable[Stop]) -> bool:
    """Return whether the shift still fits into what the volunteer gives in that week."""
    already = minutes_in_week(engaged, shift.week)
    return already + shift.minutes <= volunteer.max_minutes_week


def is_at_liberty(travel: Travel, shift: Shift, engaged: Iterable[Stop]) -> bool:
    """Return whether nothing the volunteer does already is in the way, travel included."""
    return not any(clash(travel, shift, stop) for stop in engaged)


def unmet(
    lookup: Lookup, volunteer: Volunteer, post: Post, engaged: Iterable[Stop]
) -> tuple[Condition, ...]:
    """Return every condition the volunteer fails for the post, in the order they are asked.

    Args:
        lookup: The problem they are part of.
        volunteer: Who is asked about.
        post: What they would do.
        engaged: What else the volunteer does, not counting this very post.
    """
    shift = lookup.shifts[post.shift_id]
    stops = tuple(engaged)
    failed = [kind for kind, is_met in REQUIREMENTS if not is_met(volunteer, shift, post)]
    if Declined(volunteer.id, shift.id) in lookup.declined:
        failed.append(Condition.DECLINED)
    if not is_within_week(volunteer, shift, stops):
        failed.append(Condition.WEEK_MINUTES)
    if not is_at_liberty(lookup.travel, shift, stops):
        failed.append(Condition.BUSY)
    return tuple(failed)
