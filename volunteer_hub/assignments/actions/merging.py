"""Two records became one person's: what they had twice at a post is ended once."""

from __future__ import annotations

from datetime import datetime

from volunteer_hub.assignments import queries
from volunteer_hub.assignments.actions import line, places
from volunteer_hub.assignments.models import Source, State
from volunteer_hub.events import queries as events
from volunteer_hub.events.models import Post
from volunteer_hub.volunteers import queries as volunteers
from volunteer_hub.waiting import actions as waiting
from volunteer_hub.waiting import queries as lines


def end_what_is_double(kept_id: int, gone_id: int, now: datetime) -> None:
    """Leave nobody in line twice, and no place with a record that nobody signs in to.

    Both volunteers are held already. Who stood by twice keeps the earlier moment; who had agreed
    with the record that is gone has the place with the one that is kept.
    """
    stood_by = {post.id for post, _offer_id in queries.posts_stood_by(gone_id)}
    placed = queries.posts_held_by(gone_id, now=now)
    for post_id in sorted(stood_by | placed):
        post = events.lock_post(post_id)
        _end_place(post, kept_id, gone_id, now=now)
        _end_line(post, kept_id, gone_id, now=now)
        line.settle(post, now=now)


def _end_line(post: Post, kept_id: int, gone_id: int, *, now: datetime) -> None:
    double = lines.find_entry_of_volunteer(post.id, gone_id)
    if double is None:
        return
    own = lines.find_entry_of_volunteer(post.id, kept_id)
    if own is not None:
        own.joined_at = min(own.joined_at, double.joined_at)
    waiting.leave(double, now=now)


def _end_place(post: Post, kept_id: int, gone_id: int, *, now: datetime) -> None:
    double = queries.find_assignment(post.id, gone_id)
    if double is None or double.state not in queries.LIVE:
        return
    had_agreed = double.state is State.ACCEPTED
    places.end(double, State.CANCELLED, "", now=now)
    own = queries.find_assignment(post.id, kept_id)
    if had_agreed and (own is None or own.state is not State.ACCEPTED):
        kept = volunteers.volunteer_with_person(kept_id)
        places.give(places.begin_anew(own, post, kept, Source.SIGN_UP, now=now), now=now)
