"""One volunteer entered by phone call, and the card with which they get in for the first time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.exc import IntegrityError

from volunteer_hub.accounts import contacts
from volunteer_hub.accounts import queries as accounts
from volunteer_hub.accounts.errors import ContactTakenError
from volunteer_hub.accounts.keyed import keyed
from volunteer_hub.accounts.models import Person
from volunteer_hub.core import audit
from volunteer_hub.core.database import db
from volunteer_hub.core.numbers import Number, value_of
from volunteer_hub.core.text import N_
from volunteer_hub.core.tokens import paper_code
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.people import queries
from volunteer_hub.people.actions.entering import Cause, enter
from volunteer_hub.people.errors import NoCardError
from volunteer_hub.people.models import ClaimCard
from volunteer_hub.people.rules import cards
from volunteer_hub.people.rules.entries import EntryDraft
from volunteer_hub.volunteers.models import Volunteer

PURPOSE: Final = "claim"
LASTS: Final = "keep.cards"
NUMBER: Final = Number(
    key=LASTS, label=N_("纸质登录卡的有效期"), usual=30, least=1, most=90,
    why=N_("电话登记后交给本人的卡，过期就不能用了，可以再打一张"),
)  # fmt: skip


def enter_one(draft: EntryDraft, cause: Cause, *, shares: bool, now: datetime) -> Volunteer:
    """Add a volunteer who was entered by phone call.

    Args:
        draft: Who they are.
        cause: For whom, by whom.
        shares: Whether they share the phone of somebody else, as they said.
        now: When.

    Raises:
        ContactTakenError: Somebody has this number or address.
        SameNameError: Somebody of that name is behind this phone already.
        PhoneFullError: Too many are.
    """
    seat = contacts.free_seat(draft.contact, draft.name, shares=shares)
    try:
        with db.session.begin_nested():
            (entered,) = enter([draft], cause, now=now, seats={draft.contact: seat})
    except IntegrityError:
        raise ContactTakenError from None
    return entered


def make_card(volunteer_id: int, *, scope: Scope, now: datetime) -> ClaimCard:
    """Return a new card for somebody who was entered and never got in; older ones end.

    Raises:
        NotFoundError: They are not this member of staff's business.
        NoCardError: They got in before, joined alone, or run something.
    """
    volunteer = queries.lock_entered(volunteer_id, scope)
    person = accounts.lock_person(volunteer.person_id)
    _require_unused(person, now)
    _end(person.id, now)
    made = ClaimCard(
        person_id=person.id,
        code_hash=keyed("claim", f"new {person.id} {now.isoformat()}"),
        made_by_id=scope.person_id,
        made_at=now,
        expires_at=now + timedelta(days=value_of(LASTS)),
    )
    db.session.add(made)
    db.session.flush()
    made.code_hash = code_hash(paper_code(PURPOSE, made.id))
    audit.record("claim_card.make", made, by=scope.person_id, now=now)
    return made


def revoke_card(volunteer_id: int, *, scope: Scope, now: datetime) -> None:
    """Make the card of somebody worthless; there being none changes nothing.

    Raises:
        NotFoundError: They are not this member of staff's business.
    """
    volunteer = queries.lock_entered(volunteer_id, scope)
    for card in _end(volunteer.person_id, now):
        audit.record("claim_card.revoke", card, by=scope.person_id, now=now)


def _end(person_id: int, now: datetime) -> list[ClaimCard]:
    ended = queries.lock_cards(person_id, now=now)
    for card in ended:
        card.revoked_at = now
    return ended


def code_hash(code: str) -> str:
    """Return what is kept of a code: it finds the card, it cannot make it."""
    return keyed("claim", code)


def claim(code: str | None, contact: str, *, now: datetime) -> Person | None:
    """Return whom a card lets in who knows their number as well, or None; it is used up.

    Whatever is wrong, the same is asked of the database and nothing is said about why.
    """
    card = queries.lock_card(code_hash(code or ""), contact)
    if card is None or code is None:
        return None
    is_open = cards.is_open(
        expires_at=card.expires_at, used_at=card.used_at, revoked_at=card.revoked_at, now=now
    )
    person = accounts.lock_person(card.person_id)
    if not is_open or not _is_claimable(person, now):
        return None
    card.used_at = now
    audit.record("claim_card.use", card, by=person.id, now=now)
    return person


def _require_unused(person: Person, now: datetime) -> None:
    if not _is_claimable(person, now):
        raise NoCardError


def _is_claimable(person: Person, now: datetime) -> bool:
    was_used = queries.used_card(person.id) or not accounts.is_unused(person, now=now)
    return not was_used and not queries.runs_something(person.id)
