"""What fits those who follow a place, a campaign or a skill, and the weekly message about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
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
    """Return every wish that a post fulfils: its campaign, its skills, its region and all above."""
    event = post.shift.event
    met: set[Wish] = {(FollowKind.CAMPAIGN, event.campaign.code)}
    met |= {(FollowKind.SKILL, skill.skill_code) for skill in post.skills}
    return met | {(FollowKind.PLACE, code) for code in _codes_above(event)}


def _codes_above(event: Event) -> list[str]:
    node = tree().find(event.region_id)
    return [step.code for step in tree().line(node)] if node else []


def digests_of(week: str, *, now: datetime) -> Iterator[list[Draft]]:
    """Yield the digests of a week that were not queued before, some at a time.

    Args:
        week: Like 2026-W36.
        now: The moment.
    """
    last_id, today = 0, now.astimezone(LOCAL).date()
    while people := queries.followers_after(last_id, limit=AT_ONCE, today=today):
        last_id = people[-1].id
        yield list(_digests(people, week, now=now))


def _digests(people: Sequence[Volunteer], week: str, *, now: datetime) -> Iterable[Draft]:
    told = outbox.queued_keys({queries.digest_key(each.id, week) for each in people})
    waiting = [each for each in people if queries.digest_key(each.id, week) not in told]
    ids = [each.id for each in waiting]
    wishes, known = queries.wishes_by_volunteer(ids), queries.events_known_by(ids)
    posts = open_posts(now=now) if waiting else []
    for volunteer in waiting:
        new = [post for post in posts if post.shift.event_id not in known[volunteer.id]]
        found = fitting(volunteer, wishes[volunteer.id], new, limit=MOST, now=now)
        if found:
            yield _digest(volunteer, found, week)


def _kept(post: Post) -> str:
    event = post.shift.event
    place = event.venue.name if event.venue else actions.place_in_words(event)
    return messages.event_line(event.starts_at.isoformat(), event.title, place)


def _digest(volunteer: Volunteer, found: Iterable[Suggestion], week: str) -> Draft:
    return Draft(
        kind="digest",
        to=outbox.to_person(volunteer.person_id),
        dedupe_key=queries.digest_key(volunteer.id, week),
        params={
            "events": [_kept(each.post) for each in found],
            "path": "/me/follow",
        },
    )
