from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from volunteer_hub.accounts import queries as accounts
from volunteer_hub.core import outbox
from volunteer_hub.core.database import db
from volunteer_hub.events import actions as events
from volunteer_hub.events import queries as event_queries
from volunteer_hub.events.models import Event, Status
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.recognition import queries, rules
from volunteer_hub.recognition.errors import (
    AlreadyConfirmedError,
    NotOverYetError,
    WrongAnswerError,
)
from volunteer_hub.recognition.models import HoursKind, ServiceRecord
from volunteer_hub.recognition.queries import Served
from volunteer_hub.recognition.rules import Answer


@dataclass(frozen=True, slots=True)
class HoursDraft:
    """What the organiser says about one volunteer."""

    answer: Answer
    added_minutes: int | None = None
    reason: str = ""


_KINDS = {
    Answer.AS_TIMED: HoursKind.TIMED,
    Answer.AS_SHIFT: HoursKind.ADDED,
    Answer.ADDED: HoursKind.ADDED,
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
    responsible = accounts.person_by_id(scope.person_id).name
    for served in queries.served_at(event_id):
        usual = HoursDraft(rules.choices(served.working.presence)[0])
        draft = answers.get(served.assignment_id, usual)
        _check(served, draft)
        record = _record(event, served, draft, responsible, by=scope.person_id, now=now)
        db.session.add(record)
        if draft.answer is not Answer.NO_SHOW:
            _tell(event, served, record.minutes, now=now)
    events.confirm_event(event, by=scope.person_id, now=now)
    return event


def _check(served: Served, draft: HoursDraft) -> None:
    why_not = rules.objection(
        draft.answer,
        presence=served.working.presence,
        planned=served.working.planned,
        added_minutes=draft.added_minutes,
        reason=draft.reason,
    )
    if why_not is not None:
        raise WrongAnswerError(served.assignment_id, why_not.label)


def _minutes(served: Served, draft: HoursDraft) -> int:
    if draft.answer is Answer.NO_SHOW:
        return 0
    if draft.answer is Answer.ADDED:
        return draft.added_minutes or 0
    return served.working.minutes


def _record(
    event: Event, served: Served, draft: HoursDraft, responsible: str, *, by: int, now: datetime
) -> ServiceRecord:
    working = served.working
    return ServiceRecord(
        volunteer_id=served.volunteer_id,
        event_id=event.id,
        assignment_id=served.assignment_id,
        kind=_KINDS[draft.answer],
        served_at=served.starts_at,
        in_at=working.came_at,
        out_at=working.left_at,
        planned_minutes=working.planned,
        minutes=_minutes(served, draft),
        working={
            "answer": draft.answer.value,
            "counted": working.counted,
            "reason": draft.reason,
        },
        event_title=event.title,
        place=event.venue.name if event.venue else "",
        content=served.post_title,
        organisation_name=event.organisation.name,
        responsible_name=responsible,
        confirmed_by_id=by,
        confirmed_at=now,
    )


def _tell(event: Event, served: Served, minutes: int, *, now: datetime) -> None:
    outbox.enqueue(
        "hours_confirmed",
        to=outbox.to_person(served.person_id),
        now=now,
        dedupe_key=f"hours:{served.assignment_id}",
        params={"event": event.title, "minutes": minutes, "path": "/me/record"},
    )
