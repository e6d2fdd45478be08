"""What the clock does: follow events, remind people, write to those who follow something."""

from __future__ import annotations

from datetime import datetime

from flask import current_app

from volunteer_hub.assignments import actions, digests, invitees, queries
from volunteer_hub.assignments.rules import Limits, digest_week
from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.transaction import transaction


def follow_events(now: datetime) -> None:
    """Bring assignments up to date with the clock and with their events."""
    for follow in (
        actions.expire_invitations,
        actions.follow_cancelled_events,
        actions.follow_changed_events,
    ):
        with transaction():
            follow(now=now)


def fill_places(now: datetime) -> None:
    """Hand places to whoever stands by, and send the next waves of invitations."""
    for post_id in queries.posts_to_settle(now=now):
        with transaction():
            actions.settle_post(post_id, now=now)
    limits = Limits(
        at_once=current_app.config["INVITATIONS_AT_ONCE"],
        a_week=current_app.config["INVITATIONS_A_WEEK"],
    )
    for post_id in queries.posts_to_refill(now=now):
        refill = queries.find_refill(post_id)
        post = queries.post_with_event(post_id)
        picks = invitees.picks_for(post, refill, limits=limits, now=now) if refill else []
        with transaction():
            actions.next_wave(post_id, picks, limits=limits, now=now)


def remind(now: datetime) -> None:
    """Send the reminders before shifts whose time it is."""
    is_more = True
    while is_more:
        with transaction():
            is_more = actions.send_reminders(now=now) == actions.AT_ONCE


def remind_of_hours(now: datetime) -> None:
    """Remind organisers of hours that should have been confirmed."""
    with transaction():
        actions.remind_of_overdue_hours(now=now)


def write_digests(now: datetime) -> None:
    """Write to whoever follows something, once a week, if something fits."""
    week = digest_week(now.astimezone(LOCAL))
    if week is None:
        return
    for some in digests.digests_of(week, now=now):
        with transaction():
            actions.send_digests(some, now=now)
