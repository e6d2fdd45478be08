from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, exists, func, select, true
from sqlalchemy.orm import contains_eager, joinedload

from volunteer_hub.accounts.models import Consent, Person, Purpose
from volunteer_hub.accounts.rules import version_of
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.people.models import SavedFilter, VolunteerMark
from volunteer_hub.people.rules.marks import MarkKind
from volunteer_hub.volunteers import queries as volunteers
from volunteer_hub.volunteers.models import Volunteer, VolunteerEntry
from volunteer_hub.volunteers.queries import VolunteerPage, Wanted

TAGS_OFFERED: Final = 40


@dataclass(frozen=True, slots=True)
class Phone:
    """A volunteer on a list to be rung, and whether the whole number may stand there."""

    volunteer: Volunteer
    may_be_shown: bool


def desk_page(scope: Scope, wanted: Wanted, tag: str, page: int) -> VolunteerPage:
    """Return a page of the volunteers that are wanted, those with a tag if one is given."""
    also = _tagged(tag, scope)
    return volunteers.volunteers_for_staff(scope, wanted, also=also, page=page)


def _tagged(tag: str, scope: Scope) -> list[ColumnElement[bool]]:
    if not tag:
        return []
    mark = exists().where(
        VolunteerMark.volunteer_id == Volunteer.id,
        VolunteerMark.kind == MarkKind.TAG,
        VolunteerMark.text == tag,
        seen_marks(scope),
    )
    return [mark]


def seen_marks(scope: Scope) -> ColumnElement[bool]:
    """Return which tags and notes are this member of staff's business: an organisation's own."""
    if scope.is_city_wide or scope.county_ids:
        return true()
    return VolunteerMark.organisation_id.in_(scope.organisation_ids - scope.team_ids)


def marking_organisation(scope: Scope) -> int | None:
    """Return as whose staff somebody writes tags and notes; None for an office."""
    if scope.is_city_wide or scope.county_ids:
        return None
    return min(scope.own_ids - scope.team_ids, default=None)


def marks_of(volunteer_id: int, scope: Scope) -> list[VolunteerMark]:
    """Return the tags and notes of a volunteer that this member of staff may see, newest first."""
    statement = (
        select(VolunteerMark)
        .where(VolunteerMark.volunteer_id == volunteer_id, seen_marks(scope))
        .options(joinedload(VolunteerMark.by))
        .order_by(VolunteerMark.id.desc())
    )
    return list(db.session.scalars(statement))


def mark_for_staff(mark_id: int, scope: Scope) -> VolunteerMark:
    """Return a tag or note, for somebody whose business it and its volunteer are.

    Raises:
        NotFoundError: There is none, or it is not theirs.
    """
    statement = (
        select(VolunteerMark)
        .join(Volunteer, Volunteer.id == VolunteerMark.volunteer_id)
        .where(VolunteerMark.id == mark_id, seen_marks(scope), volunteers.seen_by(scope))
    )
    found = db.session.scalar(statement)
    if found is None:
        raise NotFoundError
    return found


def tags_of(volunteer_ids: Collection[int], scope: Scope) -> dict[int, list[str]]:
    """Return the tags of these volunteers, in the order they were put."""
    statement = (
        select(VolunteerMark.volunteer_id, VolunteerMark.text)
        .where(
            VolunteerMark.volunteer_id.in_(volunteer_ids),
            VolunteerMark.kind == MarkKind.TAG,
            seen_marks(scope),
        )
        .order_by(VolunteerMark.id)
    )
    found: dict[int, list[str]] = {}
    for volunteer_id, text in db.session.execute(statement):
        found.setdefault(volunteer_id, []).append(text)
    return found


def tags_in_use(scope: Scope) -> list[str]:
    """Return the tags that this member of staff can look for, those put most often first."""
    statement = (
        select(VolunteerMark.text)
        .where(VolunteerMark.kind == MarkKind.TAG, seen_marks(scope))
        .group_by(VolunteerMark.text)
        .order_by(func.count().desc(), VolunteerMark.text)
        .limit(TAGS_OFFERED)
    )
    return list(db.session.scalars(statement))


def saved_filters(person_id: int) -> list[SavedFilter]:
    """Return what a member of staff looks for again and again, by name."""
    statement = select(SavedFilter).where(SavedFilter.person_id == person_id)
    return list(db.session.scalars(statement.order_by(SavedFilter.name)))


def saved_filter(filter_id: int, person_id: int) -> SavedFilter:
    """Return one of them.

    Raises:
        NotFoundError: There is none, or it is somebody else's.
    """
    found = db.session.get(SavedFilter, filter_id)
    if found is None or found.person_id != person_id:
        raise NotFoundError
    return found


def people_to_write_to(scope: Scope, wanted: Wanted, tag: str, *, today: date) -> list[int]:
    """Return whom a message to everybody wanted reaches: the own people who take no break."""
    statement = (
        select(Volunteer.person_id)
        .join(Volunteer.person)
        .where(*_own(scope, wanted, tag), volunteers.is_active(today))
        .order_by(Volunteer.person_id)
    )
    return list(db.session.scalars(statement))


def phones(scope: Scope, wanted: Wanted, tag: str, *, most: int) -> list[Phone]:
    """Return the own people who are wanted, for a list to ring them up."""
    agreed = exists().where(
        Consent.person_id == Volunteer.person_id,
        Consent.purpose == Purpose.VOLUNTEER_TERMS,
        Consent.wording_version == version_of(Purpose.VOLUNTEER_TERMS),
        Consent.withdrawn_at.is_(None),
    )
    statement = (
        select(Volunteer, agreed)
        .join(Volunteer.person)
        .where(*_own(scope, wanted, tag))
        .options(contains_eager(Volunteer.person))
        .order_by(Person.pinyin, Volunteer.id)
        .limit(most)
    )
    return [Phone(volunteer, shown) for volunteer, shown in db.session.execute(statement)]


def _own(scope: Scope, wanted: Wanted, tag: str) -> list[ColumnElement[bool]]:
    """Return the conditions of those wanted whose records are this person's business."""
    refused = exists().where(
        VolunteerEntry.volunteer_id == Volunteer.id, VolunteerEntry.refused_at.is_not(None)
    )
    own = [volunteers.known_to(scope), ~refused]
    return [*own, *volunteers.conditions_for(wanted), *_tagged(tag, scope)]
