"""Posts as one volunteer sees them: whether they may take them, and what speaks for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from volunteer_hub.assignments import problem, queries, rules
from volunteer_hub.assignments.models import Assignment, State
from volunteer_hub.assignments.queries import PostCount, StandingBy
from volunteer_hub.assignments.rules import Applicant, Commitment, Refusal, Span
from volunteer_hub.events.models import Event, Post, Shift
from volunteer_hub.matching.ranking import Candidate, Verdict
from volunteer_hub.volunteers.models import Volunteer
from volunteer_hub.volunteers.rules import Bearing

AHEAD: Final = timedelta(days=45)
MOST_SUGGESTIONS: Final = 30


@dataclass(frozen=True, slots=True)
class Offer:
    """One post, for one volunteer or for somebody unknown.

    Attributes:
        free_places: Never negative.
        is_closed: Nobody can join any more.
        mine: What is between the volunteer and the post, if anything.
        refusal: Why they cannot take it; None when they can, or when nobody knows them.
        missing: Codes of the skills they lack, with the level that is needed.
        reasons: What speaks against it, then for it, as plain values.
        waiting: How many stand by for it.
        standby: The volunteer's own place in that line; None when they do not stand by.
    """

    post: Post
    free_places: int
    is_closed: bool
    mine: State | None
    refusal: Refusal | None
    missing: tuple[tuple[str, int], ...]
    reasons: tuple[dict[str, Any], ...]
    waiting: int = 0
    standby: StandingBy | None = None

    @property
    def may_stand_by(self) -> bool:
        """Whether nothing but the number of places keeps the volunteer from it."""
        return self.refusal is Refusal.FULL and self.standby is None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A post that suits a volunteer, and why, as plain values."""

    post: Post
    free_places: int
    reasons: tuple[dict[str, Any], ...]


def offers_of(event: Event, volunteer: Volunteer | None, *, now: datetime) -> list[Offer]:
    """Return every post of an event that has not ended, by shift.

    Args:
        event: With its shifts, posts and skills loaded.
        volunteer: For whom; None for somebody nobody knows.
        now: The moment.
    """
    posts = [post for shift in event.shifts if shift.ends_at > now for post in shift.posts]
    counts = queries.counts_of_posts([post.id for post in posts])
    view = _view_of(posts, volunteer, now=now) if volunteer is not None and posts else None
    offers = [_offer(post, counts.get(post.id, PostCount()), view, now) for post in posts]
    in_line = [post_id for post_id, count in counts.items() if count.waiting or count.kept]
    if volunteer is None or not in_line:
        return offers
    own = queries.own_standby(volunteer.id, in_line)
    return [replace(each, standby=own.get(each.post.id)) for each in offers]


@dataclass(frozen=True, slots=True)
class _View:
    """Posts as one volunteer sees them."""

    bearing: Bearing
    skills: Mapping[str, int]
    states: Mapping[int, State]
    commitments: tuple[Commitment, ...]
    judged: Mapping[int, Candidate]

    def applicant(self, post_id: int) -> Applicant:
        """Return the volunteer as the rules see them at a post."""
        return Applicant(
            bearing=self.bearing,
            was_removed=self.states.get(post_id) is State.CANCELLED,
            skills=self.skills,
            commitments=self.commitments,
        )


def _view_of(posts: Sequence[Post], volunteer: Volunteer, *, now: datetime) -> _View:
    whom = Volunteer.id == volunteer.id
    question = problem.question_of(posts, whom, proposing=False, now=now)
    found = problem.judged(question.problem, [(volunteer.id, post.id) for post in posts])
    own = {post.id for post in posts}
    [me] = question.people
    return _View(
        bearing=me.bearing,
        skills=me.skills,
        states={row.post_id: row.state for row in question.settled if row.post_id in own},
        commitments=tuple(
            Commitment(row.shift_id, Span(row.starts_at, row.ends_at))
            for row in question.settled
            if row.state is State.ACCEPTED
        ),
        judged={post_id: candidate for (_, post_id), candidate in found.items()},
    )


