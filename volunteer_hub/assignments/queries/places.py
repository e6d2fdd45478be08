from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    String,
    func,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from volunteer_hub.accounts.models import Person
from volunteer_hub.assignments.models import Assignment, State
from volunteer_hub.assignments.rules import Commitment, Span
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.text import normalise
from volunteer_hub.events.models import Event, Post, Shift, Status
from volunteer_hub.regions.models import Venue
from volunteer_hub.regions.queries import tree
from volunteer_hub.volunteers.models import Volunteer
from volunteer_hub.waiting import queries as lines
from volunteer_hub.waiting.rules import EntryState

WITH_PERSON = (joinedload(Assignment.volunteer).joinedload(Volunteer.person),)
WITH_SHIFT = (joinedload(Assignment.post).joinedload(Post.shift),)
_EVENT = joinedload(Assignment.post).joinedload(Post.shift).joinedload(Shift.event)
WITH_EVENT = (
    _EVENT.joinedload(Event.venue).joinedload(Venue.region),
    _EVENT.joinedload(Event.region),
    _EVENT.joinedload(Event.campaign),
    _EVENT.joinedload(Event.organisation),
)
LIVE = (State.INVITED, State.ACCEPTED)
RECENT = timedelta(days=400)
HALF_A_DAY = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Staffing:
    """How an event is staffed: people who agreed, were asked, and are wanted."""

    accepted: int = 0
    min_people: int = 0
    max_people: int = 0
    invited: int = 0


@dataclass(frozen=True, slots=True)
class PostCount:
    """How many people agreed to a post, and how many were asked and have yet to answer.

    Attributes:
        kept: Places kept for people who stood by and have yet to answer.
        waiting: How many stand by and are offered nothing yet.
    """

    accepted: int = 0
    invited: int = 0
    kept: int = 0
    waiting: int = 0


def staffing(event_ids: Collection[int]) -> dict[int, Staffing]:
    """Return the staffing of each event; events without posts have zeros."""
    wanted = (
        select(Shift.event_id, func.sum(Post.min_people), func.sum(Post.max_people))
        .join(Post, Post.shift_id == Shift.id)
        .where(Shift.event_id.in_(event_ids))
        .group_by(Shift.event_id)
    )
    limits = {event_id: (least, most) for event_id, least, most in db.session.execute(wanted)}
    counted = (
        select(Shift.event_id, Assignment.state, func.count(Assignment.id))
        .join(Post, Post.shift_id == Shift.id)
        .join(Assignment, Assignment.post_id == Post.id)
        .where(Shift.event_id.in_(event_ids), Assignment.state.in_(LIVE))
        .group_by(Shift.event_id, Assignment.state)
    )
    heads = {(event_id, state): count for event_id, state, count in db.session.execute(counted)}
    return {
        event_id: Staffing(
            accepted=heads.get((event_id, State.ACCEPTED), 0),
            min_people=limits.get(event_id, (0, 0))[0],
            max_people=limits.get(event_id, (0, 0))[1],
            invited=heads.get((event_id, State.INVITED), 0),
        )
        for event_id in event_ids
    }


def post_counts(event_id: int) -> dict[int, PostCount]:
    """Return the counts of every post of an event."""
    ids = select(Post.id).join(Shift, Post.shift_id == Shift.id).where(Shift.event_id == event_id)
    post_ids = list(db.session.scalars(ids))
    counts = counts_of_posts(post_ids)
    return {post_id: counts.get(post_id, PostCount()) for post_id in post_ids}


def counts_of_posts(post_ids: Collection[int]) -> dict[int, PostCount]:
    """Return the counts of those of these posts that have anybody."""
    asked = (
        select(Assignment.post_id, type_coerce(Assignment.state, String), func.count(Assignment.id))
        .where(Assignment.post_id.in_(post_ids), Assignment.state.in_(LIVE))
        .group_by(Assignment.post_id, Assignment.state)
    )
    heads: dict[int, dict[str, int]] = {}
    both: CompoundSelect[int, str, int] = union_all(asked, lines.heads_at(post_ids))
    for post_id, state, count in db.session.execute(both):
        heads.setdefault(post_id, {})[state] = count
    return {
        post_id: PostCount(
            accepted=by_state.get(State.ACCEPTED, 0),
            invited=by_state.get(State.INVITED, 0),
            kept=by_state.get(EntryState.OFFERED, 0),
            waiting=by_state.get(EntryState.WAITING, 0),
        )
        for post_id, by_state in heads.items()
    }


def accepted_for_event(event_id: int) -> list[Assignment]:
    """Return who agreed to come, with volunteer, person, post and shift, by shift and name."""
    statement = _of_event(event_id).where(Assignment.state == State.ACCEPTED)
    return _by_shift_and_name(statement)


