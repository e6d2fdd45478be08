"""Dull parts of a problem: everybody can do everything at one place on a Monday morning."""

from __future__ import annotations

from volunteer_hub.matching import Post, Problem, Shift, Volunteer, Window

HOME = (40.0, 124.0)
NINE = 9 * 60
ALL_WEEK = tuple(Window(weekday, 0, 24 * 60) for weekday in range(7))


def volunteer(id=1, **changes):
    values = {
        "lat": HOME[0],
        "lng": HOME[1],
        "radius_km": 10.0,
        "windows": ALL_WEEK,
        "max_minutes_week": 40 * 60,
    }
    return Volunteer(id=id, **(values | changes))


def shift(id=1, *, start=NINE, minutes=120, **changes):
    values = {
        "event_id": 1,
        "lat": HOME[0],
        "lng": HOME[1],
        "venue_id": 1,
        "audience": "school",
    }
    return Shift(id=id, start=start, end=start + minutes, **(values | changes))


def post(id=1, *, shift_id=1, people=1, **changes):
    values = {"name": "helper", "min_people": people, "max_people": people}
    return Post(id=id, shift_id=shift_id, **(values | changes))


def problem(volunteers=None, shifts=None, posts=None, **changes):
    """One volunteer, one shift and one post, unless others are given."""
    return Problem(
        volunteers=tuple([volunteer()] if volunteers is None else volunteers),
        shifts=tuple([shift()] if shifts is None else shifts),
        posts=tuple([post()] if posts is None else posts),
        **changes,
    )