def _offer(post: Post, count: PostCount, view: _View | None, now: datetime) -> Offer:
    opening = queries.as_opening(post, count.accepted, kept=count.kept)
    applicant = view.applicant(post.id) if view else None
    candidate = view.judged.get(post.id) if view else None
    missing = rules.missing_skills(opening.needs, applicant.skills) if applicant else []
    return Offer(
        post=post,
        free_places=max(0, opening.free_places),
        is_closed=rules.is_closed(opening, now=now),
        mine=view.states.get(post.id) if view else None,
        refusal=rules.sign_up_refusal(opening, applicant, now=now) if applicant else None,
        missing=tuple((code, opening.needs[code]) for code in missing),
        reasons=problem.as_stored(candidate) if candidate else (),
        waiting=count.waiting,
    )


def suggestions_for(volunteer: Volunteer, limit: int, *, now: datetime) -> list[Suggestion]:
    """Return coming posts that suit a volunteer, one for each event, the best first.

    Only posts they may take: with a place left, skills they have, at a time they are free, at
    events they have nothing to do with yet.
    Nobody who paused or asked not to be matched gets any.
    """
    rests_for_good = volunteer.is_paused and volunteer.paused_until is None
    if rests_for_good or not volunteer.accepts_suggestions:
        return []
    posts = queries.posts_with_places(
        Shift.starts_at > now,
        Shift.starts_at < now + AHEAD,
        Shift.event_id.not_in(queries.events_known_to(volunteer.id)),
    )
    if not posts:
        return []
    judged = _view_of(posts, volunteer, now=now).judged
    suiting = [
        (-candidate.score, post.shift.starts_at, post.id, post)
        for post in posts
        if (candidate := judged.get(post.id)) is not None and _suits(candidate)
    ]
    ordered = [post for *_, post in sorted(suiting, key=lambda each: each[:3])]
    chosen = _one_for_each_event(ordered, limit)
    counts = queries.counts_of_posts([post.id for post in chosen]) if chosen else {}
    return _suggestions(chosen, judged, counts)


def takeable(
    posts: Sequence[Post], volunteer: Volunteer, *, limit: int, now: datetime
) -> list[Suggestion]:
    """Return those of the posts that a volunteer may take, one for each event, in their order.

    What is nearest or suits their free times best is not put first.
    """
    view = _view_of(posts, volunteer, now=now)
    counts = queries.counts_of_posts([post.id for post in posts])
    possible = []
    for post in posts:
        count = counts.get(post.id, PostCount())
        opening = queries.as_opening(post, count.accepted, kept=count.kept)
        if rules.sign_up_refusal(opening, view.applicant(post.id), now=now) is None:
            possible.append(post)
    return _suggestions(_one_for_each_event(possible, limit), view.judged, counts)


def _one_for_each_event(posts: Iterable[Post], limit: int) -> list[Post]:
    best: dict[int, Post] = {}
    for post in posts:
        best.setdefault(post.shift.event_id, post)
    return list(best.values())[: min(limit, MOST_SUGGESTIONS)]


def _suggestions(
    posts: Iterable[Post], judged: Mapping[int, Candidate], counts: Mapping[int, PostCount]
) -> list[Suggestion]:
    """Return posts with their places and reasons."""
    return [
        Suggestion(
            post,
            _free_places(post, counts.get(post.id, PostCount())),
            problem.as_stored(judged[post.id]) if post.id in judged else (),
        )
        for post in posts
    ]


def _free_places(post: Post, count: PostCount) -> int:
    return post.max_people - count.accepted - count.kept


def _suits(candidate: Candidate) -> bool:
    return candidate.verdict in (Verdict.SUITABLE, Verdict.TO_CONFIRM)


@dataclass(frozen=True, slots=True)
class Mine:
    """A person's assignments, sorted by what they are to do about them."""

    invitations: tuple[Assignment, ...]
    coming: tuple[Assignment, ...]
    called_off: tuple[Assignment, ...]
    past: tuple[Assignment, ...]


def mine_of(rows: Iterable[Assignment], *, now: datetime) -> Mine:
    """Return assignments sorted: to answer, to come, called off though still ahead, and past."""
    invitations: list[Assignment] = []
    coming: list[Assignment] = []
    called_off: list[Assignment] = []
    past: list[Assignment] = []
    for row in rows:
        shift = row.post.shift
        if row.state is State.ACCEPTED:
            (coming if shift.ends_at > now else past).append(row)
        elif row.state is State.INVITED:
            is_open = shift.starts_at > now and (row.expires_at is None or row.expires_at > now)
            if is_open:
                invitations.append(row)
        elif row.state is State.CANCELLED and shift.ends_at > now:
            called_off.append(row)
    past.reverse()
    return Mine(tuple(invitations), tuple(coming), tuple(called_off), tuple(past))
