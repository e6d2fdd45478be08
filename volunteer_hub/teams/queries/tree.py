from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, case, func, or_, select
from sqlalchemy.orm import joinedload

from volunteer_hub.accounts.models import Person
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.organisations.models import Appointment, Membership, Organisation
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.organisations.rules import LEADING, RUNNING, Function
from volunteer_hub.regions.models import Level, Region
from volunteer_hub.teams.models import PastMembership
from volunteer_hub.teams.rules import first_nonempty, in_tree_order
from volunteer_hub.volunteers.models import Volunteer
from volunteer_hub.volunteers.rules.offers import AgeGroup, age_group

PER_PAGE = 50
_ORDER = {function: number for number, function in enumerate(Function)}


@dataclass(frozen=True, slots=True)
class Twig:
    """A unit or a team in the tree.

    Attributes:
        depth: How far below the topmost one that is shown.
        members: How many belong to it, whatever they do.
    """

    team: Organisation
    depth: int
    members: int


@dataclass(frozen=True, slots=True)
class Mate:
    """Somebody on the roll of a team; the phone number only where they want it shown."""

    person_id: int
    name: str
    phone: str | None
    function: Function
    joined_at: datetime
    is_minor: bool


@dataclass(frozen=True, slots=True)
class Roll:
    """One page of the roll of a team."""

    mates: list[Mate]
    total: int
    page: int
    pages: int


def _tree(teams: Sequence[Organisation]) -> list[Twig]:
    by_id = {team.id: team for team in teams}
    counted = _counts(by_id.keys())
    branches = in_tree_order({team.id: team.parent_id for team in teams}, [*by_id])
    return [
        Twig(by_id[branch.key], branch.depth, counted.get(branch.key, 0)) for branch in branches
    ]


def _counts(organisation_ids: Collection[int]) -> dict[int, int]:
    statement = (
        select(Membership.organisation_id, func.count())
        .where(Membership.organisation_id.in_(organisation_ids))
        .group_by(Membership.organisation_id)
    )
    return dict(db.session.execute(statement).all())


def public_tree(text: str = "") -> list[Twig]:
    """Return all units and teams, those below others after them; or those of a name."""
    statement = select(Organisation).where(Organisation.dissolved_at.is_(None))
    if text:
        statement = statement.where(Organisation.name.contains(text, autoescape=True))
    return _tree(db.session.scalars(statement.order_by(Organisation.name)).all())


def tree_for_staff(scope: Scope) -> list[Twig]:
    """Return the units and teams that are this member of staff's business, as a tree."""
    statement = (
        select(Organisation)
        .where(organisations.in_scope(scope), Organisation.dissolved_at.is_(None))
        .order_by(Organisation.name)
    )
    return _tree(db.session.scalars(statement).all())


def team_by_id(team_id: int) -> Organisation:
    """Return a unit or team that everybody may know of, also when it is dissolved.

    Raises:
        NotFoundError: There is none.
    """
    return organisations.organisation_by_id(team_id)


def team_for_staff(team_id: int, scope: Scope) -> Organisation:
    """Return a unit or team, for somebody who answers for it.

    Raises:
        NotFoundError: There is none, or it is not their business.
    """
    statement = select(Organisation).where(
        Organisation.id == team_id, organisations.in_scope(scope)
    )
    found = db.session.scalar(statement)
    if found is None:
        raise NotFoundError
    return found


def is_in_scope(team_id: int | None, scope: Scope) -> bool:
    """Tell whether somebody answers for a unit or team; for what has no parent, only offices."""
    if team_id is None:
        return scope.is_city_wide
    statement = select(Organisation.id).where(
        Organisation.id == team_id, organisations.in_scope(scope)
    )
    return db.session.scalar(statement) is not None


def is_above(team: Organisation, scope: Scope) -> bool:
    """Tell whether somebody answers for what stands above a team, or is its county's office."""
    if is_in_scope(team.parent_id, scope):
        return True
    offices = Scope(
        person_id=scope.person_id,
        is_city_wide=scope.is_city_wide,
        county_ids=scope.county_ids,
        organisation_ids=frozenset(),
        team_ids=frozenset(),
    )
    return is_in_scope(team.id, offices)


def teams_below(team_id: int) -> list[Organisation]:
    """Return the teams right below a unit or team that are not dissolved, by name."""
    statement = (
        select(Organisation)
        .where(
            Organisation.parent_id == team_id,
            Organisation.rank.is_not(None),
            Organisation.dissolved_at.is_(None),
        )
        .order_by(Organisation.name)
    )
    return list(db.session.scalars(statement))


