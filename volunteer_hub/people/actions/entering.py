"""People whom an organisation enters: they have an account at once and answer later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from volunteer_hub.accounts import rules as accounts
from volunteer_hub.accounts.models import Person
from volunteer_hub.core import audit, outbox, pinyin
from volunteer_hub.core.database import db
from volunteer_hub.organisations.models import Membership
from volunteer_hub.organisations.rules import Function
from volunteer_hub.people.rules.entries import EntryDraft
from volunteer_hub.volunteers.models import (
    Volunteer,
    VolunteerEntry,
    VolunteerNumber,
    VolunteerSkill,
)

ENTERED = "volunteer_entered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """For whom, by whom and how people are entered."""

    organisation_id: int
    organisation_name: str
    by: int
    channel: str
    list_id: int | None = None


def enter(
    drafts: Sequence[EntryDraft],
    cause: Cause,
    *,
    now: datetime,
    seats: Mapping[str, int] = MappingProxyType({}),
) -> list[Volunteer]:
    """Add people nobody knows yet, write to them, and return them in the same order.

    They agreed to nothing yet: that the organisation entered them is kept instead, until they do.

    Args:
        drafts: Who they are.
        cause: For whom, by whom and how they are entered.
        now: When.
        seats: Which of several behind a phone they are, by phone number; usually the only one.

    Raises:
        sqlalchemy.exc.IntegrityError: Somebody has one of the contacts since a moment ago.
    """
    people = [_person(draft, now, seats.get(draft.contact, 0)) for draft in drafts]
    db.session.add_all(people)
    db.session.flush()
    volunteers = [
        _volunteer(draft, person.id, now) for draft, person in zip(drafts, people, strict=True)
    ]
    db.session.add_all(volunteers)
    db.session.flush()
    for draft, volunteer in zip(drafts, volunteers, strict=True):
        _add_papers(draft, volunteer, cause, now)
    messages = [
        outbox.Draft(
            kind=ENTERED,
            to=outbox.to_person(person.id),
            params={"organisation": cause.organisation_name, "path": "/me/conduct"},
            dedupe_key=f"entered:{person.id}",
            batch=f"people-list:{cause.list_id}" if cause.list_id else None,
        )
        for person in people
    ]
    outbox.enqueue_all(messages, now=now)
    return volunteers


def _person(draft: EntryDraft, now: datetime, seat: int) -> Person:
    spelling, initials = pinyin.of_name(draft.name)
    is_email = accounts.is_email(draft.contact)
    return Person(
        name=draft.name,
        pinyin=spelling,
        initials=initials,
        phone=None if is_email else draft.contact,
        phone_seat=seat,
        email=draft.contact if is_email else None,
        created_at=now,
    )


def _volunteer(draft: EntryDraft, person_id: int, now: datetime) -> Volunteer:
    return Volunteer(
        person_id=person_id,
        home_region_id=draft.home_region_id,
        birth_year=draft.birth_year,
        birth_month=draft.birth_month,
        joined_at=now,
        skills=[
            VolunteerSkill(skill_code=code, level=level) for code, level in draft.skills.items()
        ],
    )


def _add_papers(draft: EntryDraft, volunteer: Volunteer, cause: Cause, now: datetime) -> None:
    db.session.add_all(
        [
            Membership(
                person_id=volunteer.person_id,
                organisation_id=cause.organisation_id,
                function=Function.MEMBER,
                joined_at=now,
            ),
            VolunteerEntry(
                volunteer_id=volunteer.id,
                organisation_id=cause.organisation_id,
                by_person_id=cause.by,
                entered_at=now,
                channel=cause.channel,
            ),
        ]
    )
    if draft.number:
        db.session.add(VolunteerNumber(volunteer_id=volunteer.id, number=draft.number))
    details = {"organisation": cause.organisation_id, "list": cause.list_id}
    audit.record("volunteer.enter", volunteer, by=cause.by, now=now, details=details)
