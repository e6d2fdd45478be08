"""Which rows are about whom: the registry's ways from a row to its person, as conditions."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Table, and_, false, or_, select, true

from volunteer_hub.accounts.keyed import keyed
from volunteer_hub.accounts.models import Person
from volunteer_hub.accounts.queries import shares_phone
from volunteer_hub.core.database import Model
from volunteer_hub.core.outbox import RecipientKind
from volunteer_hub.people.queries import contact_key, has_unproved_contact
from volunteer_hub.privacy.registry import Held


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom it is about: what rows may know them by."""

    person_id: int
    phone: str | None
    email: str | None
    name: str = ""
    shares_phone: bool = False

    @classmethod
    def of(cls, person: Person) -> Subject:
        """Return somebody with an account.

        What holds no more than a number is theirs once they proved the number to be: whoever
        enters people and prints cards could otherwise read and delete what strangers left.
        """
        if has_unproved_contact(person.id):
            return cls(person.id, None, None, person.name)
        shares = shares_phone(person)
        return cls(person.id, person.phone, person.email, person.name, shares)

    def is_named(self, column: ColumnElement[str]) -> ColumnElement[bool]:
        """Return whether rows that hold the phone are theirs: of a family's, those of the name."""
        return column == self.name if self.shares_phone else true()

    @property
    def contacts(self) -> list[str]:
        """Phone number and e-mail address, those there are."""
        return [contact for contact in (self.phone, self.email) if contact]


def table_of(name: str) -> Table:
    """Return a table by its name."""
    found: Table = Model.metadata.tables[name]
    return found


def owned(held: Held, subject: Subject) -> ColumnElement[bool]:
    """Return which rows of a table are about this person."""
    return or_(false(), *(_way(table_of(held.table), way, subject) for way in held.whose))


def shown(held: Held, subject: Subject) -> ColumnElement[bool]:
    """Return which of these rows the person sees."""
    mine = owned(held, subject)
    return and_(mine, table_of(held.table).c[held.unless].is_(False)) if held.unless else mine


def _way(table: Table, way: str, subject: Subject) -> ColumnElement[bool]:
    first, _, rest = way.partition(">")
    if not rest:
        special = _SPECIAL.get(first)
        return special(table, subject) if special else table.c[first] == subject.person_id
    column = table.c[first]
    (reference,) = column.foreign_keys
    there = reference.column.table
    return column.in_(select(there.c.id).where(_way(there, rest, subject)))


def _contact(table: Table, subject: Subject) -> ColumnElement[bool]:
    return table.c.contact.in_(subject.contacts)


def _contact_key(table: Table, subject: Subject) -> ColumnElement[bool]:
    contacts = [*subject.contacts, f"person:{subject.person_id}"]
    return table.c.contact_key.in_([keyed("contact", contact) for contact in contacts])


def _contact_phone(table: Table, subject: Subject) -> ColumnElement[bool]:
    if not subject.phone:
        return false()
    is_theirs = table.c.contact_phone == subject.phone
    if "contact_name" not in table.c:
        return is_theirs
    return and_(is_theirs, subject.is_named(table.c.contact_name))


def _registrant(table: Table, subject: Subject) -> ColumnElement[bool]:
    """Return registrations of the account, and those made with its number without signing in."""
    by_number = and_(
        table.c.person_id.is_(None),
        table.c.phone == subject.phone,
        subject.is_named(table.c.name),
    )
    mine = table.c.person_id == subject.person_id
    return or_(mine, by_number) if subject.phone else mine


def _recipient(table: Table, subject: Subject) -> ColumnElement[bool]:
    registration, consent = table_of("registration"), table_of("guardian_consent")
    consents = select(consent.c.id).where(_way(consent, "volunteer_id>person_id", subject))
    codes = table_of("sign_in_code")
    sent = select(codes.c.id).where(_contact(codes, subject))
    registrations = select(registration.c.id).where(_registrant(registration, subject))
    return or_(
        _is_to(table, RecipientKind.PERSON) & (table.c.recipient_id == subject.person_id),
        _is_to(table, RecipientKind.REGISTRATION) & table.c.recipient_id.in_(registrations),
        _is_to(table, RecipientKind.GUARDIAN) & table.c.recipient_id.in_(consents),
        _is_to(table, RecipientKind.CONTACT) & table.c.recipient_id.in_(sent),
    )


def _is_to(table: Table, kind: RecipientKind) -> ColumnElement[bool]:
    found: ColumnElement[bool] = table.c.recipient_kind == kind
    return found


def _acted(table: Table, subject: Subject) -> ColumnElement[bool]:
    return or_(table.c.actor_id == subject.person_id, table.c.sealed_for == subject.person_id)


def _listed(table: Table, subject: Subject) -> ColumnElement[bool]:
    """Return rows of lists that name the account, and those that hold its number or address."""
    # What is in them is encrypted: of a family's phone nobody knows from outside whose they are.
    mine = [subject.email] if subject.shares_phone and subject.email else []
    keys = [contact_key(each) for each in (mine if subject.shares_phone else subject.contacts)]
    return or_(table.c.person_id == subject.person_id, table.c.contact_key.in_(keys))


_SPECIAL = {
    "contact": _contact,
    "contact_key": _contact_key,
    "contact_phone": _contact_phone,
    "registrant": _registrant,
    "recipient": _recipient,
    "called": _recipient,
    "acted": _acted,
    "listed": _listed,
}