def teams_to_join(person_id: int) -> list[Organisation]:
    """Return the organisations this person does not belong to yet, by name."""
    own = select(Membership.organisation_id).where(Membership.person_id == person_id)
    statement = (
        select(Organisation)
        .where(Organisation.id.not_in(own), Organisation.dissolved_at.is_(None))
        .order_by(Organisation.name)
    )
    return list(db.session.scalars(statement))


def roll(team_id: int, *, today: date, page: int = 1) -> Roll:
    """Return who belongs to a team, its leaders first, then by the spelling of their names.

    Args:
        team_id: Of the team.
        today: On which day age is reckoned.
        page: Which page, from 1; beyond the last one, the last.
    """
    found = _mates(team_id)
    total = db.session.scalar(select(func.count()).select_from(found.subquery())) or 0
    pages = max(1, -(-total // PER_PAGE))
    page = min(max(page, 1), pages)
    rows = db.session.execute(found.offset((page - 1) * PER_PAGE).limit(PER_PAGE))
    return Roll([_mate(row, today) for row in rows], total, page, pages)


def leaders(team_id: int, *, today: date) -> list[Mate]:
    """Return who leads a team, its leader first."""
    statement = _mates(team_id).where(Membership.function.in_(LEADING))
    return [_mate(row, today) for row in db.session.execute(statement)]


def _mates(team_id: int) -> Select[*tuple[Any, ...]]:
    order = case(_ORDER,
                 value=Membership.function, else_=len(_ORDER))  # fmt: skip
    return (
        select(Membership, Person, Volunteer.birth_year, Volunteer.birth_month)
        .join(Person, Person.id == Membership.person_id)
        .outerjoin(Volunteer, Volunteer.person_id == Person.id)
        .where(Membership.organisation_id == team_id, Person.erased_at.is_(None))
        .order_by(order, Person.pinyin, Person.id)
    )


def _mate(row: Row[*tuple[Any, ...]], today: date) -> Mate:
    membership, person, year, month = row
    return Mate(
        person_id=person.id,
        name=person.name,
        phone=person.phone if membership.shows_phone else None,
        function=membership.function,
        joined_at=membership.joined_at,
        is_minor=age_group(today, year, month) is not AgeGroup.ADULT,
    )


def past_of(person_id: int) -> list[PastMembership]:
    """Return where somebody belonged to before, the latest first."""
    statement = (
        select(PastMembership)
        .where(PastMembership.person_id == person_id)
        .options(joinedload(PastMembership.organisation))
        .order_by(PastMembership.left_at.desc(), PastMembership.id.desc())
    )
    return list(db.session.scalars(statement))


def lock_memberships(team_id: int) -> list[Membership]:
    """Return who belongs to a team, held until the transaction ends."""
    statement = (
        select(Membership)
        .where(Membership.organisation_id == team_id)
        .order_by(Membership.person_id)
        .with_for_update(of=Membership)
        .execution_options(populate_existing=True)
    )
    return list(db.session.scalars(statement))


def responsible_for(team_id: int, *, but: int) -> list[int]:
    """Return who is told that a team is asked for something: the nearest up the tree.

    Args:
        team_id: Of the unit or team.
        but: Who asks; they decide nothing themselves.
    """
    line = _line_up(team_id)
    statement = (
        select(Membership.organisation_id, Membership.person_id)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.organisation_id.in_(line),
            Membership.function.in_(RUNNING),
            Membership.person_id != but,
            Person.erased_at.is_(None),
        )
    )
    by_team: dict[int, list[int]] = {}
    for organisation_id, person_id in db.session.execute(statement):
        by_team.setdefault(organisation_id, []).append(person_id)
    nearest = first_nonempty([by_team.get(each, []) for each in line])
    return sorted(nearest) or _office_of(team_id, but)


def _line_up(team_id: int) -> list[int]:
    """Return a team and what stands above it as far as rights reach down: teams, then a unit."""
    line: list[int] = []
    team = db.session.get(Organisation, team_id)
    while team is not None and team.id not in line:
        line.append(team.id)
        is_team = team.rank is not None and team.parent_id is not None
        team = db.session.get(Organisation, team.parent_id) if is_team else None
    return line


def _office_of(team_id: int, but: int) -> list[int]:
    """Return who works in the county's office, or where there is nobody in the city's."""
    home = db.session.get(Region, organisations.organisation_by_id(team_id).region_id)
    county = () if home is None else (home.id, home.county_id or home.id)
    statement = (
        select(Region.level, Appointment.person_id)
        .join(Region, Region.id == Appointment.region_id)
        .where(or_(Region.level == Level.CITY, Region.id.in_(county)), Appointment.person_id != but)
    )
    offices: dict[Level, set[int]] = {Level.COUNTY: set(), Level.CITY: set()}
    for level, person_id in db.session.execute(statement):
        offices[level].add(person_id)
    return sorted(first_nonempty([*offices.values()]))
