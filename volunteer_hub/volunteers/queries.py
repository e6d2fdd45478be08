from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select, true
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from volunteer_hub.accounts import queries as people
from volunteer_hub.accounts.models import Person, Purpose
from volunteer_hub.core.access import Role
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.once import RequestKey
from volunteer_hub.core.text import normalise
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.regions import queries as regions
from volunteer_hub.volunteers.models import (
    AvailabilityWindow,
    DayOff,
    ExtraHours,
    Volunteer,
    VolunteerEntry,
    VolunteerSkill,
)
from volunteer_hub.volunteers.rules import Bearing

PER_PAGE = 20
SHORTEST_TAIL = 4  # digits of a phone number; fewer would find everybody


@dataclass(frozen=True, slots=True)
class VolunteerPage:
    """One page of a list of volunteers."""

    volunteers: list[Volunteer]
    total: int
    page: int
    pages: int


def roles_of(person_id: int) -> frozenset[Role]:
    """Return the volunteer role when the person is one."""
    found = db.session.scalar(select(Volunteer.id).where(Volunteer.person_id == person_id))
    return frozenset({Role.VOLUNTEER}) if found is not None else frozenset()


def find_volunteer_of(person_id: int) -> Volunteer | None:
    """Return what this person offers as a volunteer, or None when they are not one."""
    return db.session.scalar(select(Volunteer).where(Volunteer.person_id == person_id))


def volunteer_of(person_id: int) -> Volunteer:
    """Return what this person offers as a volunteer.

    Raises:
        NotFoundError: The person is not a volunteer.
    """
    return _there(find_volunteer_of(person_id))


def owes_conduct(volunteer: Volunteer) -> bool:
    """Tell whether a volunteer has yet to agree to the code of conduct as it is now."""
    return not people.has_agreed(volunteer.person_id, Purpose.CODE_OF_CONDUCT)


def find_entry(volunteer_id: int) -> VolunteerEntry | None:
    """Return that and how an organisation entered a volunteer, or None when they joined alone."""
    statement = (
        select(VolunteerEntry)
        .where(VolunteerEntry.volunteer_id == volunteer_id)
        .options(joinedload(VolunteerEntry.organisation))
    )
    return db.session.scalar(statement)


def lock_volunteer(volunteer_id: int) -> Volunteer:
    """Return the volunteer, kept from changing until the transaction ends.

    Raises:
        NotFoundError: There is no such volunteer.
    """
    statement = (
        select(Volunteer)
        .where(Volunteer.id == volunteer_id)
        .with_for_update(of=Volunteer)
        .execution_options(populate_existing=True)
    )
    return _there(db.session.scalar(statement))


def volunteer_with_person(volunteer_id: int) -> Volunteer:
    """Return the volunteer with the person, unless their account was erased.

    Raises:
        NotFoundError: There is no such volunteer.
    """
    return _there(db.session.scalar(_with_person(volunteer_id)))


def volunteer_for_staff(volunteer_id: int, scope: Scope) -> Volunteer:
    """Return a volunteer with everything they offer, for someone whose business they are.

    Raises:
        NotFoundError: There is no such volunteer, or it is not this person's business.
    """
    statement = _with_person(volunteer_id).where(seen_by(scope))
    loaded = statement.options(
        selectinload(Volunteer.windows),
        selectinload(Volunteer.days_off),
        joinedload(Volunteer.skills),  # few of each: a statement less for each
        joinedload(Volunteer.extra_hours),
        joinedload(Volunteer.wishes),
        joinedload(Volunteer.entry).joinedload(VolunteerEntry.organisation),
        joinedload(Volunteer.register),
    )
    return _there(db.session.scalars(loaded).unique().one_or_none())


def _with_person(volunteer_id: int) -> Select[Volunteer]:
    return (
        select(Volunteer)
        .join(Volunteer.person)
        .where(Volunteer.id == volunteer_id, Person.erased_at.is_(None))
        .options(contains_eager(Volunteer.person))
    )


def bearing_of(volunteer: Volunteer) -> Bearing:
    """Return what a volunteer brings besides skills and time, as far as this feature knows."""
    return Bearing(
        birth_year=volunteer.birth_year,
        birth_month=volunteer.birth_month,
        is_paused=volunteer.is_paused,
        paused_until=volunteer.paused_until,
        is_in_reserve=volunteer.is_in_reserve,
        has_car=volunteer.has_car,
    )


def is_active(on: date) -> ColumnElement[bool]:
    """Return the condition that a volunteer takes no break on a day."""
    return or_(Volunteer.is_paused.is_(False), Volunteer.paused_until < on)


def _there(volunteer: Volunteer | None) -> Volunteer:
    if volunteer is None:
        raise NotFoundError
    return volunteer


def seen_by(scope: Scope) -> ColumnElement[bool]:
    """Return the condition that a volunteer is this member of staff's business.

    Organisers may look for volunteers in the whole city; a county's office, at home; whoever leads
    a team, in the team.
    """
    if scope.is_city_wide or scope.organisation_ids - scope.team_ids:
        return true()
    return or_(
        Volunteer.home_region_id.in_(_within(scope.county_ids)),
        Volunteer.person_id.in_(organisations.members_of(scope.team_ids)),
    )


