from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from volunteer_hub.accounts.models import Person
from volunteer_hub.core import outbox
from volunteer_hub.core.database import db
from volunteer_hub.core.encryption import blind_index
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.credentials import rules
from volunteer_hub.credentials.models import Credential
from volunteer_hub.credentials.rules import State
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.volunteers.models import Volunteer
from volunteer_hub.volunteers.queries import known_to

PER_PAGE = 30


@dataclass(frozen=True, slots=True)
class Waiting:
    """One page of credentials that wait for somebody to verify them, the oldest first."""

    credentials: list[Credential]
    total: int
    page: int
    pages: int


def number_key(kind: str, number: str) -> str:
    """Return what finds a number of a kind, however it is written."""
    return blind_index(f"credential:{kind}", rules.written(number))


def credentials_of(volunteer_id: int) -> list[Credential]:
    """Return what a volunteer filled in, with who judged it, in the order they did."""
    statement = (
        select(Credential)
        .where(Credential.volunteer_id == volunteer_id)
        .order_by(Credential.id)
        .options(joinedload(Credential.judged_by))
    )
    return list(db.session.scalars(statement))


def held_by(volunteer_ids: Collection[int], kind: str) -> dict[int, date]:
    """Return until when a verified credential of a kind holds, for each volunteer who has one."""
    statement = select(Credential.volunteer_id, Credential.expires_on).where(
        Credential.volunteer_id.in_(volunteer_ids),
        Credential.kind_code == kind,
        Credential.state == State.VERIFIED,
    )
    found: dict[int, date] = {}
    for volunteer_id, expires_on in db.session.execute(statement):
        until = expires_on or date.max
        found[volunteer_id] = max(until, found.get(volunteer_id, until))
    return found


def waiting(scope: Scope, *, page: int = 1) -> Waiting:
    """Return the credentials that this member of staff may verify, a page at a time."""
    condition = (Credential.state == State.CLAIMED, known_to(scope), Person.erased_at.is_(None))
    joined = select(Credential).join(Credential.volunteer).join(Volunteer.person).where(*condition)
    total = db.session.scalar(select(func.count()).select_from(joined.subquery())) or 0
    pages = max(1, -(-total // PER_PAGE))
    page = min(max(page, 1), pages)
    statement = (
        joined.order_by(Credential.claimed_at, Credential.id)
        .offset((page - 1) * PER_PAGE)
        .limit(PER_PAGE)
        .options(joinedload(Credential.volunteer).joinedload(Volunteer.person))
    )
    return Waiting(list(db.session.scalars(statement)), total, page, pages)


def credential_for_staff(credential_id: int, scope: Scope) -> Credential:
    """Return a credential with its volunteer, for someone whose business they are.

    Raises:
        NotFoundError: There is no such credential, or it is not this person's business.
    """
    return _there(db.session.scalar(_for_staff(credential_id, scope)))


def lock_credential_for_staff(credential_id: int, scope: Scope) -> Credential:
    """Return a credential, kept from changing until the transaction ends.

    Raises:
        NotFoundError: There is no such credential, or it is not this person's business.
    """
    statement = _for_staff(credential_id, scope).with_for_update(of=Credential)
    return _there(db.session.scalar(statement.execution_options(populate_existing=True)))


def own_credential(credential_id: int, person_id: int) -> Credential:
    """Return somebody's own credential.

    Raises:
        NotFoundError: There is no such credential, or it is another's.
    """
    statement = (
        select(Credential)
        .join(Credential.volunteer)
        .where(Credential.id == credential_id, Volunteer.person_id == person_id)
    )
    return _there(db.session.scalar(statement))


def others_with_number(credential: Credential) -> int:
    """Return how many other volunteers filled in the same number."""
    statement = select(func.count(func.distinct(Credential.volunteer_id))).where(
        Credential.kind_code == credential.kind_code,
        Credential.number_key == credential.number_key,
        Credential.volunteer_id != credential.volunteer_id,
    )
    return db.session.scalar(statement) or 0


def to_remind(*, today: date, limit: int) -> list[tuple[Credential, int, str]]:
    """Return credentials that run out, with which reminder is due and the key it goes under.

    Whoever has another one of the kind that holds longer is left alone, and so is whoever was
    reminded already.
    """
    last = today + timedelta(days=max(rules.REMIND_DAYS))
    statement = (
        select(Credential)
        .join(Credential.volunteer)
        .join(Volunteer.person)
        .where(
            Credential.state == State.VERIFIED,
            Credential.expires_on >= today,
            Credential.expires_on <= last,
            ~_is_renewed(),
            Person.erased_at.is_(None),
        )
        .order_by(Credential.expires_on, Credential.id)
        .options(joinedload(Credential.volunteer))
    )
    due = {}
    for row in db.session.scalars(statement):
        days = rules.reminder_due(row.expires_on or date.max, today=today)
        if days is not None:
            due[f"credential_expiring:{row.id}:{row.expires_on}:{days}"] = (row, days)
    for known in outbox.queued_keys(due):
        del due[known]
    return [(row, days, key) for key, (row, days) in due.items()][:limit]


def _is_renewed() -> ColumnElement[bool]:
    newer = aliased(Credential)
    return exists().where(
        newer.volunteer_id == Credential.volunteer_id,
        newer.kind_code == Credential.kind_code,
        newer.state == State.VERIFIED,
        or_(newer.expires_on.is_(None), newer.expires_on > Credential.expires_on),
    )


def _for_staff(credential_id: int, scope: Scope) -> Select[Credential]:
    return (
        select(Credential)
        .join(Credential.volunteer)
        .join(Volunteer.person)
        .where(Credential.id == credential_id, known_to(scope), Person.erased_at.is_(None))
        .options(joinedload(Credential.volunteer).joinedload(Volunteer.person))
    )


def _there(credential: Credential | None) -> Credential:
    if credential is None:
        raise NotFoundError
    return credential
