"""Hours that no scan proves: asked for, agreed to by others, hung out, credited or refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from volunteer_hub.accounts import queries as accounts
from volunteer_hub.core import audit, outbox
from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.database import db, take_turns
from volunteer_hub.core.numbers import value_of
from volunteer_hub.events.models import Event
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.recognition import numbers, queries, rules
from volunteer_hub.recognition.actions import ledger
from volunteer_hub.recognition.actions.ledger import Ground
from volunteer_hub.recognition.errors import (
    ClaimSettledError,
    ClaimThereError,
    NoticeOverError,
    NotYoursToAgreeError,
    WrongClaimError,
)
from volunteer_hub.recognition.models import (
    ClaimState,
    Evidence,
    HoursClaim,
    HoursKind,
    HoursObjection,
    ServiceRecord,
    Source,
)
from volunteer_hub.recognition.queries import claims as waiting
from volunteer_hub.recognition.rules import Wanted, Working
from volunteer_hub.volunteers.models import Volunteer
from volunteer_hub.workdays.queries import work_calendar


@dataclass(frozen=True, slots=True)
class ClaimDraft:
    """What somebody asks to be credited.

    Attributes:
        content: What they did.
        reason: Why no scan says so.
        evidence: What speaks for it: a photo in a group, somebody who was there.
    """

    wanted: Wanted
    content: str
    reason: str
    evidence: str


def file_claim(
    event_id: int, draft: ClaimDraft, volunteer: Volunteer, *, now: datetime
) -> HoursClaim:
    """Ask for hours of one's own at an activity that is over and confirmed.

    Args:
        event_id: At which.
        draft: What.
        volunteer: Whose hours.
        now: When.

    Raises:
        NotFoundError: There is no such event that they may claim for.
        WrongClaimError: The time lies outside the activity, or is too long ago.
        ClaimThereError: They asked before, and nobody settled it.
    """
    event = waiting.event_to_claim(event_id, volunteer, now=now)
    why_not = rules.claim_objection(
        draft.wanted,
        event_starts_at=event.starts_at,
        event_ends_at=event.ends_at,
        now=now,
        days=value_of(numbers.CLAIM_DAYS.key),
    )
    if why_not is not None:
        raise WrongClaimError(why_not.label)
    return ask(event, volunteer.id, draft, by=volunteer.person_id, now=now)


def ask(
    event: Event,
    volunteer_id: int,
    draft: ClaimDraft,
    *,
    by: int,
    now: datetime,
    assignment_id: int | None = None,
) -> HoursClaim:
    """Write down that hours are asked for, and tell somebody who may agree.

    Raises:
        ClaimThereError: There is an open claim of this volunteer for the event.
    """
    take_turns(f"claim of {volunteer_id} at {event.id}")
    if waiting.has_open_claim(event.id, volunteer_id, assignment_id):
        raise ClaimThereError
    claim = HoursClaim(
        event_id=event.id,
        volunteer_id=volunteer_id,
        assignment_id=assignment_id,
        starts_at=draft.wanted.starts_at,
        ends_at=draft.wanted.ends_at,
        minutes=draft.wanted.minutes,
        content=draft.content,
        state=ClaimState.WAITING,
        reason=draft.reason,
        evidence=draft.evidence,
        asked_by_id=by,
        asked_at=now,
    )
    db.session.add(claim)
    db.session.flush()
    audit.record("claim.file", claim, by=by, now=now, details={"minutes": claim.minutes})
    _tell_who_may_agree(claim, event, now=now)
    return claim


def agree(claim_id: int, *, scope: Scope, now: datetime) -> HoursClaim:
    """Agree to hours that somebody else asked for somebody else.

    Many hours wait for a second one who agrees; then they hang out in the public notice.

    Raises:
        NotFoundError: There is no such claim in this scope.
        ClaimSettledError: It is settled, or was agreed to by enough people.
        NotYoursToAgreeError: It is theirs, they asked for it, or they agreed before.
    """
    claim = waiting.lock_claim_for_staff(claim_id, scope)
    if claim.state not in rules.TO_AGREE:
        raise ClaimSettledError
    if not rules.may_agree(
        scope.person_id,
        asked_by=claim.asked_by_id,
        volunteer=claim.volunteer.person_id,
        first_by=claim.first_by_id,
    ):
        raise NotYoursToAgreeError
    if claim.state is ClaimState.WAITING:
        claim.first_by_id, claim.first_at = scope.person_id, now
    else:
        claim.second_by_id, claim.second_at = scope.person_id, now
    two_above = value_of(numbers.TWO_ABOVE.key)
    claim.state = rules.next_state(claim.state, claim.minutes, two_above_hours=two_above)
    if claim.state is ClaimState.NOTICE:
        claim.notice_until = rules.notice_ends_on(
            now.astimezone(LOCAL).date(),
            work_calendar(),
            workdays=value_of(numbers.NOTICE_WORKDAYS.key),
            days=value_of(numbers.NOTICE_DAYS.key),
        )
    else:
        _tell_who_may_agree(claim, claim.event, now=now)
    audit.record("claim.agree", claim, by=scope.person_id, now=now)
    return claim


def refuse_claim(claim_id: int, answer: str, *, scope: Scope, now: datetime) -> HoursClaim:
    """Refuse hours, with a reason that the volunteer reads.

    Raises:
        NotFoundError: There is no such claim in this scope.
        ClaimSettledError: It is settled.
    """
    claim = waiting.lock_claim_for_staff(claim_id, scope)
    _settle(claim, ClaimState.REFUSED, by=scope.person_id, answer=answer, now=now)
    return claim


def withdraw_claim(claim_id: int, *, person_id: int, now: datetime) -> HoursClaim:
    """Take back what one asked for oneself.

    Raises:
        NotFoundError: They did not ask for it.
        ClaimSettledError: It is settled.
    """
    claim = waiting.lock_claim_of(claim_id, person_id)
    _settle(claim, ClaimState.WITHDRAWN, by=person_id, answer=None, now=now)
    return claim


def revoke_claim(claim_id: int, answer: str, *, scope: Scope, now: datetime) -> HoursClaim:
    """Take hours back that were credited by a claim.

    Raises:
        NotFoundError: There is no such claim in this scope.
        ClaimSettledError: It was not credited, or was taken back before.
    """
    claim = waiting.lock_claim_for_staff(claim_id, scope)
    if claim.state is not ClaimState.CREDITED or claim.record_id is None:
        raise ClaimSettledError
    ledger.reverse(claim.record_id, answer, by=scope.person_id, now=now)
    claim.state, claim.answer = ClaimState.REVOKED, answer
    audit.record("claim.revoke", claim, by=scope.person_id, now=now)
    _tell_result(claim, now=now)
    return claim


def _settle(
    claim: HoursClaim, state: ClaimState, *, by: int, answer: str | None, now: datetime
) -> None:
    if claim.state not in rules.OPEN:
        raise ClaimSettledError
    claim.state, claim.answer = state, answer
    claim.settled_by_id, claim.settled_at = by, now
    audit.record(f"claim.{state.value}", claim, by=by, now=now)
    if state is not ClaimState.WITHDRAWN:
        _tell_result(claim, now=now)


def object_to(claim_id: int, text: str, *, person_id: int, now: datetime) -> HoursObjection:
    """Object to hours in the public notice; they are not credited before somebody looks at it.

    Raises:
        NotFoundError: There is no such claim.
        NoticeOverError: It does not hang out, or not any more.
    """
    claim = waiting.lock_claim(claim_id)
    today = now.astimezone(LOCAL).date()
    if claim.state is not ClaimState.NOTICE or claim.notice_until is None:
        raise NoticeOverError
    if today > claim.notice_until:
        raise NoticeOverError
    made = HoursObjection(claim_id=claim.id, by_id=person_id, text=text, said_at=now)
    db.session.add(made)
    db.session.flush()
    audit.record("claim.object", claim, by=person_id, now=now)
    _tell_who_may_agree(claim, claim.event, now=now)
    return made


def settle_objection(
    objection_id: int, *, is_upheld: bool, scope: Scope, now: datetime
) -> HoursObjection:
    """Say whether an objection is right; then the hours are refused.

    Raises:
        NotFoundError: There is no such objection in this scope.
        ClaimSettledError: It was settled, or the claim was.
        NotYoursToAgreeError: The hours or the objection are theirs.
    """
    claim = waiting.lock_claim_for_staff(waiting.claim_of_objection(objection_id, scope), scope)
    objection = waiting.objection_by_id(objection_id)
    if claim.state is not ClaimState.NOTICE or objection.settled_at is not None:
        raise ClaimSettledError
    if scope.person_id in (claim.asked_by_id, claim.volunteer.person_id, objection.by_id):
        raise NotYoursToAgreeError
    objection.is_upheld = is_upheld
    objection.settled_by_id, objection.settled_at = scope.person_id, now
    audit.record("claim.settle_objection", objection, by=scope.person_id, now=now,
                 details={"upheld": is_upheld})  # fmt: skip
    if is_upheld:
        _settle(claim, ClaimState.REFUSED, by=scope.person_id, answer=None, now=now)
    return objection


def credit_after_notice(claim_id: int, *, now: datetime) -> ServiceRecord | None:
    """Credit what hung out for long enough; None when it was settled, or somebody objects."""
    claim = waiting.lock_claim(claim_id)
    today = now.astimezone(LOCAL).date()
    if claim.state is not ClaimState.NOTICE or not claim.notice_until:
        return None
    if today <= claim.notice_until or waiting.has_open_objection(claim_id):
        return None
    if claim.volunteer.person.erased_at is not None:
        claim.state, claim.settled_at = ClaimState.WITHDRAWN, now
        return None
    ledger.hold_hours_of([claim.volunteer_id])
    working = _working(claim)
    record = _record(claim, working, now=now)
    db.session.add(record)
    db.session.flush()
    by = claim.second_by_id or claim.first_by_id or claim.asked_by_id
    evidence = Evidence.PARTLY if working.came_at else Evidence.VOUCHED
    ledger.credit(record, working, Ground(Source.CLAIM, evidence, claim.reason), by=by, now=now)
    claim.state, claim.record_id, claim.settled_at = ClaimState.CREDITED, record.id, now
    audit.record("claim.credited", claim, by=None, now=now, details={"record": record.id})
    _tell_result(claim, now=now)
    return record


def _working(claim: HoursClaim) -> Working:
    before = queries.credited_before([claim.volunteer_id], about=claim.starts_at)
    policy = queries.policy_for(claim.event)
    mine = [claim.assignment_id] if claim.assignment_id else []
    stays = queries.stays_of(mine).get(claim.assignment_id or 0, [])
    known = rules.worked(
        stays, starts_at=claim.event.starts_at, ends_at=claim.event.ends_at, policy=policy
    )
    return rules.added(
        claim.minutes,
        since=claim.starts_at,
        before=before.get(claim.volunteer_id, rules.NOTHING),
        like=known,
    )


def _record(claim: HoursClaim, working: Working, *, now: datetime) -> ServiceRecord:
    event = claim.event
    agreed_by = claim.first_by_id or claim.asked_by_id
    return ServiceRecord(
        volunteer_id=claim.volunteer_id,
        event_id=event.id,
        assignment_id=claim.assignment_id,
        kind=HoursKind.ADDED,
        served_at=claim.starts_at,
        in_at=working.came_at,
        out_at=working.left_at,
        planned_minutes=working.planned,
        minutes=working.minutes,
        working={"answer": "claim", "counted": working.counted},
        event_title=event.title,
        place=event.venue.name if event.venue else "",
        content=claim.content,
        organisation_name=event.organisation.name,
        responsible_name=accounts.person_by_id(agreed_by).name,
        confirmed_by_id=agreed_by,
        confirmed_at=now,
    )


def _tell_who_may_agree(claim: HoursClaim, event: Event, *, now: datetime) -> None:
    volunteer = waiting.person_of(claim.volunteer_id)
    not_these = {claim.asked_by_id, volunteer, claim.first_by_id}
    for person_id in waiting.who_may_agree(event):
        if person_id not in not_these:
            outbox.enqueue(
                "claim_to_agree",
                to=outbox.to_person(person_id),
                now=now,
                dedupe_key=f"claim:{claim.id}:{claim.state.value}:{person_id}:{now:%Y%m%d}",
                params={"event": event.title, "path": f"/organise/claims/{claim.id}"},
                expires_at=now + timedelta(days=30),
            )


def _tell_result(claim: HoursClaim, *, now: datetime) -> None:
    outbox.enqueue(
        "claim_settled",
        to=outbox.to_person(waiting.person_of(claim.volunteer_id)),
        now=now,
        dedupe_key=f"claim:{claim.id}:{claim.state.value}",
        params={"event": claim.event.title, "path": "/me/claims"},
    )
