from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from volunteer_hub.accounts import queries as accounts
from volunteer_hub.core import outbox
from volunteer_hub.core.database import db
from volunteer_hub.events import actions as events
from volunteer_hub.events import queries as event_queries
from volunteer_hub.events.models import Event, Status
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.recognition import queries, rules, training
from volunteer_hub.recognition.actions import claims, ledger
from volunteer_hub.recognition.actions.claims import ClaimDraft
from volunteer_hub.recognition.actions.ledger import Ground
from volunteer_hub.recognition.errors import (
    AlreadyConfirmedError,
    NotOverYetError,
    WrongAnswerError,
)
from volunteer_hub.recognition.models import Evidence, HoursKind, ServiceRecord, Source
from volunteer_hub.recognition.queries import Served
from volunteer_hub.recognition.rules import Answer, Wanted, Working


@dataclass(frozen=True, slots=True)
class HoursDraft:
    """What the organiser says about one volunteer."""

    answer: Answer
    added_minutes: int | None = None
    reason: str = ""


_KINDS = {
    Answer.AS_TIMED: HoursKind.TIMED,
    Answer.AS_PROPOSED: HoursKind.ADDED,
    Answer.AS_SHIFT: HoursKind.ADDED,
    Answer.NO_SHOW: HoursKind.NO_SHOW,
}


def confirm_hours(
    event_id: int, answers: Mapping[int, HoursDraft], *, scope: Scope, now: datetime
) -> Event:
    """Write the service record of everyone who had agreed to come, and close the event.

    A volunteer the answers do not name gets the usual answer for what the door knows.

    Args:
        event_id: Which event.
        answers: By assignment id.
        scope: Who confirms; the event must be their business.
        now: When.

    Raises:
        NotFoundError: There is no such event in this scope.
        NotOverYetError: It has not ended, or never took place.
        AlreadyConfirmedError: It was confirmed before.
        WrongAnswerError: An answer does not fit what the door knows.
    """
    event = event_queries.lock_event_for_staff(event_id, scope)
    if event.status is Status.CONFIRMED:
        raise AlreadyConfirmedError
    if event.status is not Status.PUBLISHED or now < event.ends_at:
        raise NotOverYetError
    ledger.hold_hours_of(queries.volunteers_at(event_id))
    not_timed = {key for key, draft in answers.items() if draft.answer is not Answer.AS_TIMED}
    given = _Given(event, accounts.person_by_id(scope.person_id).name, scope.person_id, now)
    came: list[int] = []
    for served in queries.served_at(event, skipped=not_timed):
        draft = answers.get(served.assignment_id) or _usual(served)
        _check(served, draft)
        if draft.answer is Answer.ADDED:
            _ask_for(event, served, draft, by=scope.person_id, now=now)
        elif draft.answer is not Answer.PENDING:
            _write(given, served, draft)
        if draft.answer not in (Answer.PENDING, Answer.NO_SHOW):
            came.append(served.volunteer_id)
    training.grant(event, came, by=scope.person_id, now=now)
    events.confirm_event(event, by=scope.person_id, now=now)
    return event


@dataclass(frozen=True, slots=True)
class _Given:
    """What is the same for everybody: which event, who is responsible, who confirms, when."""

    event: Event
    responsible: str
    by: int
    now: datetime


def _usual(served: Served) -> HoursDraft:
    return HoursDraft(possible_answers(served)[0])


def possible_answers(served: Served) -> tuple[Answer, ...]:
    """Return what may be said about somebody, the usual answer first."""
    has_proposal = served.said_left_at is not None
    return rules.choices(served.working.presence, has_proposal=has_proposal)


def _check(served: Served, draft: HoursDraft) -> None:
    why_not = rules.objection(
        draft.answer,
        possible=possible_answers(served),
        planned=served.working.planned,
        added_minutes=draft.added_minutes,
        reason=draft.reason,
    )
    if why_not is not None:
        raise WrongAnswerError(served.assignment_id, why_not.label)


def _write(given: _Given, served: Served, draft: HoursDraft) -> None:
    working = _working(given.event, served, draft)
    record = _record(given, served, draft, working)
    db.session.add(record)
    db.session.flush()
    if record.kind is not HoursKind.NO_SHOW:
        ground = _ground(served, draft)
        ledger.credit(record, working, ground, by=given.by, now=given.now)
        _tell(given.event, served, record.minutes, now=given.now)


def _working(event: Event, served: Served, draft: HoursDraft) -> Working:
    """Return what is credited, for time that is in no other record."""
    if draft.answer in (Answer.AS_TIMED, Answer.NO_SHOW):
        return served.working
    before = queries.credited_before([served.volunteer_id], about=event.starts_at)
    mine = before.get(served.volunteer_id, rules.NOTHING)
    stays = queries.stays_of([served.assignment_id])[served.assignment_id]
    return rules.worked(
        stays, starts_at=served.starts_at, ends_at=served.ends_at, before=mine,
        policy=served.working.policy,
        if_open=served.said_left_at if draft.answer is Answer.AS_PROPOSED else None,
    )  # fmt: skip


def _ground(served: Served, draft: HoursDraft) -> Ground:
    if draft.answer is Answer.AS_TIMED:
        return Ground(Source.SCANS, Evidence.SCANNED)
    return Ground(Source.CLAIM, Evidence.PARTLY)


def _ask_for(event: Event, served: Served, draft: HoursDraft, *, by: int, now: datetime) -> None:
    """Ask for hours that the organiser types in; somebody else has to agree to them."""
    until = served.starts_at + timedelta(minutes=draft.added_minutes or 0)
    asked = ClaimDraft(Wanted(served.starts_at, until), served.post_title, draft.reason, "")
    claims.ask(event, served.volunteer_id, asked, by=by, now=now,
               assignment_id=served.assignment_id)  # fmt: skip


def _record(given: _Given, served: Served, draft: HoursDraft, working: Working) -> ServiceRecord:
    event = given.event
    return ServiceRecord(
        volunteer_id=served.volunteer_id,
        event_id=event.id,
        assignment_id=served.assignment_id,
        kind=_KINDS[draft.answer],
        served_at=served.starts_at,
        in_at=working.came_at,
        out_at=working.left_at,
        planned_minutes=working.planned,
        minutes=0 if draft.answer is Answer.NO_SHOW else working.minutes,
        working={
            "answer": draft.answer.value,
            "counted": working.counted,
            **_said(served, draft),
        },
        event_title=event.title,
        place=event.venue.name if event.venue else "",
        content=served.post_title,
        organisation_name=event.organisation.name,
        responsible_name=given.responsible,
        confirmed_by_id=given.by,
        confirmed_at=given.now,
    )


def _said(served: Served, draft: HoursDraft) -> dict[str, str]:
    if draft.answer is Answer.AS_PROPOSED and served.said_left_at:
        return {"said_left": served.said_left_at.isoformat()}
    return {}


def _tell(event: Event, served: Served, minutes: int, *, now: datetime) -> None:
    outbox.enqueue(
        "hours_confirmed",
        to=outbox.to_person(served.person_id),
        now=now,
        dedupe_key=f"hours:{served.assignment_id}",
        params={"event": event.title, "minutes": minutes, "path": "/me/record"},
    )
