from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, func, or_, select, true
from sqlalchemy.orm import contains_eager, selectinload

from volunteer_hub.accounts.models import Person
from volunteer_hub.core.access import Role
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.once import RequestKey
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.regions import queries as regions
from volunteer_hub.regions.tree import Tree
from volunteer_hub.volunteers.models import AvailabilityWindow, DayOff, Volunteer, VolunteerSkill
from volunteer_hub.volunteers.rules import Window

PER_PAGE = 20


@dataclass(frozen=True, slots=True)
class VolunteerPage:
    """One page of a list of volunteers."""

    volunteers: list[Volunteer]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class MatchableVolunteer:
    """What matching needs to know of a volunteer.

    Attributes:
        id: Of the volunteer.
        person_id: Of the person.
        home_region_id: Where they live.
        lat: Of their home, approximately; None when nothing near it has a point.
        lng: Likewise.
        travel_radius_km: How far they go.
        max_hours_week: How much they want to do at most.
        birth_year: None when they did not say.
        birth_month: None when they did not say.
        joined_at: Since when.
        skills: Level by skill code.
        windows: When they are usually free.
        days_off: Days on which they are not.
    """

    id: int
    person_id: int
    home_region_id: int
    lat: float | None
    lng: float | None
    travel_radius_km: int
    max_hours_week: int
    birth_year: int | None
    birth_month: int | None
    joined_at: datetime
    skills: dict[str, int]
    windows: tuple[Window, ...]
    days_off: frozenset[date]


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
    return _there(
        db.session.scalar(
            statement.options(
                selectinload(Volunteer.skills),
                selectinload(Volunteer.windows),
                selectinload(Volunteer.days_off),
            )
        )
    )


def _with_person(volunteer_id: int) -> Select[Volunteer]:
    return (
        select(Volunteer)
        .join(Volunteer.person)
        .where(Volunteer.id == volunteer_id, Person.erased_at.is_(None))
        .options(contains_eager(Volunteer.person))
    )


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


def volunteers_for_staff(
    scope: Scope,
    *,
    text: str = "",
    skill_code: str = "",
    within: int | None = None,
    page: int = 1,
) -> VolunteerPage:
    """Return volunteers by the spelling of their names, a page at a time.

    Args:
        scope: Whose business they must be.
        text: A part of the name, its pinyin or initials; empty for all.
        skill_code: A skill they must have.
        within: A region they must live in.
        page: Which page, from 1; beyond the last one, the last.
    """
    conditions = [seen_by(scope), Person.erased_at.is_(None)]
    conditions += [_is_called(word) for word in text.split()]
    if skill_code:
        has_skill = select(VolunteerSkill.volunteer_id).where(
            VolunteerSkill.skill_code == skill_code
        )
        conditions.append(Volunteer.id.in_(has_skill))
    if within is not None:
        conditions.append(Volunteer.home_region_id.in_(_within([within])))
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


def _is_called(word: str) -> ColumnElement[bool]:
    key = word.lower()
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


def volunteers_for_matching() -> list[MatchableVolunteer]:
    """Return everyone the system may propose, in the order they joined; one query per relation.

    Left out are those who take a break, who do not want suggestions (PIPL art. 24), and who erased
    their account.
    """
    statement = (
        select(Volunteer)
        .join(Volunteer.person)
        .where(
            Volunteer.is_paused.is_(False),
            Volunteer.accepts_suggestions.is_(True),
            Person.erased_at.is_(None),
        )
        .order_by(Volunteer.id)
    )
    skills, windows, days_off = _all_skills(), _all_windows(), _all_days_off()
    places = regions.tree()
    return [
        _matchable(volunteer, places, skills, windows, days_off)
        for volunteer in db.session.scalars(statement)
    ]


def _matchable(
    volunteer: Volunteer,
    places: Tree,
    skills: dict[int, dict[str, int]],
    windows: dict[int, list[Window]],
    days_off: dict[int, set[date]],
) -> MatchableVolunteer:
    home = places.find(volunteer.home_region_id)
    place = places.place(home) if home else None
    return MatchableVolunteer(
        id=volunteer.id,
        person_id=volunteer.person_id,
        home_region_id=volunteer.home_region_id,
        lat=place.lat if place else None,
        lng=place.lng if place else None,
        travel_radius_km=volunteer.travel_radius_km,
        max_hours_week=volunteer.max_hours_week,
        birth_year=volunteer.birth_year,
        birth_month=volunteer.birth_month,
        joined_at=volunteer.joined_at,
        skills=skills[volunteer.id],
        windows=tuple(windows[volunteer.id]),
        days_off=frozenset(days_off[volunteer.id]),
    )


def _all_skills() -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = defaultdict(dict)
    rows = select(VolunteerSkill.volunteer_id, VolunteerSkill.skill_code, VolunteerSkill.level)
    for volunteer_id, code, level in db.session.execute(rows):
        found[volunteer_id][code] = level
    return found


def _all_windows() -> dict[int, list[Window]]:
    found: dict[int, list[Window]] = defaultdict(list)
    rows = select(
        AvailabilityWindow.volunteer_id,
        AvailabilityWindow.weekday,
        AvailabilityWindow.starts_minute,
        AvailabilityWindow.ends_minute,
    ).order_by(AvailabilityWindow.weekday, AvailabilityWindow.starts_minute)
    for volunteer_id, weekday, starts, ends in db.session.execute(rows):
        found[volunteer_id].append(Window(weekday, starts, ends))
    return found


def _all_days_off() -> dict[int, set[date]]:
    found: dict[int, set[date]] = defaultdict(set)
    for volunteer_id, off_on in db.session.execute(select(DayOff.volunteer_id, DayOff.off_on)):
        found[volunteer_id].add(off_on)
    return found
