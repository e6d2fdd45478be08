"""Who stands by for a full post: offers of what gets free, under the post's row."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import update

from volunteer_hub.assignments import queries, rules
from volunteer_hub.assignments.actions.telling import facts_of
from volunteer_hub.assignments.models import Refill, RefillState, RefillStep, RefillStepKind, State
from volunteer_hub.assignments.rules import Applicant
from volunteer_hub.core import outbox
from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.database import db
from volunteer_hub.core.outbox import Draft
from volunteer_hub.core.tokens import link_token
from volunteer_hub.events import queries as events
from volunteer_hub.events.models import Post, Status
from volunteer_hub.events.rules import is_imminent
from volunteer_hub.volunteers import queries as volunteers
from volunteer_hub.volunteers.models import Volunteer
from volunteer_hub.waiting import actions as waiting
from volunteer_hub.waiting import queries as lines
from volunteer_hub.waiting import rules as waiting_rules
from volunteer_hub.waiting.models import EntryState, WaitingEntry, WaitingOffer
from volunteer_hub.waiting.queries import Line

STANDBY: Final = "standby-place"  # what a link to a place offered to a standby is signed for
JUDGED_AT_ONCE: Final = 20


def settle_post(post_id: int, *, now: datetime) -> None:
    """Hand on what nobody answered for, and offer what is free; repeating it changes nothing.

    Raises:
        NotFoundError: There is no such post.
    """
    settle(events.lock_post(post_id), now=now)


def settle(post: Post, *, now: datetime) -> None:
    """Do the same for a post that is held already."""
    line = Line(post_id=post.id)
    entries = lines.live_in(line)
    if not entries:
        return
    opening = queries.opening_of(post)
    if rules.is_closed(opening, now=now):
        _send_home(post, entries, now=now)
        return
    lapsed = waiting.lapse(line, now=now)
    if lapsed:
        wake(post.id, now=now)
    free = opening.free_places + len(lapsed)
    if free < 1 or queries.is_refill_paused(post.shift.event_id):
        return
    unfit = _unfit(post, entries, now=now)
    offers = waiting.offer_places(
        line, free=free, starts_at=post.shift.starts_at, now=now, besides=unfit
    )
    for offer in offers:
        _tell_of_offer(offer, post, now=now)
    if offers:
        note(post.id, RefillStepKind.OFFERED, now=now, people=len(offers))


def _send_home(post: Post, entries: list[WaitingEntry], *, now: datetime) -> None:
    """End the line of a post whose shift began, or will not be, and tell of the latter."""
    waiting.close(entries, now=now)
    event = post.shift.event
    if event.status is not Status.CANCELLED:
        return
    drafts = [
        Draft(
            kind="event_cancelled",
            to=outbox.to_person(volunteers.volunteer_with_person(each.volunteer_id or 0).person_id),
            dedupe_key=f"event_cancelled:{event.id}:standby:{each.id}",
            params=facts_of(post) | {"reason": event.cancel_reason, "path": "/events"},
            emergency="cancelled" if is_imminent(post.shift.starts_at, now=now) else None,
        )
        for each in entries
    ]
    outbox.enqueue_all(drafts, now=now)


def kept_for(volunteer_id: int, post: Post) -> int:
    """Return how many places of a held post an offer keeps for this volunteer: one, or none."""
    entry = lines.find_entry_of_volunteer(post.id, volunteer_id)
    return int(entry is not None and entry.state is EntryState.OFFERED)


def _unfit(post: Post, entries: list[WaitingEntry], *, now: datetime) -> set[int]:
    """Return who could not accept now; they keep their place for when they can."""
    waits = [each for each in entries if each.state is EntryState.WAITING][:JUDGED_AT_ONCE]
    opening = queries.opening_of(post, own=post.max_people)
    unfit = set()
    for entry in waits:
        volunteer = volunteers.volunteer_with_person(entry.volunteer_id or 0)
        applicant = applicant_of(volunteer, post)
        if rules.sign_up_refusal(opening, applicant, now=now) is not None:
            unfit.add(entry.id)
    return unfit


def applicant_of(volunteer: Volunteer, post: Post) -> Applicant:
    """Return a volunteer as the rules see them at a post."""
    row = queries.find_assignment(post.id, volunteer.id)
    return Applicant(
        bearing=queries.bearing_of(volunteer, post),
        was_removed=row is not None and row.state is State.CANCELLED,
        skills={skill.skill_code: skill.level for skill in volunteer.skills},
        commitments=queries.commitments_of(volunteer.id, besides=post.id),
    )


def offer_path(offer_id: int) -> str:
    """Return the address under which a standby accepts or declines a place."""
    return f"/s/{link_token(STANDBY, offer_id)}"


def _tell_of_offer(offer: WaitingOffer, post: Post, *, now: datetime) -> None:
    volunteer = volunteers.volunteer_with_person(offer.entry.volunteer_id or 0)
    draft = Draft(
        kind="waiting_offer",
        to=outbox.to_person(volunteer.person_id),
        dedupe_key=waiting.message_key(offer),
        params=facts_of(post)
        | {"deadline": offer.expires_at.isoformat(), "path": offer_path(offer.id)},
        not_before=waiting_rules.heard_at(now.astimezone(LOCAL), starts_at=post.shift.starts_at),
        expires_at=offer.expires_at,
    )
    outbox.enqueue_all([draft], now=now)


def wake(post_id: int, *, now: datetime) -> None:
    """Look at a post again soon, because somebody answered."""
    is_open = (Refill.post_id == post_id, Refill.state == RefillState.OPEN, Refill.next_at > now)
    db.session.execute(update(Refill).where(*is_open).values(next_at=now))


def note(
    post_id: int, kind: RefillStepKind, *, now: datetime, people: int = 0, wave: int = 0
) -> None:
    """Write down what the cascade did, for the organiser to read."""
    db.session.add(RefillStep(post_id=post_id, at=now, kind=kind, people=people, wave=wave))
