"""Who could take each post, and what each of them is worth there."""

from __future__ import annotations

from collections.abc import Iterator

from volunteer_hub.matching.conditions import (
    PERSONAL,
    is_at_liberty,
    is_day_open,
    is_in_reach,
    is_in_window,
)
from volunteer_hub.matching.lookup import Lookup
from volunteer_hub.matching.problem import Declined, Pin, Post, Shift, Volunteer
from volunteer_hub.matching.scoring import parts_of

Worths = dict[int, int]


def worths_by_post(lookup: Lookup) -> dict[int, Worths]:
    """Return for every post what each possible volunteer is worth in it, the best first.

    Pinned volunteers are in it whether or not they meet the conditions. Equal worth goes by id,
    so the order is the same for the same problem however it was written down.
    """
    pinned: dict[int, list[int]] = {}
    for pin in lookup.pins:
        pinned.setdefault(pin.post_id, []).append(pin.volunteer_id)
    worths: dict[int, Worths] = {}
    by_weekday = _free_by_weekday(lookup)
    for shift_id, posts in lookup.posts_of_shifts().items():
        shift = lookup.shifts[shift_id]
        # Time is by far the sharpest filter, so it goes first and once for all posts of the shift.
        free = list(_free_for(lookup, by_weekday[shift.day % 7], shift))
        for post in posts:
            able = {person.id for person in free if _is_able(person, shift, post)}
            worths[post.id] = _ranked(lookup, post, able.union(pinned.get(post.id, ())))
    return worths


def _free_by_weekday(lookup: Lookup) -> list[list[Volunteer]]:
    days: list[list[Volunteer]] = [[] for _ in range(7)]
    for volunteer in lookup.volunteers.values():
        windows = volunteer.windows
        stated = range(7) if windows is None else {window.weekday for window in windows}
        for weekday in {*stated, *(day % 7 for day in volunteer.extra_hours)}:
            days[weekday].append(volunteer)
    return days


def _free_for(lookup: Lookup, volunteers: list[Volunteer], shift: Shift) -> Iterator[Volunteer]:
    for volunteer in volunteers:
        if not is_in_window(volunteer, shift) or not is_day_open(volunteer, shift):
            continue
        if not is_in_reach(volunteer, shift):
            continue
        if Declined(volunteer.id, shift.id) in lookup.declined:
            continue
        if is_at_liberty(lookup.travel, shift, lookup.taken.get(volunteer.id, ())):
            yield volunteer


def _is_able(volunteer: Volunteer, shift: Shift, post: Post) -> bool:
    return all(is_met(volunteer, shift, post) for is_met in PERSONAL)


def _ranked(lookup: Lookup, post: Post, volunteer_ids: set[int]) -> Worths:
    shift, kept_bonus = lookup.shifts[post.shift_id], lookup.weights.kept_bonus
    worth = {
        each: parts_of(lookup.volunteers[each], shift, post).total
        + (kept_bonus if Pin(each, post.id) in lookup.previous else 0)
        for each in volunteer_ids
    }
    return dict(sorted(worth.items(), key=lambda item: (-item[1], item[0])))
