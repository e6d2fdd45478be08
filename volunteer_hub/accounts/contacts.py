"""Numbers and addresses: proved with a code that goes there, shared by a family, changed."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Final

from volunteer_hub.accounts import queries, rules
from volunteer_hub.accounts.errors import ContactTakenError, PhoneFullError, SameNameError
from volunteer_hub.accounts.keyed import keyed
from volunteer_hub.accounts.models import Person, SignInCode
from volunteer_hub.core import outbox
from volunteer_hub.core.database import db, take_turns
from volunteer_hub.core.text import normalise

MOVED: Final = "contact_moved"


def free_seat(contact: str, name: str, *, shares: bool) -> int:
    """Return which of the people behind a contact somebody would be.

    Args:
        contact: Phone number or e-mail address, in its one spelling.
        name: What they are called.
        shares: Whether they may share the phone of others.

    Raises:
        ContactTakenError: Somebody has it, and it is not shared.
        SameNameError: Somebody of that name is behind this phone already.
        PhoneFullError: Too many are.
    """
    take_turns(keyed("contact", contact))
    others = queries.people_behind(contact)
    if not others:
        return 0
    if not shares or rules.is_email(contact):
        raise ContactTakenError
    if any(_plain(each.name) == _plain(name) for each in others):
        raise SameNameError
    if len(others) >= rules.MOST_PER_PHONE:
        raise PhoneFullError
    return max(each.phone_seat for each in others) + 1


def put(person: Person, contact: str, *, seat: int = 0) -> None:
    """Let somebody be reached by a number or address from now on."""
    if rules.is_email(contact):
        person.email = contact
    else:
        person.phone, person.phone_seat = contact, seat


def _plain(name: str) -> str:
    return "".join(normalise(name).lower().split())


def keep_code(contact: str, code: str, *, now: datetime) -> SignInCode:
    """Keep what is needed to know a code again; it makes older ones for the contact worthless."""
    kept = SignInCode(
        contact=contact,
        code_hash=keyed("code", contact, code),
        created_at=now,
        expires_at=now + rules.CODE_LIFETIME,
    )
    db.session.add(kept)
    db.session.flush()
    return kept


def code_of(nonce: str) -> str:
    """Return the code that a message to a contact spells; the message itself holds none."""
    number = int(keyed("code nonce", nonce), 16) % 10**rules.CODE_DIGITS
    return f"{number:0{rules.CODE_DIGITS}}"


def send_proof(contact: str, *, now: datetime) -> None:
    """Send a code to a number or address, whoever has it and whether or not anybody is known."""
    nonce = secrets.token_hex(16)
    kept = keep_code(contact, code_of(nonce), now=now)
    message = outbox.Draft(
        kind=rules.CODE_KIND,
        to=outbox.to_contact(kept.id),
        expires_at=now + rules.CODE_LIFETIME,
        params={"nonce": nonce, "minutes": rules.CODE_LIFETIME.seconds // 60},
        over=outbox.Means.EMAIL if rules.is_email(contact) else outbox.Means.SMS,
    )
    outbox.enqueue_all([message], now=now)


def tell_old(person: Person, contact: str, *, now: datetime) -> None:
    """Tell whoever has the contact that somebody signed in with until now that they left it."""
    # A code that nobody knows, so that the message finds its way; it is forgotten in a day.
    kept = keep_code(contact, secrets.token_hex(16), now=now)
    kept.used_at = now
    outbox.enqueue(
        MOVED,
        to=outbox.to_contact(kept.id),
        now=now,
        dedupe_key=f"moved:{kept.id}",
        params={"new": _masked_of(person, contact), "path": "/help"},
    )


def _masked_of(person: Person, old: str) -> str:
    new = (person.email if rules.is_email(old) else person.phone) or ""
    return mask(new)


def mask(contact: str) -> str:
    """Return a number or address that only its owner recognises."""
    if rules.is_email(contact):
        return rules.mask_email(contact)
    return f"{contact[:3]}****{contact[-4:]}"
