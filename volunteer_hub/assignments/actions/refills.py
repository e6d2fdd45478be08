"""Filling by itself what somebody's withdrawal left open: standbys, then waves of invitations."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from volunteer_hub.assignments import queries
from volunteer_hub.assignments.actions import line
from volunteer_hub.assignments.actions.telling import facts_of
from volunteer_hub.assignments.models import Refill, RefillPause, RefillState, RefillStepKind
from volunteer_hub.core import audit, outbox
from volunteer_hub.core.database import db
from volunteer_hub.core.outbox import Draft
from volunteer_hub.events import queries as events
from volunteer_hub.events.models import Post
from volunteer_hub.events.rules import is_imminent
from volunteer_hub.organisations.queries import Scope


def begin(post: Post, *, had: int, now: datetime) -> bool:
    """Start filling a place of a held post that somebody gave back, unless that is switched off.

    Whoever stands by is offered it at once; the clock does the rest. Returns whether it began.

    Args:
        post: The post, held.
        had: How many people had agreed before.
        now: The moment.
    """
    line.note(post.id, RefillStepKind.WITHDREW, now=now, people=1)
    if queries.is_refill_paused(post.shift.event_id):
        return False
    line.settle(post, now=now)
    refill = queries.find_refill(post.id)
    if refill is None:
        refill = Refill(post_id=post.id, target=0)
        db.session.add(refill)
    is_new = refill.state is not RefillState.OPEN
    if is_new:
        refill.state, refill.wave, refill.started_at = RefillState.OPEN, 0, now
    kept_target = 0 if is_new else refill.target
    refill.target = min(post.max_people, max(kept_target, had))
    refill.next_at = now
    return True


def go_on_asking(post_id: int, *, now: datetime) -> None:
    """Let a post go on asking by itself until its minimum has agreed; invitations just went out.

    The next wave goes when one of them declines or does not answer in time. Where the organiser
    switched filling by itself off, nothing happens.

    Raises:
        NotFoundError: There is no such post.
    """
    post = events.lock_post(post_id)
    due = queries.open_invitations(post_id, now=now)
    if not due or queries.is_refill_paused(post.shift.event_id):
        return
    refill = queries.find_refill(post_id)
    if refill is None:
        refill = Refill(post_id=post_id, target=0)
        db.session.add(refill)
    if refill.state is not RefillState.OPEN:
        refill.state, refill.wave, refill.started_at = RefillState.OPEN, 1, now
        refill.target = 0
    refill.target = min(post.max_people, max(refill.target, post.min_people))
    refill.next_at = due[0]
    line.note(post_id, RefillStepKind.INVITED, now=now, people=len(due), wave=refill.wave)


def finish(post: Post, refill: Refill, state: RefillState, *, now: datetime) -> None:
    """End a refill, and ask the organiser to help where nobody is left to ask."""
    refill.state = state
    line.note(post.id, RefillStepKind(state.value), now=now, wave=refill.wave)
    if state is not RefillState.EXHAUSTED:
        return
    event = post.shift.event
    draft = Draft(
        kind="refill_exhausted",
        to=outbox.to_person(event.created_by_id),
        dedupe_key=f"refill_exhausted:{refill.id}:{refill.started_at:%Y%m%d%H%M%S%f}",
        params=facts_of(post) | {"path": f"/organise/events/{event.id}/roster"},
        expires_at=post.shift.starts_at,
        emergency="short" if is_imminent(post.shift.starts_at, now=now) else None,
    )
    outbox.enqueue_all([draft], now=now)


def switch_refills(event_id: int, *, is_on: bool, scope: Scope, now: datetime) -> None:
    """Let an event's places be filled by themselves, or by hand alone.

    Raises:
        NotFoundError: The event is not this person's business.
    """
    event = events.lock_event_for_staff(event_id, scope)
    pause = queries.find_refill_pause(event_id)
    if is_on == (pause is None):
        return
    if pause is not None:
        db.session.delete(pause)
    else:
        db.session.add(RefillPause(event_id=event_id, by_person_id=scope.person_id, at=now))
        _stop(queries.lock_posts_with_refills(event_id), now=now)
    action = "event.refill_on" if is_on else "event.refill_off"
    audit.record(action, event, by=scope.person_id, now=now)


def _stop(held: Iterable[tuple[Post, Refill]], *, now: datetime) -> None:
    for post, refill in held:
        finish(post, refill, RefillState.STOPPED, now=now)