def roster_of(event_id: int) -> list[Assignment]:
    """Return everyone who has or had anything to do with an event's posts, by shift and name."""
    return _by_shift_and_name(_of_event(event_id))


def _of_event(event_id: int) -> Select[*tuple[Any, ...]]:
    return (
        select(Assignment)
        .join(Assignment.post)
        .join(Post.shift)
        .where(Shift.event_id == event_id)
        .options(*WITH_PERSON, *WITH_SHIFT)
    )


def _by_shift_and_name(statement: Select[*tuple[Any, ...]]) -> list[Assignment]:
    rows = list(db.session.scalars(statement))
    return sorted(
        rows,
        key=lambda row: (
            row.post.shift.starts_at,
            row.post.shift_id,
            row.post_id,
            row.volunteer.person.pinyin,
            row.id,
        ),
    )


def assignment_by_pass_hash(pass_hash: str) -> Assignment:
    """Return whose pass this is, with volunteer, person, post, shift and event.

    Passes outlive a withdrawal, so that the door can say what happened: look at ``state``.

    Raises:
        NotFoundError: No pass has this hash.
    """
    statement = select(Assignment).where(Assignment.pass_hash == pass_hash)
    return _one(statement.options(*WITH_PERSON, *WITH_EVENT))


def assignment_by_id(assignment_id: int) -> Assignment:
    """Return the assignment with person, post with its skills, shift and event.

    Raises:
        NotFoundError: There is no such assignment.
    """
    statement = select(Assignment).where(Assignment.id == assignment_id)
    with_skills = joinedload(Assignment.post).selectinload(Post.skills)
    return _one(statement.options(*WITH_PERSON, *WITH_EVENT, with_skills))


def lock_assignment(assignment_id: int) -> Assignment:
    """Return the assignment held against other writers; lock its volunteer and post before.

    Raises:
        NotFoundError: There is no such assignment.
    """
    statement = (
        select(Assignment)
        .where(Assignment.id == assignment_id)
        .with_for_update(of=Assignment)
        .execution_options(populate_existing=True)
    )
    return _one(statement)


def find_assignment(post_id: int, volunteer_id: int) -> Assignment | None:
    """Return what is between this volunteer and this post, or None."""
    statement = select(Assignment).where(
        Assignment.post_id == post_id, Assignment.volunteer_id == volunteer_id
    )
    found: Assignment | None = db.session.scalar(statement)
    return found


def assignments_of_person(person_id: int, *, now: datetime) -> list[Assignment]:
    """Return everything a person was asked or agreed to, the earliest shift first.

    What lies more than a year back is left out; the service record has it.
    """
    statement = (
        select(Assignment)
        .join(Assignment.post)
        .join(Post.shift)
        .join(Volunteer, Assignment.volunteer_id == Volunteer.id)
        .where(Volunteer.person_id == person_id, Shift.ends_at > now - RECENT)
        .order_by(Shift.starts_at, Assignment.id)
        .options(*WITH_EVENT)
    )
    return list(db.session.scalars(statement))


def commitments_of(volunteer_id: int, *, besides: int | None = None) -> tuple[Commitment, ...]:
    """Return what a volunteer has agreed to, perhaps besides one post."""
    statement = (
        select(Shift.id, Shift.starts_at, Shift.ends_at)
        .join(Post, Post.shift_id == Shift.id)
        .join(Assignment, Assignment.post_id == Post.id)
        .where(Assignment.volunteer_id == volunteer_id, Assignment.state == State.ACCEPTED)
    )
    if besides is not None:
        statement = statement.where(Post.id != besides)
    rows = db.session.execute(statement)
    return tuple(Commitment(shift_id, Span(start, end)) for shift_id, start, end in rows)


def posts_held_by(volunteer_id: int, *, now: datetime) -> set[int]:
    """Return the posts to come at which a volunteer was asked or agreed."""
    statement = (
        select(Post.id)
        .join(Post.shift)
        .join(Assignment, Assignment.post_id == Post.id)
        .where(
            Assignment.volunteer_id == volunteer_id,
            Assignment.state.in_(LIVE),
            Shift.starts_at > now,
        )
    )
    return set(db.session.scalars(statement))


def events_known_to(volunteer_id: int) -> Select[int]:
    """Return a subquery of the events a volunteer was asked for or ever had to do with."""
    return (
        select(Shift.event_id)
        .join(Post, Post.shift_id == Shift.id)
        .join(Assignment, Assignment.post_id == Post.id)
        .where(Assignment.volunteer_id == volunteer_id)
    )


