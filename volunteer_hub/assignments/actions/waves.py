"""The next wave of invitations for a place that somebody gave back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from volunteer_hub.assignments import queries, rules
from volunteer_hub.assignments.actions import line, places, refills
from volunteer_hub.assignments.actions.places import Pick
from volunteer_hub.assignments.models import Refill, RefillState, RefillStepKind
from volunteer_hub.assignments.rules import Limits
from volunteer_hub.core.clock import LOCAL
from volunteer_hub.events import queries as events
from volunteer_hub.events.models import Post
from volunteer_hub.waiting import rules as waiting_rules

LOOK_AGAIN: Final = timedelta(minutes=10)


def next_wave(post_id: int, picks: Sequence[Pick], *, limits: Limits, now: datetime) -> int:
    """Ask the next few people, or end the refill: filled, nobody left, or begun.

    Two workers that do it at once send one wave. Nobody is asked at night.

    Args:
        post_id: The post.
        picks: Whom to ask, the best first; they were found before anything was held.
        limits: What an operator set.
        now: The moment.

    Returns:
        How many were asked.
    """
    places.lock_volunteers({pick.volunteer_id for pick in picks})
    post = events.lock_post(post_id)
    refill = queries.find_refill(post_id)
    if refill is None or refill.state is not RefillState.OPEN or refill.next_at > now:
        return 0
    is_off = queries.is_refill_paused(post.shift.event_id)  # switched off while this one began
    if is_off or rules.is_closed(queries.opening_of(post), now=now):
        refills.finish(post, refill, RefillState.STOPPED, now=now)
        return 0
    need, kept = queries.need_of(post, refill, now=now)
    if need.missing < 1 and not kept:
        refills.finish(post, refill, RefillState.FILLED, now=now)
        return 0
    awake = waiting_rules.heard_at(now.astimezone(LOCAL), starts_at=post.shift.starts_at)
    if awake > now:
        refill.next_at = awake
        return 0
    count = rules.wave_size(need, limits)
    invited = _ask(post, refill, picks[:count], now=now) if count else 0
    if not invited:
        _wait_or_end(post, refill, is_waiting=bool(kept), now=now)
    return invited


def _ask(post: Post, refill: Refill, picks: Sequence[Pick], *, now: datetime) -> int:
    until = waiting_rules.stands_until(now.astimezone(LOCAL), starts_at=post.shift.starts_at)
    until = until.astimezone(UTC)
    timed = [Pick(post.id, each.volunteer_id, each.source, each.reasons, until) for each in picks]
    invited = places.invite(post.shift.event_id, timed, by=None, now=now).invited
    if invited:
        refill.wave += 1
        refill.next_at = until
        line.note(post.id, RefillStepKind.INVITED, now=now, people=invited, wave=refill.wave)
    return invited


def _wait_or_end(post: Post, refill: Refill, *, is_waiting: bool, now: datetime) -> None:
    """Wait for those who have yet to answer; when there are none, give up and say so."""
    due = queries.open_invitations(post.id, now=now)
    if due:
        refill.next_at = due[0]
    elif is_waiting:
        refill.next_at = now + LOOK_AGAIN
    else:
        refills.finish(post, refill, RefillState.EXHAUSTED, now=now)
