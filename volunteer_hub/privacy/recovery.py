"""Another number for somebody who lost theirs: one of the office asks, a second one decides."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from volunteer_hub.accounts import actions as accounts
from volunteer_hub.accounts import queries as people
from volunteer_hub.accounts import second
from volunteer_hub.accounts.errors import ContactTakenError
from volunteer_hub.accounts.models import Person
from volunteer_hub.core import audit, outbox
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.privacy import queries
from volunteer_hub.privacy.errors import AlreadyDecidedError, SecondPersonError
from volunteer_hub.privacy.models import ChangeState, ContactChange
from volunteer_hub.volunteers import queries as offers


def ask(
    old_contact: str, contact: str, reason: str, *, scope: Scope, now: datetime, name: str = ""
) -> ContactChange:
    """Ask for another number for somebody, after looking whether it is them.

    Args:
        old_contact: What they signed in with until now.
        contact: What they have now, in its one spelling.
        reason: How the office knows that it is them.
        scope: Who asks.
        now: When.
        name: What they are called, where a family shares the old one.

    Raises:
        NotFoundError: Nobody of this office's has the old one, or several have and none is meant.
        ContactTakenError: Somebody has the new one already.
        SecondPersonError: It is their own account.
    """
    person = _meant(old_contact, name)
    if person is None or not is_business_of(scope, person):
        raise NotFoundError
    if person.id == scope.person_id:
        raise SecondPersonError
    if people.find_person(contact) is not None:
        raise ContactTakenError
    change = ContactChange(
        person_id=person.id,
        contact=contact,
        lost="email" if old_contact == person.email else "phone",
        reason=reason,
        state=ChangeState.WAITING,
        asked_by_id=scope.person_id,
        asked_at=now,
    )
    db.session.add(change)
    db.session.flush()
    audit.record("contact_change.ask", change, by=scope.person_id, now=now)
    return change


def _meant(contact: str, name: str) -> Person | None:
    """Return who of those behind a contact is meant; of several, the one of that name."""
    behind = people.people_behind(contact)
    if len(behind) > 1:
        wanted = "".join(name.split())
        behind = [each for each in behind if "".join(each.name.split()) == wanted]
    return behind[0] if len(behind) == 1 else None


def decide(change_id: int, *, is_good: bool, scope: Scope, now: datetime) -> ContactChange:
    """Give the person the new number, or refuse; their devices and their second factor end.

    Raises:
        NotFoundError: There is none, or it is not this office's business.
        SecondPersonError: They asked for it themselves, or it is their own account.
        AlreadyDecidedError: Somebody decided before.
        ContactTakenError: Somebody has the new number meanwhile.
    """
    change = _locked(change_id, scope)
    if scope.person_id in (change.asked_by_id, change.person_id):
        raise SecondPersonError
    if change.state is not ChangeState.WAITING:
        raise AlreadyDecidedError
    change.decided_by_id, change.decided_at = scope.person_id, now
    change.state = ChangeState.DONE if is_good else ChangeState.REFUSED
    if is_good:
        accounts.change_contact(
            change.person_id, change.contact, lost=change.lost, by=scope.person_id, now=now
        )
        second.remove(change.person_id, by=scope.person_id, now=now)
        outbox.enqueue(
            "contact_changed",
            to=outbox.to_person(change.person_id),
            now=now,
            params={"path": "/me/account"},
        )
    action = "contact_change.approve" if is_good else "contact_change.refuse"
    audit.record(action, change, by=scope.person_id, now=now)
    return change


def waiting(scope: Scope) -> list[ContactChange]:
    """Return what waits for a second person of this office, the first one first."""
    statement = (
        select(ContactChange)
        .where(ContactChange.state == ChangeState.WAITING)
        .order_by(ContactChange.id)
        .options(joinedload(ContactChange.person), joinedload(ContactChange.asked_by))
    )
    return [each for each in db.session.scalars(statement) if is_business_of(scope, each.person)]


def is_business_of(scope: Scope, person: Person) -> bool:
    """Tell whether an office looks after somebody: the city after all, a county after its own.

    Whoever works in an office or runs something is the city's business alone.
    """
    if scope.is_city_wide:
        return True
    if queries.is_responsible(person.id):
        return False
    volunteer = offers.find_volunteer_of(person.id)
    if volunteer is None:
        return False
    try:
        offers.volunteer_for_staff(volunteer.id, scope)
    except NotFoundError:
        return False
    return True


def _locked(change_id: int, scope: Scope) -> ContactChange:
    statement = (
        select(ContactChange)
        .where(ContactChange.id == change_id)
        .with_for_update(of=ContactChange)
        .execution_options(populate_existing=True)
    )
    change = db.session.scalar(statement)
    if change is None or not is_business_of(scope, change.person):
        raise NotFoundError
    return change
