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
    AGE = "age"
    CONSENT = "consent"
    RESERVE = "reserve"
    TRANSPORT = "transport"
    WINDOW = "window"
    BLACKOUT = "blackout"
    REST = "rest"
    REACH = "reach"
    WISH = "wish"
    SUGGESTIONS = "suggestions"
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


def is_old_enough(volunteer: Volunteer, shift: Shift, post: Post) -> bool:
    """Return whether they are of age when the shift starts, if the post is for adults."""
    if not (post.is_for_adults or post.is_for_reserve) or volunteer.adult_from is None:
        return True
    return shift.start >= volunteer.adult_from


def has_consent(volunteer: Volunteer, shift: Shift) -> bool:
    """Return whether a guardian agreed, unless they are of age by then."""
    is_adult = volunteer.adult_from is None or shift.start >= volunteer.adult_from
    return is_adult or not volunteer.needs_consent


def window_around(volunteer: Volunteer, shift: Shift) -> Window | None:
    """Return the stretch, of the week or of that day, that holds the whole shift, if any does."""
    midnight = shift.day * DAY_MINUTES
    start, end, weekday = shift.start - midnight, shift.end - midnight, shift.day % 7
    for window in volunteer.windows or ():
        if window[0] == weekday and window[1] <= start and end <= window[2]:
            return window
    for opens, closes in volunteer.extra_hours.get(shift.day, ()):
        if opens <= start and end <= closes:
            return Window(weekday, opens, closes)
    return None


def is_in_window(volunteer: Volunteer, shift: Shift) -> bool:
    """Return whether one stretch holds the whole shift, or no weekly ones were ever stated."""
    return volunteer.windows is None or window_around(volunteer, shift) is not None


def is_day_open(volunteer: Volunteer, shift: Shift) -> bool:
    """Return whether the volunteer has not excluded that day."""
    return shift.day not in volunteer.blackout_days


def is_in_reach(volunteer: Volunteer, shift: Shift) -> bool:
    """Return whether the venue is near enough, or the distance is not known."""
    away_km = distance_between(volunteer.point, shift.point)
    return away_km is None or away_km <= volunteer.radius_km


def is_rested(volunteer: Volunteer, shift: Shift) -> bool:
    """Return whether a break they take is over when the shift starts."""
    return volunteer.rests_until is None or shift.start >= volunteer.rests_until


def is_wished(volunteer: Volunteer, shift: Shift) -> bool:
    """Return whether the shift is for people, or part of a campaign, they asked for."""
    return (
        shift.audience in volunteer.wishes
        or shift.campaign in volunteer.wished_campaigns
        or not volunteer.wishes.isdisjoint(shift.also_for)
    )


def is_wanted(volunteer: Volunteer, shift: Shift) -> bool:
    """Return whether they are to be thought of for this shift: they asked for it, or for any."""
    return not volunteer.wants_only_wishes or is_wished(volunteer, shift)


REQUIREMENTS: Final[tuple[tuple[Condition, Requirement], ...]] = (
    (Condition.SKILL, lambda volunteer, _shift, post: has_skills(volunteer, post)),
    (Condition.CREDENTIAL, has_credential),
    (Condition.LANGUAGE, lambda volunteer, _shift, post: has_language(volunteer, post)),
    (Condition.EXPERIENCE, lambda volunteer, _shift, post: has_experience(volunteer, post)),
    (Condition.AGE, is_old_enough),
    (Condition.CONSENT, lambda volunteer, shift, _post: has_consent(volunteer, shift)),
    (
        Condition.RESERVE,
        lambda volunteer, _shift, post: volunteer.is_in_reserve or not post.is_for_reserve,
    ),
    (
        Condition.TRANSPORT,
        lambda volunteer, _shift, post: volunteer.has_transport or not post.needs_transport,
    ),
    (Condition.WINDOW, lambda volunteer, shift, _post: is_in_window(volunteer, shift)),
    (Condition.BLACKOUT, lambda volunteer, shift, _post: is_day_open(volunteer, shift)),
    (Condition.REST, lambda volunteer, shift, _post: is_rested(volunteer, shift)),
    (Condition.REACH, lambda volunteer, shift, _post: is_in_reach(volunteer, shift)),
    (Condition.WISH, lambda volunteer, shift, _post: is_wanted(volunteer, shift)),
    (Condition.SUGGESTIONS, lambda volunteer, _shift, _post: volunteer.wants_suggestions),
)

_CALENDAR: Final = {Condition.WINDOW, Condition.BLACKOUT, Condition.REACH}
# What is left to ask once it is known that the time and the way suit.
PERSONAL: Final[tuple[Requirement, ...]] = tuple(
    is_met for kind, is_met in REQUIREMENTS if kind not in _CALENDAR
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
