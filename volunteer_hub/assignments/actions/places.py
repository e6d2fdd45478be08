from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, update

from volunteer_hub.assignments import queries, rules
from volunteer_hub.assignments.actions import line, refills
from volunteer_hub.assignments.actions.telling import facts_of, invitation_path
from volunteer_hub.assignments.errors import (
    AlreadyInShiftError,
    CarNeededError,
    CredentialMissingError,
    GuardianMissingError,
    InvitationExpiredError,
    NotInReserveError,
    PostClosedError,
    PostFullError,
    RemovedFromPostError,
    ShiftsOverlapError,
    SkillMissingError,
    TooLateToWithdrawError,
    UnderAgeError,
    VolunteerPausedError,
)
from volunteer_hub.assignments.models import (
    Assignment,
    Exchange,
    Source,
    StandInSearch,
    State,
)
from volunteer_hub.assignments.rules import ExchangeState, Refusal
from volunteer_hub.core import audit, outbox
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import DomainError
from volunteer_hub.core.outbox import Draft
from volunteer_hub.core.tokens import code_hash, ticket_code
from volunteer_hub.events import queries as events
from volunteer_hub.events.models import Post
from volunteer_hub.events.rules import is_imminent
from volunteer_hub.volunteers import queries as volunteers
from volunteer_hub.volunteers.models import Volunteer
from volunteer_hub.waiting import actions as waiting
from volunteer_hub.waiting import queries as lines

ERRORS: dict[Refusal, type[DomainError]] = {
    Refusal.CLOSED: PostClosedError,
    Refusal.REMOVED: RemovedFromPostError,
    Refusal.EXPIRED: InvitationExpiredError,
    Refusal.PAUSED: VolunteerPausedError,
    Refusal.UNDER_AGE: UnderAgeError,
    Refusal.CONSENT: GuardianMissingError,
    Refusal.CREDENTIAL: CredentialMissingError,
    Refusal.RESERVE: NotInReserveError,
    Refusal.TRANSPORT: CarNeededError,
    Refusal.NOT_ELIGIBLE: SkillMissingError,
    Refusal.ALREADY: AlreadyInShiftError,
    Refusal.OVERLAP: ShiftsOverlapError,
    Refusal.FULL: PostFullError,
}


