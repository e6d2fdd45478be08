"""Another number or address of one's own: proved by a code there, confirmed by one here."""

from __future__ import annotations

from datetime import datetime

from volunteer_hub.accounts import actions, contacts, queries, rules
from volunteer_hub.accounts.errors import DemoNumberError
from volunteer_hub.core import audit
from volunteer_hub.core.database import db


def move(person_id: int, contact: str, *, shares: bool, keep: str, now: datetime) -> None:
    """Let somebody sign in with another number or address, which they proved to have.

    Whoever has the old one is told, and other devices are signed out. Others behind the old phone
    stay behind it. Of those behind the new one, one at most has a password: whoever had it there.

    Args:
        person_id: Who.
        contact: The new one, in its one spelling.
        shares: Whether they said that they share it with those who have it.
        keep: The token hash of the device that stays signed in.
        now: When.

    Raises:
        DemoNumberError: They are invented.
        ContactTakenError: Somebody has it, and it is not shared.
        SameNameError: Somebody of that name is behind this phone already.
        PhoneFullError: Too many are.
    """
    person = queries.lock_person(person_id)
    if person.is_demo:
        raise DemoNumberError
    seat = contacts.free_seat(contact, person.name, shares=shares)
    old = person.email if rules.is_email(contact) else person.phone
    was = {"phone": person.phone, "email": person.email}
    contacts.put(person, contact, seat=seat)
    db.session.flush()
    if queries.is_password_taken(person):  # theirs would be looked up as the other's, and be wrong
        person.password_hash = None
    audit.record("account.move_contact", person, by=person_id, now=now, personal=(person_id, was))
    if old is not None:
        contacts.tell_old(person, old, now=now)
    actions.sign_out_others(person_id, keep=keep, now=now)
