"""What fits those who follow a place, a campaign or a skill, and the weekly message about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from volunteer_hub.assignments import actions, messages, offers, queries
from volunteer_hub.assignments.models import FollowKind
from volunteer_hub.assignments.offers import Suggestion
from volunteer_hub.assignments.queries import Wish
from volunteer_hub.core import outbox
from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.outbox import Draft
from volunteer_hub.events.models import Event, Post, Shift
from volunteer_hub.regions.queries import tree
from volunteer_hub.volunteers.models import Volunteer

AHEAD: Final = timedelta(days=21)
MOST: Final = 5
AT_ONCE: Final = 100


def open_posts(*, besides_those_of: int | None = None, now: datetime) -> list[Post]:
    """Return the posts of the next three weeks that have places left, the earliest first.

    Args:
        besides_those_of: A volunteer whose events, past requests included, are left out.
        now: The moment.
    """
    conditions = [Shift.starts_at > now, Shift.starts_at < now + AHEAD]
    if besides_those_of is not None:
        conditions.append(Shift.event_id.not_in(queries.events_known_to(besides_those_of)))
    return queries.posts_with_places(*conditions)


def fitting(
    volunteer: Volunteer,
    wishes: set[Wish],
    posts: Iterable[Post],
    *,
    limit: int,
    now: datetime,
) -> list[Suggestion]:
    """Return what a volunteer follows and may take, one post for each event, the earliest first.

    Distance and free times are not asked: whoever follows something wants to hear of it.

    Args:
        volunteer: For whom.
        wishes: What they follow.
        posts: What there is that is new to them; see ``open_posts``.
        limit: At most this many.
        now: The moment.
    """
    wanted = [post for post in posts if wishes & wishes_met_by(post)]
    return offers.takeable(wanted, volunteer, limit=limit, now=now) if wanted else []


def wishes_met_by(post: Post) -> set[Wish]:
    """Return every wish that a post fulfils: those of its event, and its skills."""
    event = post.shift.event
    return _met_by_event(event) | {(FollowKind.SKILL, skill.skill_code) for skill in post.skills}


def _met_by_event(event: Event) -> set[Wish]:
    """Return the wishes an event fulfils: its campaign, its team, its region and all above."""
    met: set[Wish] = {
        (FollowKind.CAMPAIGN, event.campaign.code),
        (FollowKind.TEAM, str(event.organisation_id)),
    }
    return met | {(FollowKind.PLACE, code) for code in _codes_above(event)}


def _codes_above(event: Event) -> list[str]:
    node = tree().find(event.region_id)
    return [step.code for step in tree().line(node)] if node else []


def events_for(wishes: set[Wish], events: Iterable[Event], *, limit: int) -> list[Event]:
    """Return what somebody who does not volunteer follows, the earliest first."""
    return [event for event in events if wishes & _met_by_event(event)][:limit]


def coming(*, now: datetime) -> list[Event]:
    """Return the events of the next three weeks, the earliest first."""
    return queries.coming_events(after=now, before=now + AHEAD)


def digests_of(week: str, *, now: datetime) -> Iterator[list[Draft]]:
    """Yield the digests of a week that were not queued before, some at a time.

    Args:
        week: Like 2026-W36.
        now: The moment.
    """
    last_id, today = 0, now.astimezone(LOCAL).date()
    while people := queries.followers_after(last_id, limit=AT_ONCE, today=today):
        last_id = max(people)
        yield list(_digests(people, week, now=now))


def _digests(
    people: Mapping[int, Volunteer | None], week: str, *, now: datetime
) -> Iterable[Draft]:
    told = outbox.queued_keys({queries.digest_key(each, week) for each in people})
    waiting = {
        each: profile
        for each, profile in people.items()
        if queries.digest_key(each, week) not in told
    }
    volunteers = {each: profile for each, profile in waiting.items() if profile is not None}
    guests = waiting.keys() - volunteers.keys()
    wishes = queries.wishes_by_person(waiting)
    yield from _for_volunteers(volunteers, wishes, week, now=now)
    events = coming(now=now) if guests else []
    for person_id in sorted(guests):
        found = events_for(wishes[person_id], events, limit=MOST)
        if found:
            yield _digest(person_id, found, week, as_guest=True)


def _for_volunteers(
    volunteers: Mapping[int, Volunteer],
    wishes: Mapping[int, set[Wish]],
    week: str,
    *,
    now: datetime,
) -> Iterable[Draft]:
    known = queries.events_known_by([each.id for each in volunteers.values()])
    posts = open_posts(now=now) if volunteers else []
    for person_id, volunteer in volunteers.items():
        new = [post for post in posts if post.shift.event_id not in known[volunteer.id]]
        found = fitting(volunteer, wishes[person_id], new, limit=MOST, now=now)
        if found:
            yield _digest(person_id, [each.post.shift.event for each in found], week)


def _kept(event: Event) -> str:
    place = event.venue.name if event.venue else actions.place_in_words(event)
    return messages.event_line(event.starts_at.isoformat(), event.title, place)


def _digest(person_id: int, found: Iterable[Event], week: str, *, as_guest: bool = False) -> Draft:
    return Draft(
        kind="digest",
        to=outbox.to_person(person_id),
        dedupe_key=queries.digest_key(person_id, week),
        params={
            "events": [_kept(each) for each in found],
            "as_guest": as_guest,
            "path": "/me/follow",
        },
    )
