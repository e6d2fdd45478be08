"""Trainings grant a credential to those who were there, and take it back when they were not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from volunteer_hub.core import audit
from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.credentials import actions as credentials
from volunteer_hub.credentials.models import Credential
from volunteer_hub.credentials.queries import number_key
from volunteer_hub.credentials.rules import CredentialDraft
from volunteer_hub.events import queries as events
from volunteer_hub.events.models import Event, Status
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.recognition.errors import AlreadyGrantedError
from volunteer_hub.recognition.models import Training
from volunteer_hub.volunteers.models import Volunteer

LONGEST_MONTHS = 60


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody to whom a training granted a credential."""

    credential_id: int
    name: str


def training_of(event_id: int) -> Training | None:
    """Return what an event grants to those who were there, or None."""
    return db.session.scalar(select(Training).where(Training.event_id == event_id))


def plan(event_id: int, kind: str, months: int, *, scope: Scope, now: datetime) -> None:
    """Say what an event grants; an empty kind grants nothing.

    Raises:
        NotFoundError: There is no such event in this scope.
        AlreadyGrantedError: Its hours are confirmed.
    """
    event = events.lock_event_for_staff(event_id, scope)
    if event.status is Status.CONFIRMED:
        raise AlreadyGrantedError
    found = training_of(event_id)
    if found is not None and not kind:
        db.session.delete(found)
    elif found is not None:
        found.kind_code, found.months = kind, months
    elif kind:
        db.session.add(Training(event_id=event_id, kind_code=kind, months=months))
    details = {"kind": kind, "months": months}
    audit.record("training.plan", event, by=scope.person_id, now=now, details=details)


def grant(event: Event, volunteer_ids: list[int], *, by: int, now: datetime) -> None:
    """Give those who were there what the event grants, verified by whoever confirmed it.

    Nobody verifies for themselves: whoever confirms gets nothing from it.
    """
    found = training_of(event.id)
    if found is None:
        return
    on = event.ends_at.astimezone(LOCAL).date()
    own = select(Volunteer.id).where(Volunteer.person_id == by)
    others = sorted(set(volunteer_ids) - set(db.session.scalars(own)))
    draft = CredentialDraft(
        kind=found.kind_code,
        number=_number(event.id),
        issuer=event.organisation.name,
        expires_on=months_after(on, found.months) if found.months else None,
        scan=None,
    )
    for volunteer_id in others:
        credentials.grant(volunteer_id, draft, by=by, now=now)


def _number(event_id: int) -> str:
    return f"PX{event_id:06}"


def months_after(day: date, months: int) -> date:
    """Return the same day some months later; the last of a month that is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = 28
    while last < day.day and _is_day(year, month + 1, last + 1):
        last += 1
    return date(year, month + 1, min(day.day, last))


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def holders(event_id: int, kind: str) -> list[Holder]:
    """Return who has what an event granted, by name."""
    statement = (
        select(Credential)
        .join(Credential.volunteer)
        .join(Volunteer.person)
        .where(
            Credential.kind_code == kind,
            Credential.number_key == number_key(kind, _number(event_id)),
        )
        .options(contains_eager(Credential.volunteer).contains_eager(Volunteer.person))
        .order_by(Credential.id)
    )
    return [Holder(row.id, row.volunteer.person.name) for row in db.session.scalars(statement)]


def undo(event_id: int, volunteer_id: int, *, by: int, now: datetime) -> None:
    """Take back what an event granted to somebody whose attendance is taken back."""
    found = training_of(event_id)
    if found is None:
        return
    key = number_key(found.kind_code, _number(event_id))
    granted = select(Credential).where(
        Credential.volunteer_id == volunteer_id,
        Credential.kind_code == found.kind_code,
        Credential.number_key == key,
    )
    for row in db.session.scalars(granted):
        _delete(row, event_id, by=by, now=now)


def _delete(row: Credential, event_id: int, *, by: int, now: datetime) -> None:
    details = {"volunteer_id": row.volunteer_id, "event_id": event_id}
    audit.record("credential.take_back", row, by=by, now=now, details=details)
    db.session.delete(row)


def take_back(event_id: int, credential_id: int, *, scope: Scope, now: datetime) -> None:
    """Take back what an event granted to somebody who was not there after all.

    Raises:
        NotFoundError: There is no such event in this scope, or it granted no such credential.
    """
    event = events.lock_event_for_staff(event_id, scope)
    found = training_of(event.id)
    kind = found.kind_code if found else ""
    row = db.session.get(Credential, credential_id)
    if row is None or credential_id not in {each.credential_id for each in holders(event.id, kind)}:
        raise NotFoundError
    _delete(row, event.id, by=scope.person_id, now=now)
