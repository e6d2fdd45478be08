"""Steps that several actions take."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from volunteer_hub.core.database import Model, db
from volunteer_hub.events import queries, rules
from volunteer_hub.events.drafts import PostDraft, ShiftDraft
from volunteer_hub.events.errors import (
    EventClosedError,
    FieldProblem,
    PlanInUseError,
    UnsoundPlanError,
)
from volunteer_hub.events.models import Event, Post, PostSkill, Shift, Status
from volunteer_hub.organisations.queries import Scope


def lock_open_event(event_id: int, scope: Scope) -> Event:
    """Return the event held against other writers, when its plan may still change.

    Raises:
        NotFoundError: There is no such event in this scope.
        EventClosedError: It is cancelled or confirmed.
    """
    return still_open(queries.lock_event_for_staff(event_id, scope))


def still_open(event: Event) -> Event:
    """Return the event, when its plan may still change.

    Raises:
        EventClosedError: It is cancelled or confirmed.
    """
    if event.status in (Status.CANCELLED, Status.CONFIRMED):
        raise EventClosedError
    return event


def judge(problems: list[FieldProblem]) -> None:
    """Go on only without problems.

    Raises:
        UnsoundPlanError: There are some.
    """
    if problems:
        raise UnsoundPlanError(problems)


def note_changes(
    event: Event, changes: list[str], now: datetime, *, started_at: datetime | None = None
) -> None:
    """Note what people who signed up must be told; jobs above this feature tell them.

    A change keeps the reason and the first start of one a few minutes ago, with which it is told.

    Args:
        event: Which event.
        changes: What changed: time, place.
        now: The moment.
        started_at: When the event began before, if that is what changed.
    """
    if not changes:
        return
    if not rules.are_told_together(event.changed_at, now=now):
        event.change_reason, event.moved_from = "", None
    event.changes = rules.changes_to_tell(
        changes, earlier=event.changes, earlier_at=event.changed_at, now=now
    )
    event.moved_from = event.moved_from or started_at
    event.changed_at = now


def new_shift(draft: ShiftDraft, posts: Iterable[PostDraft]) -> Shift:
    """Return a shift with its posts, not yet part of an event."""
    return Shift(
        title=draft.title,
        starts_at=draft.starts_at,
        ends_at=draft.ends_at,
        posts=[new_post(post) for post in posts],
    )


def new_post(draft: PostDraft) -> Post:
    """Return a post with its skills, not yet part of a shift."""
    return Post(
        title=draft.title,
        duties=draft.duties,
        min_people=draft.min_people,
        max_people=draft.max_people,
        risk=draft.risk,
        needs_car=draft.needs_car,
        credential_code=draft.credential_code,
        min_experienced=draft.min_experienced,
        skills=[PostSkill(skill_code=code, level=level) for code, level in draft.skills],
    )


def delete(row: Model) -> None:
    """Delete a row with what hangs on it.

    Whether volunteers belong to a post is known only above this feature, so the database is asked:
    assignments refer to posts, and it refuses to leave one without its post. The savepoint keeps
    the rest of the transaction usable.

    Raises:
        PlanInUseError: Volunteers belong to it.
    """
    try:
        with db.session.begin_nested():
            db.session.delete(row)
    except IntegrityError:
        raise PlanInUseError from None
