"""What an organiser sees when looking for people: proposals for every post, and why."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, or_

from volunteer_hub import matching
from volunteer_hub.assignments import facts, problem, queries
from volunteer_hub.assignments.queries import PostCount
from volunteer_hub.events.models import Event, Post
from volunteer_hub.matching.engagements import Engagements
from volunteer_hub.matching.lookup import Lookup
from volunteer_hub.matching.ranking import Candidate, judge
from volunteer_hub.volunteers.models import Volunteer

FURTHER: Final = 8
NEAR_MISSES: Final = 3
# Nobody is asked again who said no, nor someone who is elsewhere at that time, who may not be
# asked at all, or who wants to be left alone.
NOT_WORTH_ASKING: Final = {
    matching.Condition.DECLINED,
    matching.Condition.BUSY,
    matching.Condition.AGE,
    matching.Condition.CONSENT,
    matching.Condition.CREDENTIAL,
    matching.Condition.RESERVE,
    matching.Condition.REST,
    matching.Condition.SUGGESTIONS,
    matching.Condition.WISH,
}


@dataclass(frozen=True, slots=True)
class Someone:
    """A volunteer who could be asked, and why, as plain values."""

    volunteer: Volunteer
    reasons: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class PostBoard:
    """One post with whom to ask.

    Attributes:
        proposed: Whom the matcher would ask, given all other posts.
        further: Who else suits, the best first.
        shortfall: Why seats stay open even so; None when the minimum can be reached.
        near_misses: Who fails one condition only, when seats stay open.
    """

    post: Post
    count: PostCount
    proposed: list[Someone]
    further: list[Someone]
    shortfall: matching.Shortfall | None
    near_misses: list[Someone]

    @property
    def missing(self) -> int:
        """How many people the minimum still lacks, open invitations not counted."""
        return max(0, self.post.min_people - self.count.accepted)


def open_posts(event: Event, *, now: datetime) -> list[Post]:
    """Return the posts of an event whose shift has not begun, by shift."""
    return [post for shift in event.shifts if shift.starts_at > now for post in shift.posts]


def match_board(event: Event, among: ColumnElement[bool], *, now: datetime) -> list[PostBoard]:
    """Return every post of an event that people can still be asked for, with whom to ask.

    Args:
        event: With its shifts, posts and skills loaded.
        among: The condition of volunteers who may be asked.
        now: The moment.
    """
    posts = open_posts(event, now=now)
    if not posts:
        return []
    whom = or_(and_(facts.may_be_proposed(), among), facts.engaged_at(posts))
    question = problem.question_of(posts, whom, proposing=True, now=now)
    drafts = _drafts(question.problem, matching.solve(question.problem))
    named = queries.volunteers_by_id(_shown(drafts))
    counts = question.counts()
    return [
        PostBoard(
            post=post,
            count=counts.get(post.id, PostCount()),
            proposed=_people(drafts[post.id].proposed, named),
            further=_people(drafts[post.id].further, named),
            shortfall=drafts[post.id].shortfall,
            near_misses=_people(drafts[post.id].near_misses, named),
        )
        for post in posts
    ]


def reasons_of(
    event: Event, pairs: Collection[tuple[int, int]], *, now: datetime
) -> dict[tuple[int, int], tuple[dict[str, Any], ...]]:
    """Return why these volunteers suit these posts of an event, as plain values.

    Args:
        event: With its shifts, posts and skills loaded.
        pairs: Ids of volunteer and post.
        now: The moment.
    """
    posts = open_posts(event, now=now)
    if not posts or not pairs:
        return {}
    whom = Volunteer.id.in_({who for who, _ in pairs})
    question = problem.question_of(posts, whom, proposing=False, now=now)
    found = problem.judged(question.problem, pairs)
    return {pair: problem.as_stored(candidate) for pair, candidate in found.items()}


@dataclass(frozen=True, slots=True)
class _Draft:
    proposed: list[Candidate]
    further: list[Candidate]
    shortfall: matching.Shortfall | None
    near_misses: list[Candidate]


def _drafts(asked: matching.Problem, plan: matching.Plan) -> dict[int, _Draft]:
    lookup = Lookup.of(asked)
    engagements = Engagements(lookup, plan.assignments)
    live = matching.Live.of(asked, plan)
    new = [pin for pin in plan.assignments if pin not in lookup.pins]
    short = {each.post_id for each in plan.unfilled}
    drafts = {}
    for post_id, post in lookup.posts.items():
        mine = [lookup.volunteers[pin.volunteer_id] for pin in new if pin.post_id == post_id]
        proposed = [judge(engagements, volunteer, post) for volunteer in mine]
        why = matching.quick_shortfall(live, post_id, limit=50) if post_id in short else None
        drafts[post_id] = _Draft(
            proposed=sorted(proposed, key=lambda each: (-each.score, each.volunteer_id)),
            further=matching.quick_rank(live, post_id, limit=FURTHER),
            shortfall=why,
            near_misses=_worth_asking(why.near_misses) if why else [],
        )
    return drafts


def _worth_asking(near_misses: Iterable[Candidate]) -> list[Candidate]:
    found = [each for each in near_misses if each.refusals]
    return [each for each in found if not NOT_WORTH_ASKING & set(each.refusals)][:NEAR_MISSES]


def _shown(drafts: dict[int, _Draft]) -> set[int]:
    return {
        each.volunteer_id
        for draft in drafts.values()
        for each in (*draft.proposed, *draft.further, *draft.near_misses)
    }


def _people(found: Iterable[Candidate], named: dict[int, Volunteer]) -> list[Someone]:
    return [
        Someone(named[each.volunteer_id], problem.as_stored(each))
        for each in found
        if each.volunteer_id in named
    ]
