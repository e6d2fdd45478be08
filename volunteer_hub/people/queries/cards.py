from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import contains_eager

from volunteer_hub.accounts import queries as accounts
from volunteer_hub.accounts.models import Person
from volunteer_hub.core import pinyin
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.organisations.models import Appointment, Membership
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.organisations.rules import Function
from volunteer_hub.people.models import ClaimCard
from volunteer_hub.people.queries.twins import MOST_PAIRS
from volunteer_hub.people.rules.entries import EntryDraft
from volunteer_hub.people.rules.twins import Features, likeness
from volunteer_hub.volunteers.models import Volunteer, VolunteerEntry
from volunteer_hub.volunteers.queries import known_to


def alike_to(draft: EntryDraft, scope: Scope) -> list[Volunteer]:
    """Return volunteers of this member of staff's who may be the one about to be entered."""
    spelling, initials = pinyin.of_name(draft.name)
    statement = (
        select(Volunteer)
        .join(Volunteer.person)
        .where(
            known_to(scope),
            Person.erased_at.is_(None),
            Volunteer.home_region_id == draft.home_region_id,
            or_(Person.pinyin == spelling, Person.initials == initials),
        )
        .options(contains_eager(Volunteer.person))
        .order_by(Volunteer.id)
        .limit(MOST_PAIRS)
    )
    birth = (draft.birth_year, draft.birth_month)
    asked = Features(draft.name, spelling, birth, draft.home_region_id)
    return [
        one
        for one in db.session.scalars(statement)
        if likeness(
            asked,
            Features(
                one.person.name, one.person.pinyin, (one.birth_year, one.birth_month),
                one.home_region_id,
            ),
        )
    ]  # fmt: skip


def behind_phone(contact: str, scope: Scope) -> tuple[list[Volunteer], int]:
    """Return whose number it is as far as that is this member of staff's business, and how many.

    Who belongs to others is counted and not named.
    """
    ids = [each.id for each in accounts.people_behind(contact)]
    statement = (
        select(Volunteer)
        .join(Volunteer.person)
        .where(Person.id.in_(ids), known_to(scope))
        .options(contains_eager(Volunteer.person))
        .order_by(Volunteer.id)
    )
    return list(db.session.scalars(statement)), len(ids)


def lock_entered(volunteer_id: int, scope: Scope) -> Volunteer:
    """Return somebody whom an organisation entered, kept from changing.

    Raises:
        NotFoundError: There is none, or it is not this person's business.
    """
    statement = _entered(volunteer_id, scope).with_for_update(of=Volunteer)
    return _there(db.session.scalar(statement.execution_options(populate_existing=True)))


def entered_for_staff(volunteer_id: int, scope: Scope) -> Volunteer:
    """Return somebody whom an organisation entered, with the person.

    Raises:
        NotFoundError: There is none, or it is not this person's business.
    """
    statement = _entered(volunteer_id, scope).options(contains_eager(Volunteer.person))
    return _there(db.session.scalar(statement))


def _entered(volunteer_id: int, scope: Scope) -> Select[Volunteer]:
    return (
        select(Volunteer)
        .join(Volunteer.person)
        .where(
            Volunteer.id == volunteer_id,
            known_to(scope),
            Person.erased_at.is_(None),
            exists().where(VolunteerEntry.volunteer_id == Volunteer.id),
        )
    )


def _there(volunteer: Volunteer | None) -> Volunteer:
    if volunteer is None:
        raise NotFoundError
    return volunteer


def find_open_card(person_id: int, *, now: datetime) -> ClaimCard | None:
    """Return the card with which somebody can get in, or None."""
    return db.session.scalar(_open_cards(person_id, now))


def lock_cards(person_id: int, *, now: datetime) -> list[ClaimCard]:
    """Return the cards of somebody that let in still, kept from changing."""
    return list(db.session.scalars(_open_cards(person_id, now).with_for_update()))


def _open_cards(person_id: int, now: datetime) -> Select[ClaimCard]:
    return select(ClaimCard).where(
        ClaimCard.person_id == person_id,
        ClaimCard.used_at.is_(None),
        ClaimCard.revoked_at.is_(None),
        ClaimCard.expires_at > now,
    )


def lock_card(code_hash: str, contact: str) -> ClaimCard | None:
    """Return the card of this code, of somebody with this contact, kept from changing, or None."""
    statement = (
        select(ClaimCard)
        .join(Person, Person.id == ClaimCard.person_id)
        .where(
            ClaimCard.code_hash == code_hash,
            or_(Person.phone == contact, Person.email == contact),
            Person.erased_at.is_(None),
        )
        .with_for_update(of=ClaimCard)
        .execution_options(populate_existing=True)
    )
    return db.session.scalar(statement)


def used_card(person_id: int) -> bool:
    """Tell whether somebody got in with a card."""
    used = exists().where(ClaimCard.person_id == person_id, ClaimCard.used_at.is_not(None))
    return bool(db.session.scalar(select(used)))


def has_unproved_contact(person_id: int) -> bool:
    """Tell whether somebody got in with a card alone: their number is what an organiser typed."""
    return used_card(person_id) and not accounts.has_proved_contact(person_id)


def runs_something(person_id: int) -> bool:
    """Tell whether somebody has an office or a function, so that no paper may let them in."""
    asked = (
        exists().where(Appointment.person_id == person_id),
        exists().where(Membership.person_id == person_id, Membership.function != Function.MEMBER),
    )
    return bool(db.session.scalar(select(or_(*asked))))
