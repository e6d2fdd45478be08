from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from volunteer_hub.accounts.models import Person
from volunteer_hub.core.database import db
from volunteer_hub.core.encryption import blind_index
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.guardians import rules
from volunteer_hub.guardians.models import GuardianConsent
from volunteer_hub.guardians.rules import Care, Standing
from volunteer_hub.notifications.recipients import Recipient
from volunteer_hub.volunteers import ages
from volunteer_hub.volunteers.models import Volunteer

HOLDS = (GuardianConsent.given_at.is_not(None), GuardianConsent.withdrawn_at.is_(None))


def phone_key(phone: str) -> str:
    """Return what finds a guardian's number."""
    return blind_index("guardian.phone", phone)


def newest_of(volunteer_id: int) -> GuardianConsent | None:
    """Return the newest request for consent, or None when nobody was asked."""
    statement = (
        select(GuardianConsent)
        .where(GuardianConsent.volunteer_id == volunteer_id)
        .order_by(GuardianConsent.id.desc())
        .limit(1)
    )
    return db.session.scalar(statement)


def has_consent(volunteer_id: int) -> bool:
    """Tell whether a guardian agreed and did not take it back."""
    statement = select(GuardianConsent.id).where(
        GuardianConsent.volunteer_id == volunteer_id, *HOLDS
    )
    return db.session.scalar(statement.limit(1)) is not None


def asked_lately(volunteer_id: int, key: str, *, now: datetime) -> int:
    """Return how often a volunteer asked, or anybody asked this number, in the last day.

    Args:
        volunteer_id: Who asks.
        key: Of the number; see ``phone_key``.
        now: The moment.
    """
    statement = select(func.count(GuardianConsent.id)).where(
        or_(GuardianConsent.volunteer_id == volunteer_id, GuardianConsent.phone_key == key),
        GuardianConsent.requested_at > now - timedelta(days=1),
    )
    return db.session.scalar(statement) or 0


def consent_by_id(consent_id: int) -> GuardianConsent:
    """Return a request with its volunteer and person.

    Raises:
        NotFoundError: There is no such request, or the account was erased.
    """
    statement = (
        select(GuardianConsent)
        .join(GuardianConsent.volunteer)
        .join(Volunteer.person)
        .where(GuardianConsent.id == consent_id, Person.erased_at.is_(None))
        .options(joinedload(GuardianConsent.volunteer).joinedload(Volunteer.person))
    )
    return _there(db.session.scalar(statement))


def lock_consent(consent_id: int) -> GuardianConsent:
    """Return a request, kept from changing until the transaction ends.

    Raises:
        NotFoundError: There is no such request.
    """
    statement = (
        select(GuardianConsent)
        .where(GuardianConsent.id == consent_id)
        .with_for_update(of=GuardianConsent)
        .execution_options(populate_existing=True)
    )
    return _there(db.session.scalar(statement))


def lock_held_consents(volunteer_id: int) -> list[GuardianConsent]:
    """Return every consent that holds for a volunteer, kept from changing."""
    statement = (
        select(GuardianConsent)
        .where(GuardianConsent.volunteer_id == volunteer_id, *HOLDS)
        .order_by(GuardianConsent.id)
        .with_for_update(of=GuardianConsent)
    )
    return list(db.session.scalars(statement))


def given_consent(consent_id: int) -> GuardianConsent:
    """Return a request that a guardian agreed to, also when they took it back since.

    Raises:
        NotFoundError: There is no such request, or nobody agreed to it.
    """
    consent = consent_by_id(consent_id)
    if consent.given_at is None:
        raise NotFoundError
    return consent


def standing_of(consent: GuardianConsent, *, now: datetime) -> Standing:
    """Return how a request stands."""
    return rules.standing(
        given_at=consent.given_at,
        withdrawn_at=consent.withdrawn_at,
        expires_at=consent.expires_at,
        now=now,
    )


def care_of(volunteer: Volunteer, *, on: date) -> Care:
    """Return what a volunteer's age asks of their guardian on a day."""
    born = (volunteer.birth_year, volunteer.birth_month)
    return Care(
        is_child=ages.is_below(ages.CHILD, *born, on=on),
        is_accompanied=ages.is_below(ages.ACCOMPANIED, *born, on=on),
    )


def guardians_to_write_to(ids: Collection[int]) -> dict[int, Recipient]:
    """Return guardians as recipients, by the id of the request."""
    statement = (
        select(GuardianConsent, Person.is_demo)
        .join(Volunteer, GuardianConsent.volunteer_id == Volunteer.id)
        .join(Person, Volunteer.person_id == Person.id)
        .where(GuardianConsent.id.in_(ids), Person.erased_at.is_(None))
    )
    return {
        row.id: Recipient(row.guardian_name, row.guardian_phone, None, is_demo=is_demo)
        for row, is_demo in db.session.execute(statement)
    }


def _there(consent: GuardianConsent | None) -> GuardianConsent:
    if consent is None:
        raise NotFoundError
    return consent
