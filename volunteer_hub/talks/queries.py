from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from volunteer_hub.accounts.models import Person
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.events.models import Event, Post, Shift, Status
from volunteer_hub.events.queries import in_scope
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.talks.models import Talk, TalkRequest
from volunteer_hub.talks.rules import TalkState
from volunteer_hub.volunteers import queries as volunteers
from volunteer_hub.volunteers.models import Volunteer

Row = TypeVar("Row")
MOST_TALKS = 200
MOST_POSTS = 200


def _talks() -> Select[Talk]:
    return (
        select(Talk)
        .join(Talk.volunteer)
        .join(Volunteer.person)
        .where(Person.erased_at.is_(None))
        .options(contains_eager(Talk.volunteer).contains_eager(Volunteer.person))
    )


def talks_for_staff(scope: Scope, *, text: str = "", audience: str = "") -> list[Talk]:
    """Return the talks that this member of staff may ask for, by title.

    Args:
        scope: Who asks.
        text: Words of the title, the summary or the speaker's name.
        audience: For whom it must be; empty for everybody.
    """
    statement = _talks().where(Talk.is_offered, volunteers.seen_by(scope))
    for word in text.split()[:5]:
        columns = (Talk.title, Talk.summary, Person.name)
        statement = statement.where(
            or_(*(column.contains(word, autoescape=True) for column in columns))
        )
    found = db.session.scalars(statement.order_by(Talk.title, Talk.id).limit(MOST_TALKS))
    return [talk for talk in found if not audience or audience in talk.audience_codes]


def talk_for_staff(talk_id: int, scope: Scope) -> Talk:
    """Return a talk, for whoever may ask for it.

    Raises:
        NotFoundError: There is none, or its speaker is not their business.
    """
    return _there(db.session.scalar(_talks().where(Talk.id == talk_id, volunteers.seen_by(scope))))


def lock_talk(talk_id: int) -> Talk:
    """Return a talk, held until the transaction ends.

    Raises:
        NotFoundError: There is none.
    """
    statement = select(Talk).where(Talk.id == talk_id).with_for_update(of=Talk)
    return _there(db.session.scalar(statement.execution_options(populate_existing=True)))


def own_talk(talk_id: int, volunteer_id: int) -> Talk:
    """Return a talk of this volunteer.

    Raises:
        NotFoundError: There is none, or it is somebody else's.
    """
    statement = _talks().where(Talk.id == talk_id, Talk.volunteer_id == volunteer_id)
    return _there(db.session.scalar(statement))


def talks_of(volunteer_id: int) -> list[Talk]:
    """Return what a volunteer offers or offered to talk about, the newest first."""
    statement = select(Talk).where(Talk.volunteer_id == volunteer_id).order_by(Talk.id.desc())
    return list(db.session.scalars(statement))


def talks_and_bearing(volunteer_id: int, scope: Scope) -> tuple[list[Talk], bool]:
    """Return what a volunteer offers, and whether their papers are this person's business."""
    statement = (
        select(volunteers.known_to(scope), Talk)
        .select_from(Volunteer)
        .outerjoin(Talk, Talk.volunteer_id == Volunteer.id)
        .where(Volunteer.id == volunteer_id)
        .order_by(Talk.id)
    )
    rows: list[Any] = list(db.session.execute(statement))
    talks = [row[1] for row in rows if row[1] is not None]
    return talks, any(row[0] for row in rows)


def known_volunteer(volunteer_id: int, scope: Scope) -> Volunteer:
    """Return a volunteer whose papers are this member of staff's business.

    Raises:
        NotFoundError: There is none, or they are not.
    """
    statement = (
        select(Volunteer)
        .join(Volunteer.person)
        .where(Volunteer.id == volunteer_id, Person.erased_at.is_(None), volunteers.known_to(scope))
    )
    found = db.session.scalar(statement)
    if found is None:
        raise NotFoundError
    return found


def posts_to_ask_for(scope: Scope, *, now: datetime) -> list[Post]:
    """Return the posts to come of this member of staff's published events, by time."""
    statement = (
        select(Post)
        .join(Post.shift)
        .join(Shift.event)
        .where(in_scope(scope), Event.status == Status.PUBLISHED, Shift.starts_at > now)
        .options(contains_eager(Post.shift).contains_eager(Shift.event))
        .order_by(Shift.starts_at, Post.id)
    )
    return list(db.session.scalars(statement.limit(MOST_POSTS)))


def _requests() -> Select[TalkRequest]:
    return (
        select(TalkRequest)
        .join(TalkRequest.post)
        .join(Post.shift)
        .join(Shift.event)
        .options(
            contains_eager(TalkRequest.post).contains_eager(Post.shift).contains_eager(Shift.event),
            joinedload(TalkRequest.talk).joinedload(Talk.volunteer).joinedload(Volunteer.person),
        )
    )


def requests_for_staff(scope: Scope, *, now: datetime) -> list[TalkRequest]:
    """Return what was asked for this member of staff's events to come, by time."""
    statement = _requests().where(in_scope(scope), Shift.ends_at > now)
    return list(db.session.scalars(statement.order_by(Shift.starts_at, TalkRequest.id).limit(100)))


def request_for_staff(request_id: int, scope: Scope) -> TalkRequest:
    """Return what was asked for an event of this member of staff.

    Raises:
        NotFoundError: There is none, or it is not their business.
    """
    statement = _requests().where(TalkRequest.id == request_id, in_scope(scope))
    return _there(db.session.scalar(statement))


def request_by_id(request_id: int) -> TalkRequest:
    """Return what was asked, for whoever holds the link.

    Raises:
        NotFoundError: There is none.
    """
    return _there(db.session.scalar(_requests().where(TalkRequest.id == request_id)))


def lock_request(request_id: int) -> TalkRequest:
    """Return it, held until the transaction ends.

    Raises:
        NotFoundError: There is none.
    """
    statement = (
        select(TalkRequest)
        .where(TalkRequest.id == request_id)
        .with_for_update(of=TalkRequest)
        .execution_options(populate_existing=True)
    )
    return _there(db.session.scalar(statement))


def is_asked(talk_id: int, post_id: int) -> bool:
    """Tell whether a talk is asked for at a post and waits for an answer."""
    statement = select(TalkRequest.id).where(
        TalkRequest.talk_id == talk_id,
        TalkRequest.post_id == post_id,
        TalkRequest.state == TalkState.ASKED,
    )
    return db.session.scalar(statement) is not None


def _there(found: Row | None) -> Row:
    if found is None:
        raise NotFoundError
    return found