@dataclass(frozen=True, slots=True)
class Pick:
    """Someone to ask for a post, why the matcher thought of them, and until when to answer."""

    post_id: int
    volunteer_id: int
    source: Source
    reasons: tuple[dict[str, Any], ...] = ()
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many people were asked, and how many could not be any more.

    Attributes:
        asked: Volunteer and post of each who was asked.
    """

    invited: int
    skipped: int
    asked: frozenset[tuple[int, int]] = field(default=frozenset(), compare=False)


def sign_up(post_id: int, volunteer_id: int, *, now: datetime) -> Assignment:
    """Give the volunteer a place at a post they chose themselves, and queue their confirmation.

    Signing up twice changes nothing, so a doubled tap is harmless. Whoever declined or withdrew
    may come back.

    Raises:
        NotFoundError: There is no such post or volunteer.
        PostClosedError: The event is not open, is over, or the shift has begun.
        RemovedFromPostError: An organiser took them off this post.
        VolunteerPausedError: They paused their service.
        UnderAgeError: There is danger in it, and they are not of age by then.
        GuardianMissingError: They are under age by then, and no guardian agreed.
        CredentialMissingError: It takes a credential that holds to the end, and they have none.
        NotInReserveError: It is a call in an emergency, and they are not in the reserve.
        CarNeededError: One must come by car, and they have none.
        SkillMissingError: The post needs what their profile does not have.
        AlreadyInShiftError: They have another post in the same shift.
        ShiftsOverlapError: They have another shift at that time.
        PostFullError: Others took the last place.
    """
    volunteer = volunteers.lock_volunteer(volunteer_id)
    post = events.lock_post(post_id)
    row = queries.find_assignment(post_id, volunteer_id)
    if row is not None and row.state is State.ACCEPTED:
        return row
    line.settle(post, now=now)  # whoever stands by comes before whoever comes now
    applicant = line.applicant_of(volunteer, post)
    opening = queries.opening_of(post, own=line.kept_for(volunteer_id, post))
    _refuse(rules.sign_up_refusal(opening, applicant, now=now))
    if row is None or row.state is not State.INVITED:
        row = begin_anew(row, post, volunteer, Source.SIGN_UP, now=now)
    give(row, now=now)
    audit.record("assignment.sign_up", row, by=volunteer.person_id, now=now)
    return row


def accept_invitation(assignment_id: int, *, now: datetime) -> Assignment:
    """Give the invited volunteer their place and queue their confirmation.

    Accepting twice changes nothing. Whoever declined or withdrew may think again until the
    answer is due.

    Raises:
        NotFoundError: There is no such invitation.
        RemovedFromPostError: The organiser took it back.
        PostClosedError: The event is cancelled or over, or the shift has begun.
        InvitationExpiredError: The answer was due before.
        AlreadyInShiftError: They have another post in the same shift.
        ShiftsOverlapError: They have another shift at that time.
        PostFullError: Others took the last place.
    """
    row, post = lock(assignment_id)
    if row.state is State.ACCEPTED:
        return row
    opening = queries.opening_of(post, own=line.kept_for(row.volunteer_id, post))
    if row.state is State.CANCELLED and opening.is_event_on:
        raise RemovedFromPostError
    commitments = queries.commitments_of(row.volunteer_id, besides=post.id)
    _refuse(
        rules.accept_refusal(
            opening,
            commitments,
            bearing=queries.bearing_of(row.volunteer, post),
            expires_at=row.expires_at,
            now=now,
        )
    )
    give(row, now=now)
    audit.record("invitation.accept", row, by=row.volunteer.person_id, now=now)
    return row


def decline_invitation(assignment_id: int, reason: str, *, now: datetime) -> Assignment:
    """Note that the invited volunteer cannot come this time; the reason may be empty.

    Whoever agreed stays where they are, so that an old page does no harm; a reason may be
    added after the answer.

    Raises:
        NotFoundError: There is no such invitation.
    """
    row, _post = lock(assignment_id)
    if row.state in (State.INVITED, State.EXPIRED, State.DECLINED):
        end(row, State.DECLINED, reason, now=now)
        line.wake(row.post_id, now=now)
        audit.record("invitation.decline", row, by=row.volunteer.person_id, now=now)
    return row


def withdraw(
    assignment_id: int, reason: str, *, now: datetime, by: int | None = None
) -> Assignment:
    """Free the volunteer's place before the shift begins, and tell the organiser.

    The place is filled again by itself, unless the organiser switched that off. Withdrawing twice
    changes nothing.

    Args:
        assignment_id: Which place.
        reason: What they said about it, perhaps nothing.
        now: The moment.
        by: Whoever notes it for them, having heard it on the phone; None when they say it here.

    Raises:
        NotFoundError: There is no such assignment.
        TooLateToWithdrawError: The shift has begun.
    """
    row, post = lock(assignment_id)
    if row.state is not State.ACCEPTED:
        return row
    if now >= post.shift.starts_at:
        raise TooLateToWithdrawError
    had = queries.counts_of_posts([post.id])[post.id].accepted
    end(row, State.WITHDRAWN, reason, now=now)
    event = post.shift.event
    who = by if by is not None else row.volunteer.person_id
    audit.record("assignment.withdraw", row, by=who, now=now)
    is_filled = refills.begin(post, had=had, now=now)
    if by != event.created_by_id:
        _alert(post, is_filled=is_filled, now=now)
    return row


def _alert(post: Post, *, is_filled: bool, now: datetime) -> None:
    """Tell the organiser that somebody withdrew, at any hour when the shift is near."""
    event = post.shift.event
    draft = Draft(
        kind="assignment_withdrawn",
        to=outbox.to_person(event.created_by_id),
        params=facts_of(post)
        | {"path": f"/organise/events/{event.id}/roster", "refills": is_filled},
        emergency="late withdrawal" if is_imminent(post.shift.starts_at, now=now) else None,
    )
    outbox.enqueue_all([draft], now=now)


def invite(event_id: int, picks: Iterable[Pick], *, by: int | None, now: datetime) -> Outcome:
    """Ask volunteers for posts of one event; whoever cannot be asked any more is left out.

    That is anyone who was asked, agreed, paused or got another shift meanwhile, and anyone for
    a post that is closed or full. Nobody is asked twice for the same post at once.

    Args:
        event_id: The event; picks for posts elsewhere are left out.
        picks: Whom to ask for what.
        by: The person who asks; None when the clock does.
        now: The moment of asking.
    """
    by_pair = {(pick.volunteer_id, pick.post_id): pick for pick in picks}
    wanted = [by_pair[pair] for pair in sorted(by_pair)]
    people = lock_volunteers({pick.volunteer_id for pick in wanted})
    posts = _lock_posts({pick.post_id for pick in wanted}, event_id)
    asked = set()
    for pick in wanted:
        post, volunteer = posts.get(pick.post_id), people.get(pick.volunteer_id)
        if post is not None and volunteer is not None and _can_be_asked(post, volunteer, now):
            _ask(post, volunteer, pick, by=by, now=now)
            asked.add((pick.volunteer_id, pick.post_id))
    return Outcome(len(asked), len(wanted) - len(asked), frozenset(asked))


def confirm_by_phone(
    post_id: int, volunteer_id: int, *, by: int, now: datetime, how: str = "confirm_by_phone"
) -> Assignment:
    """Give a volunteer their place because they agreed, on the phone or to a request of its own.

    Args:
        post_id: Which post.
        volunteer_id: Who agreed.
        by: Whoever asked them.
        now: The moment.
        how: How they agreed, for the audit.

    Raises:
        NotFoundError: There is no such post or volunteer.
        PostClosedError: The event is not open, is over, or the shift has begun.
        AlreadyInShiftError: They have another post in the same shift.
        ShiftsOverlapError: They have another shift at that time.
        PostFullError: Others took the last place.
    """
    volunteer = volunteers.lock_volunteer(volunteer_id)
    post = events.lock_post(post_id)
    row = queries.find_assignment(post_id, volunteer_id)
    if row is not None and row.state is State.ACCEPTED:
        return row
    commitments = queries.commitments_of(volunteer_id, besides=post_id)
    opening = queries.opening_of(post, own=line.kept_for(volunteer_id, post))
    bearing = queries.bearing_of(volunteer, post)
    _refuse(rules.accept_refusal(opening, commitments, bearing=bearing, expires_at=None, now=now))
    row = begin_anew(row, post, volunteer, Source.ORGANISER, now=now)
    row.invited_by_id = by
    give(row, now=now)
    audit.record(f"assignment.{how}", row, by=by, now=now)
    return row


def remove(assignment_id: int, reason: str, *, by: int, now: datetime) -> Assignment:
    """Take back an invitation or a place, and tell whoever had agreed to come.

    Raises:
        NotFoundError: There is no such assignment.
    """
    row, post = lock(assignment_id)
    if row.state not in queries.LIVE:
        return row
    had_agreed = row.state is State.ACCEPTED
    end(row, State.CANCELLED, reason, now=now)
    audit.record("assignment.remove", row, by=by, now=now, details={"had_agreed": had_agreed})
    if had_agreed:
        told = facts_of(post) | {"reason": reason, "assignment_id": row.id}
        told["path"] = invitation_path(row)
        to = outbox.to_person(row.volunteer.person_id)
        outbox.enqueue("assignment_removed", to=to, now=now, params=told)
        line.settle(post, now=now)
    return row


def _refuse(why_not: Refusal | None) -> None:
    if why_not is not None:
        raise ERRORS[why_not]


def lock(assignment_id: int) -> tuple[Assignment, Post]:
    """Return an assignment and its post, both held, and its volunteer too.

    Raises:
        NotFoundError: There is no such assignment.
    """
    seen = queries.assignment_by_id(assignment_id)
    volunteer_id, post_id = seen.volunteer_id, seen.post_id
    volunteers.lock_volunteer(volunteer_id)
    post = events.lock_post(post_id)
    return queries.lock_assignment(assignment_id), post


def lock_volunteers(ids: Collection[int]) -> dict[int, Volunteer]:
    """Return those of the volunteers that there are, held, in one order for everybody."""
    known = queries.existing_volunteers(ids)
    return {each: volunteers.lock_volunteer(each) for each in sorted(known)}


def _lock_posts(ids: Collection[int], event_id: int) -> dict[int, Post]:
    own = ids & queries.post_counts(event_id).keys()
    return {each: events.lock_post(each) for each in sorted(own)}


def begin_anew(
    row: Assignment | None, post: Post, volunteer: Volunteer, source: Source, *, now: datetime
) -> Assignment:
    """Return the one row of this pair, begun anew."""
    if row is None:
        row = Assignment(post=post, volunteer=volunteer, pass_revision=1)
        db.session.add(row)
    row.source, row.created_at, row.reasons = source, now, []
    row.expires_at = row.answered_at = row.invited_by_id = None
    row.confirmed_at = row.confirmed_by_id = None
    row.reason_given = ""
    return row


def give(row: Assignment, *, now: datetime) -> None:
    """Make a place theirs, with a pass for the door, and tell them; the post is held.

    However they came to it, they wait for it no longer, and nobody is asked to take it over: a
    link that they passed on before they gave the place back is worth nothing now.
    """
    row.state, row.answered_at, row.reason_given = State.ACCEPTED, now, ""
    row.confirmed_at = row.confirmed_by_id = None
    db.session.flush()
    row.pass_hash = code_hash(ticket_code("V", row.id, row.pass_revision))
    stop_waiting_and_looking(row, now=now)
    line.wake(row.post_id, now=now)
    event = row.post.shift.event
    more = {
        "meeting": event.meeting_point,
        "bring": event.what_to_bring,
        "assignment_id": row.id,
        "path": invitation_path(row),
    }
    outbox.enqueue(
        "assignment_confirmed",
        to=outbox.to_person(row.volunteer.person_id),
        now=now,
        expires_at=row.post.shift.ends_at,
        params=facts_of(row.post) | more,
    )


def stop_waiting_and_looking(row: Assignment, *, now: datetime) -> None:
    """End their place in line for this post, their search for a stand-in, and questions to swap."""
    entry = lines.find_entry_of_volunteer(row.post_id, row.volunteer_id)
    if entry is not None:
        waiting.take(entry, now=now)
    db.session.execute(delete(StandInSearch).where(StandInSearch.assignment_id == row.id))
    about = or_(Exchange.from_id == row.id, Exchange.to_id == row.id)
    pending = update(Exchange).where(about, Exchange.state.in_(rules.PENDING))
    db.session.execute(pending.values(state=ExchangeState.WITHDRAWN, answered_at=now))


def end(row: Assignment, state: State, reason: str, *, now: datetime) -> None:
    """Note that they do not come, and what they said about it; the post is held."""
    row.state, row.answered_at, row.reason_given = state, now, reason
    row.confirmed_at = row.confirmed_by_id = None


def _can_be_asked(post: Post, volunteer: Volunteer, now: datetime) -> bool:
    row = queries.find_assignment(post.id, volunteer.id)
    bearing, opening = queries.bearing_of(volunteer, post), queries.opening_of(post)
    if bearing.rests_on(opening.first) or (row is not None and row.state in queries.LIVE):
        return False
    commitments = queries.commitments_of(volunteer.id, besides=post.id)
    refusal = rules.accept_refusal(opening, commitments, bearing=bearing, expires_at=None, now=now)
    return refusal is None


def _ask(post: Post, volunteer: Volunteer, pick: Pick, *, by: int | None, now: datetime) -> None:
    known = queries.find_assignment(post.id, volunteer.id)
    row = begin_anew(known, post, volunteer, pick.source, now=now)
    row.state, row.invited_by_id, row.reasons = State.INVITED, by, list(pick.reasons)
    row.expires_at = pick.until or rules.invitation_expiry(post.shift.starts_at, now=now)
    db.session.flush()
    audit.record("assignment.invite", row, by=by, now=now, details={"source": pick.source})
    outbox.enqueue(
        "invitation",
        to=outbox.to_person(volunteer.person_id),
        now=now,
        expires_at=row.expires_at,
        params=facts_of(post)
        | {"deadline": row.expires_at.isoformat(), "assignment_id": row.id}
        | {"path": invitation_path(row)},
    )
