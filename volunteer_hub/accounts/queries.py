from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, bindparam, exists, func, literal, or_, select

from volunteer_hub.accounts import rules
from volunteer_hub.accounts.errors import DemoOverError
from volunteer_hub.accounts.keyed import keyed
from volunteer_hub.accounts.models import (
    AccountSession,
    Consent,
    Person,
    Purpose,
    SecondFactor,
    SignInCode,
    SignInTry,
    TryKind,
)
from volunteer_hub.core.audit import AuditEntry
from volunteer_hub.core.database import db, run
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.outbox import OutboxMessage, RecipientKind


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """An invented person whose role can be tried out."""

    role: str
    person_id: int
    name: str


class SignedIn(NamedTuple):
    """Whose live session it is, and how many messages on the site they have not seen."""

    person_id: int
    name: str
    unread: int


def find_signed_in(token_hash: str, *, with_unread: bool, now: datetime) -> SignedIn | None:
    """Return whose live session has this token, or None.

    Args:
        token_hash: What is kept of the token.
        with_unread: Whether to count messages in the same query; otherwise there are none.
        now: The moment.
    """
    statement = _live_session_with_unread() if with_unread else _live_session()
    row = run(statement, {"token_hash": token_hash, "now": now}).first()
    return SignedIn(*row) if row is not None else None


@cache
def _live_session() -> Select[int, str, int]:
    return _live_session_and(literal(0))


@cache
def _live_session_with_unread() -> Select[int, str, int]:
    return _live_session_and(_unread_messages())


def _live_session_and(unread: ColumnElement[int]) -> Select[int, str, int]:
    return (
        select(Person.id, Person.name, unread)
        .select_from(AccountSession)
        .join(AccountSession.person)
        .where(
            AccountSession.token_hash == bindparam("token_hash"),
            AccountSession.revoked_at.is_(None),
            AccountSession.expires_at > bindparam("now"),
            Person.erased_at.is_(None),
        )
    )


def _unread_messages() -> ColumnElement[int]:
    """Return how many messages on the site the session's person has not seen; codes are none."""
    statement = select(func.count(OutboxMessage.id)).where(
        OutboxMessage.recipient_kind == RecipientKind.PERSON,
        OutboxMessage.recipient_id == AccountSession.person_id,
        OutboxMessage.not_before <= bindparam("now"),
        OutboxMessage.kind != rules.CODE_KIND,
        OutboxMessage.read_at.is_(None),
    )
    return statement.correlate(AccountSession).scalar_subquery()


def person_by_id(person_id: int) -> Person:
    """Return the person.

    Raises:
        NotFoundError: There is no such person.
    """
    person = db.session.get(Person, person_id)
    if person is None:
        raise NotFoundError
    return person


def lock_person(person_id: int) -> Person:
    """Return the person, kept from changing until the transaction ends.

    Raises:
        NotFoundError: There is no such person, or they closed their account.
    """
    statement = (
        select(Person)
        .where(Person.id == person_id, Person.erased_at.is_(None))
        .with_for_update(of=Person)
        .execution_options(populate_existing=True)
    )
    person = db.session.scalar(statement)
    if person is None:
        raise NotFoundError
    return person


def find_person(contact: str) -> Person | None:
    """Return the person with this phone number or e-mail address, or None.

    Of several behind one phone, the first.
    """
    return db.session.scalar(_behind(contact).limit(1))


def is_unused(person: Person, *, now: datetime) -> bool:
    """Tell whether nobody ever got into this account: no device, no password, no consent.

    Devices are forgotten some weeks after they were signed out; the audit remembers them.
    """
    asked = (
        exists().where(*_signed_in(person.id)),
        exists().where(AccountSession.person_id == person.id),
        exists().where(Consent.person_id == person.id),
        exists().where(SecondFactor.person_id == person.id),
    )
    was_used = db.session.scalar(select(or_(*asked)))
    is_gone = person.erased_at is not None or person.created_at > now
    return not (was_used or person.password_hash or is_gone or person.is_demo)


def has_proved_contact(person_id: int) -> bool:
    """Tell whether somebody ever got in by a code sent to them, or moved to another contact."""
    shown = db.session.scalars(select(AuditEntry.details).where(*_signed_in(person_id)))
    moved = exists().where(*_of_person(person_id), AuditEntry.action == "account.move_contact")
    return any(each.get("by") == "code" for each in shown) or bool(db.session.scalar(select(moved)))


def _signed_in(person_id: int) -> tuple[ColumnElement[bool], ...]:
    return (*_of_person(person_id), AuditEntry.action == "account.sign_in")


def _of_person(person_id: int) -> tuple[ColumnElement[bool], ...]:
    return (
        AuditEntry.subject_type == Person.__tablename__,
        AuditEntry.subject_id == person_id,
    )