def known_to(scope: Scope) -> ColumnElement[bool]:
    """Return the condition that a volunteer's papers are this member of staff's business.

    The city's office knows everybody; a county's office, who lives there; an organisation, those
    who say that they belong to it.
    """
    if scope.is_city_wide:
        return true()
    return or_(
        Volunteer.home_region_id.in_(_within(scope.county_ids)),
        Volunteer.person_id.in_(organisations.members_of(scope.organisation_ids)),
    )


def asked_by(scope: Scope) -> ColumnElement[bool]:
    """Return the condition that this member of staff may ask a volunteer to an event of theirs.

    Offices and organisers may ask anybody; whoever leads a team, the team.
    """
    return seen_by(scope) if scope.is_of_teams_only else true()


def require_askable(volunteer_ids: Collection[int], scope: Scope) -> None:
    """Let pass only volunteers whom this member of staff may ask.

    Raises:
        NotFoundError: One of them is not this person's business.
    """
    hidden = select(Volunteer.id).where(Volunteer.id.in_(volunteer_ids), ~asked_by(scope))
    if scope.is_of_teams_only and db.session.scalar(hidden.limit(1)) is not None:
        raise NotFoundError


def _within(region_ids: Iterable[int]) -> set[int]:
    tree = regions.tree()
    return {inner for region_id in region_ids for inner in tree.ids_within(region_id)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What narrows volunteers down.

    Attributes:
        text: A part of the name, its pinyin or initials, or the last digits, four at least, of the
            phone number; empty for all.
        skill_code: A skill they must have.
        within: A region they must live in.
        free_on: A day on which they said they could come, or never said when they can.
    """

    text: str = ""
    skill_code: str = ""
    within: int | None = None
    free_on: date | None = None


def volunteers_for_staff(
    scope: Scope,
    wanted: Wanted,
    *,
    also: Iterable[ColumnElement[bool]] = (),
    page: int = 1,
) -> VolunteerPage:
    """Return volunteers by the spelling of their names, a page at a time.

    Args:
        scope: Whose business they must be.
        wanted: What else they must be.
        also: Conditions of features above.
        page: Which page, from 1; beyond the last one, the last.
    """
    conditions = [seen_by(scope), *conditions_for(wanted), *also]
    found = select(Volunteer).join(Volunteer.person).where(*conditions)
    total = db.session.scalar(select(func.count()).select_from(found.subquery())) or 0
    pages = max(1, -(-total // PER_PAGE))
    page = min(max(page, 1), pages)
    statement = (
        found.options(contains_eager(Volunteer.person), selectinload(Volunteer.skills))
        .order_by(Person.pinyin, Volunteer.id)
        .offset((page - 1) * PER_PAGE)
        .limit(PER_PAGE)
    )
    return VolunteerPage(list(db.session.scalars(statement)), total, page, pages)


def conditions_for(wanted: Wanted) -> list[ColumnElement[bool]]:
    """Return the conditions, on volunteers joined with their people, of what is wanted of them."""
    conditions: list[ColumnElement[bool]] = [Person.erased_at.is_(None)]
    conditions += [_is_called(word) for word in wanted.text.split()]
    if wanted.skill_code:
        has_skill = select(VolunteerSkill.volunteer_id).where(
            VolunteerSkill.skill_code == wanted.skill_code
        )
        conditions.append(Volunteer.id.in_(has_skill))
    if wanted.within is not None:
        conditions.append(Volunteer.home_region_id.in_(_within([wanted.within])))
    if wanted.free_on is not None:
        conditions.append(is_free(wanted.free_on))
    return conditions


def is_free(on: date) -> ColumnElement[bool]:
    """Return the condition that a volunteer can come on a day, at some time of it.

    Who never said when they are free may be asked; a day off beats everything.
    """
    whenever = exists().where(AvailabilityWindow.volunteer_id == Volunteer.id)
    weekly = whenever.where(AvailabilityWindow.weekday == on.weekday())
    that_day = exists().where(ExtraHours.volunteer_id == Volunteer.id, ExtraHours.free_on == on)
    away = exists().where(DayOff.volunteer_id == Volunteer.id, DayOff.off_on == on)
    return and_(is_active(on), ~away, or_(weekly, that_day, ~whenever))


def _is_called(word: str) -> ColumnElement[bool]:
    key = normalise(word).lower()
    if key.isascii() and key.isdigit():
        is_tail = len(key) >= SHORTEST_TAIL
        return Person.phone.endswith(key, autoescape=True) if is_tail else false()
    return or_(
        Person.name.contains(word, autoescape=True),
        Person.pinyin.contains(key, autoescape=True),
        Person.initials.startswith(key, autoescape=True),
    )


def joined_with(request_key: str | None, *, now: datetime) -> int | None:
    """Return who joined with this form a moment ago, or None.

    A second tap on the button takes over from the first, whose answer the browser throws away, so
    it must sign the browser in as well. Not longer than two minutes: a shared computer keeps forms.
    """
    if not request_key:
        return None
    answered = select(RequestKey.location).where(
        RequestKey.key == request_key, RequestKey.answered_at > now - timedelta(minutes=2)
    )
    location = db.session.scalar(answered) or ""
    kind, _, person_id = location.partition(":")
    return int(person_id) if kind == "person" else None