def events_known_by(volunteer_ids: Collection[int]) -> dict[int, set[int]]:
    """Return the events that each of these volunteers ever had to do with."""
    statement = (
        select(Assignment.volunteer_id, Shift.event_id)
        .join(Post, Assignment.post_id == Post.id)
        .join(Shift, Post.shift_id == Shift.id)
        .where(Assignment.volunteer_id.in_(volunteer_ids))
    )
    found: dict[int, set[int]] = {each: set() for each in volunteer_ids}
    for volunteer_id, event_id in db.session.execute(statement):
        found[volunteer_id].add(event_id)
    return found


def search_volunteers(text: str, among: ColumnElement[bool], *, limit: int = 20) -> list[Volunteer]:
    """Return active volunteers by name, pinyin, initials or the end of their phone number.

    Args:
        text: What was typed: one Chinese character, two letters or four digits at least.
        among: The condition of volunteers who may be found.
        limit: The most to return.
    """
    condition = _spelled_like(normalise(text).lower().replace(" ", ""))
    if condition is None:
        return []
    rests_not_for_good = or_(Volunteer.is_paused.is_(False), Volunteer.paused_until.is_not(None))
    statement = (
        select(Volunteer)
        .join(Volunteer.person)
        .where(condition, among, Person.erased_at.is_(None), rests_not_for_good)
        .order_by(Person.pinyin, Volunteer.id)
        .limit(limit)
        .options(contains_eager(Volunteer.person))
    )
    return list(db.session.scalars(statement))


def _spelled_like(key: str) -> ColumnElement[bool] | None:
    if key.isascii() and key.isdigit():
        return Person.phone.endswith(key, autoescape=True) if len(key) >= 4 else None
    if key.isascii():
        if len(key) < 2:
            return None
        return or_(
            Person.pinyin.startswith(key, autoescape=True),
            Person.initials.startswith(key, autoescape=True),
        )
    return Person.name.contains(key, autoescape=True)


def volunteers_by_id(volunteer_ids: Collection[int]) -> dict[int, Volunteer]:
    """Return these volunteers with their persons."""
    statement = (
        select(Volunteer)
        .where(Volunteer.id.in_(volunteer_ids))
        .options(joinedload(Volunteer.person))
    )
    return {row.id: row for row in db.session.scalars(statement)}


def existing_volunteers(volunteer_ids: Collection[int]) -> set[int]:
    """Return those of the ids that are volunteers' whose account was not erased."""
    statement = (
        select(Volunteer.id)
        .join(Volunteer.person)
        .where(Volunteer.id.in_(volunteer_ids), Person.erased_at.is_(None))
    )
    return set(db.session.scalars(statement))


def post_with_event(post_id: int) -> Post:
    """Return the post with its skills, shift and event.

    Raises:
        NotFoundError: There is no such post.
    """
    statement = (
        select(Post)
        .where(Post.id == post_id)
        .options(selectinload(Post.skills), joinedload(Post.shift).joinedload(Shift.event))
    )
    found: Post | None = db.session.scalar(statement)
    if found is None:
        raise NotFoundError
    return found


def other_posts_that_day(assignment: Assignment, *, now: datetime) -> list[Post]:
    """Return posts with places left around the time of an assignment's shift, in its county."""
    shift = assignment.post.shift
    region = shift.event.region
    nearby = tree().ids_within(region.county_id or region.id) if region is not None else ()
    return posts_with_places(
        Shift.starts_at >= max(now, shift.starts_at - HALF_A_DAY),
        Shift.starts_at <= shift.starts_at + HALF_A_DAY,
        Post.id != assignment.post_id,
        Event.region_id.in_(nearby),
    )


def posts_with_places(*conditions: ColumnElement[bool]) -> list[Post]:
    """Return posts of published events that have places left, with shift, event and skills."""
    accepted = (
        select(func.count(Assignment.id))
        .where(Assignment.post_id == Post.id, Assignment.state == State.ACCEPTED)
        .correlate(Post)
        .scalar_subquery()
    )
    event = joinedload(Post.shift).joinedload(Shift.event)
    free = Post.max_people - accepted - lines.kept_at_post(Post.id)
    statement = (
        select(Post)
        .join(Post.shift)
        .join(Shift.event)
        .where(Event.status == Status.PUBLISHED, free > 0, *conditions)
        .order_by(Shift.starts_at, Post.id)
        .options(
            event.joinedload(Event.venue).joinedload(Venue.region),
            event.joinedload(Event.region),
            event.joinedload(Event.campaign),
            selectinload(Post.skills),
        )
    )
    return list(db.session.scalars(statement))


def _one(statement: Select[*tuple[Any, ...]]) -> Assignment:
    found: Assignment | None = db.session.scalar(statement)
    if found is None:
        raise NotFoundError
    return found