def people_behind(contact: str) -> list[Person]:
    """Return who is reached by this phone number or e-mail address: a family shares a phone."""
    return list(db.session.scalars(_behind(contact)))


def find_named(contact: str, name: str) -> Person | None:
    """Return who is called so behind a contact, or the only one there; None when it is unclear."""
    found = people_behind(contact)
    named = [each for each in found if each.name == name]
    return (named or found)[0] if named or len(found) == 1 else None


def find_with_password(contact: str) -> Person | None:
    """Return who signs in with this contact and a password; of a family one at most can."""
    found = people_behind(contact)
    return next((each for each in found if each.password_hash), found[0] if found else None)


def is_password_taken(person: Person) -> bool:
    """Tell whether another person behind the same phone signs in with a password already."""
    others = people_behind(person.phone) if person.phone else []
    return any(each.password_hash for each in others if each.id != person.id)


def shares_phone(person: Person) -> bool:
    """Tell whether others are reached by the same phone."""
    return person.phone is not None and len(people_behind(person.phone)) > 1


def _behind(contact: str) -> Select[Person]:
    reached = or_(Person.phone == contact, Person.email == contact.lower())
    return (
        select(Person)
        .where(reached, Person.erased_at.is_(None))
        .order_by(Person.phone_seat, Person.id)
    )


def demo_people() -> list[DemoPerson]:
    """Return the invented people whose roles can be tried out, in the order of the roles."""
    statement = select(Person).where(
        Person.is_demo, Person.phone.in_(rules.DEMO_CONTACTS.values()), Person.erased_at.is_(None)
    )
    by_phone = {person.phone: person for person in db.session.scalars(statement)}
    return [
        DemoPerson(role, by_phone[phone].id, by_phone[phone].name)
        for role, phone in rules.DEMO_CONTACTS.items()
        if phone in by_phone
    ]


def demo_person(role: str) -> DemoPerson:
    """Return the invented person in this role.

    Raises:
        DemoOverError: Demo data is not loaded.
    """
    found = next((person for person in demo_people() if person.role == role), None)
    if found is None:
        raise DemoOverError
    return found


def live_sessions(person_id: int, *, now: datetime) -> list[AccountSession]:
    """Return where the person is signed in, the newest first."""
    statement = (
        select(AccountSession)
        .where(
            AccountSession.person_id == person_id,
            AccountSession.revoked_at.is_(None),
            AccountSession.expires_at > now,
        )
        .order_by(AccountSession.created_at.desc(), AccountSession.id.desc())
    )
    return list(db.session.scalars(statement))


def consents_of(person_id: int) -> list[Consent]:
    """Return what the person agreed to, in the order it happened."""
    statement = select(Consent).where(Consent.person_id == person_id).order_by(Consent.id)
    return list(db.session.scalars(statement))


def has_agreed(person_id: int, purpose: Purpose) -> bool:
    """Tell whether the person agreed to the wording as it is now, and did not take it back."""
    statement = select(Consent.id).where(
        Consent.person_id == person_id,
        Consent.purpose == purpose,
        Consent.wording_version == rules.version_of(purpose),
        Consent.withdrawn_at.is_(None),
    )
    return db.session.scalar(statement.limit(1)) is not None


def has_second_factor(person_id: int) -> bool:
    """Tell whether somebody confirmed a second factor, which is then asked for at sign-in."""
    statement = select(SecondFactor.id).where(
        SecondFactor.person_id == person_id, SecondFactor.confirmed_at.is_not(None)
    )
    return db.session.scalar(statement) is not None


def lock_newest_code(contact: str) -> SignInCode | None:
    """Return the newest code for this contact, kept from changing; older ones are worth nothing."""
    statement = (
        select(SignInCode)
        .where(SignInCode.contact == contact)
        .order_by(SignInCode.id.desc())
        .limit(1)
        .with_for_update()
    )
    return db.session.scalar(statement)


def tries_with(kind: TryKind, contact: str, *, now: datetime) -> Sequence[datetime]:
    """Return when this contact was tried, in the time that counts."""
    return _tries(kind, SignInTry.contact_key == keyed("contact", contact), now=now)


def tries_from(kind: TryKind, address: str, *, now: datetime) -> Sequence[datetime]:
    """Return when this network address tried, in the time that counts."""
    return _tries(kind, SignInTry.address_key == keyed("address", address), now=now)


def _tries(kind: TryKind, whose: ColumnElement[bool], *, now: datetime) -> Sequence[datetime]:
    statement = select(SignInTry.tried_at).where(
        SignInTry.kind == kind,
        whose,
        SignInTry.tried_at > now - rules.TRIES_KEPT,
    )
    return db.session.scalars(statement).all()
