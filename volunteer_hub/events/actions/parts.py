"""What happens to an event's shifts and posts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from volunteer_hub.core import audit
from volunteer_hub.core.database import db
from volunteer_hub.events import queries, rules
from volunteer_hub.events.actions.steps import (
    delete,
    judge,
    lock_open_event,
    new_post,
    new_shift,
    note_changes,
    still_open,
)
from volunteer_hub.events.drafts import PostDraft, ShiftDraft
from volunteer_hub.events.errors import (
    FieldProblem,
    TooManyPartsError,
)
from volunteer_hub.events.models import Event, Post, PostSkill, Shift, Status
from volunteer_hub.organisations.queries import Scope


def create_shift(event_id: int, draft: ShiftDraft, *, scope: Scope, now: datetime) -> Shift:
    """Add a shift to the event.

    Raises:
        NotFoundError: There is no such event in this scope.
        EventClosedError: It is cancelled or confirmed.
        UnsoundPlanError: The shift's time cannot be.
        TooManyPartsError: The event has as many shifts as it may have.
    """
    event = lock_open_event(event_id, scope)
    judge(_shift_problems(draft, event))
    if len(event.shifts) >= rules.MAX_SHIFTS:
        raise TooManyPartsError
    shift = new_shift(draft, [])
    event.shifts.append(shift)
    db.session.flush()
    audit.record("shift.create", shift, by=scope.person_id, now=now, details={"event_id": event.id})
    return shift


def edit_shift(shift_id: int, draft: ShiftDraft, *, scope: Scope, now: datetime) -> Shift:
    """Change a shift; in a published event, people who signed up are told of a new time.

    Raises:
        NotFoundError: There is no such shift in this scope.
        EventClosedError: Its event is cancelled or confirmed.
        UnsoundPlanError: The shift's time cannot be.
    """
    shift = queries.lock_shift_for_staff(shift_id, scope)
    event = still_open(shift.event)
    judge(_shift_problems(draft, event))
    has_new_time = (shift.starts_at, shift.ends_at) != (draft.starts_at, draft.ends_at)
    shift.title, shift.starts_at, shift.ends_at = draft.title, draft.starts_at, draft.ends_at
    if has_new_time and event.status is Status.PUBLISHED:
        note_changes(event, ["time"], now)
    db.session.flush()
    audit.record("shift.edit", shift, by=scope.person_id, now=now, details={"event_id": event.id})
    return shift


def delete_shift(shift_id: int, *, scope: Scope, now: datetime) -> int:
    """Remove a shift and its posts; returns the event's id.

    Raises:
        NotFoundError: There is no such shift in this scope.
        EventClosedError: Its event is cancelled or confirmed.
        PlanInUseError: Volunteers belong to one of its posts.
    """
    shift = queries.lock_shift_for_staff(shift_id, scope)
    event_id = still_open(shift.event).id
    audit.record("shift.delete", shift, by=scope.person_id, now=now, details={"event_id": event_id})
    delete(shift)
    return event_id


def create_post(shift_id: int, draft: PostDraft, *, scope: Scope, now: datetime) -> Post:
    """Add a post to the shift.

    Raises:
        NotFoundError: There is no such shift in this scope.
        EventClosedError: Its event is cancelled or confirmed.
        UnsoundPlanError: Numbers or skills that cannot be.
        TooManyPartsError: The shift has as many posts as it may have.
    """
    shift = queries.lock_shift_for_staff(shift_id, scope)
    still_open(shift.event)
    judge(rules.post_problems(draft))
    if len(shift.posts) >= rules.MAX_POSTS:
        raise TooManyPartsError
    post = new_post(draft)
    shift.posts.append(post)
    db.session.flush()
    audit.record("post.create", post, by=scope.person_id, now=now, details={"shift_id": shift.id})
    return post


def edit_post(post_id: int, draft: PostDraft, *, scope: Scope, now: datetime) -> Post:
    """Change a post. Fewer places than accepted people are allowed: nobody is turned away.

    Raises:
        NotFoundError: There is no such post in this scope.
        EventClosedError: Its event is cancelled or confirmed.
        UnsoundPlanError: Numbers or skills that cannot be.
    """
    post = queries.lock_post_for_staff(post_id, scope)
    still_open(post.shift.event)
    judge(rules.post_problems(draft))
    post.title, post.duties = draft.title, draft.duties
    post.min_people, post.max_people = draft.min_people, draft.max_people
    post.risk, post.needs_car = draft.risk, draft.needs_car
    post.credential_code = draft.credential_code
    post.min_experienced = draft.min_experienced
    _set_skills(post, draft.skills)
    db.session.flush()
    audit.record(
        "post.edit", post, by=scope.person_id, now=now, details={"shift_id": post.shift_id}
    )
    return post


def delete_post(post_id: int, *, scope: Scope, now: datetime) -> int:
    """Remove a post; returns the event's id.

    Raises:
        NotFoundError: There is no such post in this scope.
        EventClosedError: Its event is cancelled or confirmed.
        PlanInUseError: Volunteers belong to it.
    """
    post = queries.lock_post_for_staff(post_id, scope)
    event_id = still_open(post.shift.event).id
    audit.record(
        "post.delete", post, by=scope.person_id, now=now, details={"shift_id": post.shift_id}
    )
    delete(post)
    return event_id


def _shift_problems(draft: ShiftDraft, event: Event) -> list[FieldProblem]:
    return rules.shift_problems(draft, event_starts_at=event.starts_at, event_ends_at=event.ends_at)


def _set_skills(post: Post, wanted: Iterable[tuple[str, int]]) -> None:
    """Change levels in place, so that no row is added before its twin is gone."""
    levels = dict(wanted)
    for skill in list(post.skills):
        if skill.skill_code in levels:
            skill.level = levels.pop(skill.skill_code)
        else:
            post.skills.remove(skill)
    post.skills += [PostSkill(skill_code=code, level=level) for code, level in levels.items()]
