from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Integer,
    Select,
    String,
    bindparam,
    func,
    literal,
    or_,
    select,
    true,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import joinedload

from volunteer_hub.core.access import Role
from volunteer_hub.core.database import db, run
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.remembered import once_per_transaction
from volunteer_hub.organisations.models import Appointment, Membership, Organisation
from volunteer_hub.organisations.rules import RUNNING, Function
from volunteer_hub.regions.models import Level, Region


@dataclass(frozen=True, slots=True)
class Scope:
    """What a member of staff may see and change: everything, whole counties, own organisations.

    Attributes:
        person_id: Who it is.
        is_city_wide: They work in the city's office.
        county_ids: Whose offices they work in.
        organisation_ids: For which they plan events, as organiser or as leader, with the teams
            below them.
        team_ids: Those of them in which they lead the team or one above, and are no organiser.
        own_ids: Those of them in which they have a function themselves.
    """

    person_id: int
    is_city_wide: bool
    county_ids: frozenset[int]
    organisation_ids: frozenset[int]
    team_ids: frozenset[int]
    own_ids: frozenset[int] = frozenset()

    @property
    def is_of_teams_only(self) -> bool:
        """Tell whether they lead teams and are nothing else: then others' people stay hidden."""
        is_more = self.is_city_wide or self.county_ids or self.organisation_ids - self.team_ids
        return bool(self.team_ids) and not is_more


class Tie(NamedTuple):
    """An office, or what somebody may do for an organisation or for a team below one.

    Attributes:
        kind: Level of the office, or function.
        where: Region, or organisation.
        is_own: Whether it was given to them there, and not further up the tree.
    """

    kind: Level | Function
    where: int
    is_own: bool


def _ties(person_id: int) -> list[Tie]:
    """Return them as read once for this page: roles and scope ask for the same."""
    return once_per_transaction(("ties", person_id), lambda: _read_ties(person_id))


@cache
def _ties_statement() -> CompoundSelect[*tuple[Any, ...]]:
    person_id = bindparam("person_id", type_=Integer)
    offices = (
        select(literal("office"), type_coerce(Region.level, String), Region.id, literal(1))
        .join(Appointment, Appointment.region_id == Region.id)
        .where(Appointment.person_id == person_id)
    )
    seats = (
        select(
            type_coerce(Membership.function, String).label("function"),
            Membership.organisation_id.label("organisation_id"),
            literal(1).label("is_own"),
        )
        .where(Membership.person_id == person_id)
        .cte("seat", recursive=True)
    )
    below = (
        select(seats.c.function, Organisation.id, literal(0))
        .join(seats, Organisation.parent_id == seats.c.organisation_id)
        .where(Organisation.rank.is_not(None), seats.c.function != str(Function.MEMBER))
    )
    seats = seats.union(below)
    memberships = select(
        literal("member"), seats.c.function, seats.c.organisation_id, seats.c.is_own
    )
    return union_all(offices, memberships)


def _read_ties(person_id: int) -> list[Tie]:
    """Return the offices and functions, those for the teams further down as well."""
    rows = run(_ties_statement(), {"person_id": person_id})
    return [
        Tie(Level(word) if kind == "office" else Function(word), where, bool(is_own))
        for kind, word, where, is_own in rows
    ]


_ROLES: Final[Mapping[Level | Function, Role]] = {
    Level.CITY: Role.CITY_OFFICE,
    Level.COUNTY: Role.COUNTY_OFFICE,
    Function.ORGANISER: Role.ORGANISER,
    Function.TEAM_LEADER: Role.TEAM_LEADER,
    Function.DEPUTY: Role.TEAM_LEADER,
}


def roles_of(person_id: int) -> frozenset[Role]:
    """Return the roles a person has through offices and memberships."""
    return frozenset(_ROLES[tie.kind] for tie in _ties(person_id) if tie.kind in _ROLES)


def scope_of(person_id: int) -> Scope:
    """Return what this person may see and change as staff."""
    ties = _ties(person_id)
    run_by_them = [tie for tie in ties if tie.kind in RUNNING]
    organised = {tie.where for tie in run_by_them if tie.kind is Function.ORGANISER}
    all_of_them = frozenset(tie.where for tie in run_by_them)
    return Scope(
        person_id=person_id,
        is_city_wide=any(tie.kind is Level.CITY for tie in ties),
        county_ids=frozenset(tie.where for tie in ties if tie.kind is Level.COUNTY),
        organisation_ids=all_of_them,
        team_ids=all_of_them - organised,
        own_ids=frozenset(tie.where for tie in run_by_them if tie.is_own),
    )


def hold_rights(person_id: int) -> Scope:
    """Return what somebody may decide, which nobody takes from them until the transaction ends.

    Whoever takes an office or a function away holds its row; so it is gone before, and then what
    is asked here says so, or it is taken away afterwards.
    """
    for model in (Membership, Appointment):
        held = select(model.id).where(model.person_id == person_id).order_by(model.id)
        db.session.execute(held.with_for_update(read=True)).all()
    db.session().info.pop(("ties", person_id), None)
    return scope_of(person_id)


def in_scope(scope: Scope) -> ColumnElement[bool]:
    """Return the condition that an organisation is this member of staff's business."""
    if scope.is_city_wide:
        return true()
    return or_(
        Organisation.id.in_(scope.organisation_ids),
        Organisation.region_id.in_(scope.county_ids),
        Organisation.region_id.in_(select(Region.id).where(Region.county_id.in_(scope.county_ids))),
    )


def organisations_in(scope: Scope) -> list[Organisation]:
    """Return the organisations this member of staff may plan events for, by name."""
    statement = select(Organisation).where(in_scope(scope)).order_by(Organisation.name)
    return list(db.session.scalars(statement))


def active_organisations_in(scope: Scope) -> list[Organisation]:
    """Return those of them that are not dissolved, which new things may belong to."""
    return [each for each in organisations_in(scope) if each.dissolved_at is None]


def organisation_by_id(organisation_id: int) -> Organisation:
    """Return the organisation.

    Raises:
        NotFoundError: There is no such organisation.
    """
    found = db.session.get(Organisation, organisation_id)
    if found is None:
        raise NotFoundError
    return found


def organisations_by_id(organisation_ids: Collection[int]) -> dict[int, Organisation]:
    """Return these organisations, by id."""
    statement = select(Organisation).where(Organisation.id.in_(organisation_ids))
    return {found.id: found for found in db.session.scalars(statement)}


def find_membership(person_id: int, organisation_id: int) -> Membership | None:
    """Return what the person does for the organisation, or None."""
    statement = select(Membership).where(
        Membership.person_id == person_id, Membership.organisation_id == organisation_id
    )
    return db.session.scalar(statement)


def lock_membership(person_id: int, organisation_id: int) -> Membership | None:
    """Return what the person does for the organisation, held until the transaction ends."""
    statement = (
        select(Membership)
        .where(Membership.person_id == person_id, Membership.organisation_id == organisation_id)
        .with_for_update(of=Membership)
        .execution_options(populate_existing=True)
    )
    return db.session.scalar(statement)


def lock_organisation(organisation_id: int) -> Organisation:
    """Return the organisation, held until the transaction ends.

    Raises:
        NotFoundError: There is no such organisation.
    """
    statement = (
        select(Organisation)
        .where(Organisation.id == organisation_id)
        .with_for_update(key_share=True, of=Organisation)
        .execution_options(populate_existing=True)
    )
    found = db.session.scalar(statement)
    if found is None:
        raise NotFoundError
    return found


def memberships_of(person_id: int) -> list[Membership]:
    """Return what a person belongs to, with the organisations, in the order they joined."""
    statement = (
        select(Membership)
        .where(Membership.person_id == person_id)
        .options(joinedload(Membership.organisation))
        .order_by(Membership.joined_at, Membership.id)
    )
    return list(db.session.scalars(statement))


def members_of(organisation_ids: Collection[int]) -> Select[int]:
    """Return the statement that selects the ids of everyone in these organisations."""
    return select(Membership.person_id).where(Membership.organisation_id.in_(organisation_ids))


def sizes_of(organisation_ids: Collection[int]) -> list[tuple[Organisation, int]]:
    """Return these organisations by name, each with how many plain members it has."""
    number = func.count(Membership.id)
    is_member = (Membership.organisation_id == Organisation.id) & (
        Membership.function == Function.MEMBER
    )
    statement = (
        select(Organisation, number)
        .outerjoin(Membership, is_member)
        .where(Organisation.id.in_(organisation_ids))
        .group_by(Organisation.id)
        .order_by(Organisation.name)
    )
    return [(found, count) for found, count in db.session.execute(statement)]


def find_appointment(person_id: int, region_id: int) -> Appointment | None:
    """Return the person's place in the office of this region, or None."""
    statement = select(Appointment).where(
        Appointment.person_id == person_id, Appointment.region_id == region_id
    )
    return db.session.scalar(statement)


def people_of_the_city_office() -> list[int]:
    """Return who works in the city's office."""
    statement = (
        select(Appointment.person_id)
        .join(Region, Appointment.region_id == Region.id)
        .where(Region.level == Level.CITY)
        .order_by(Appointment.person_id)
    )
    return list(db.session.scalars(statement))


def staff_since(person_id: int) -> datetime | None:
    """Return when somebody first got an office or a function, or None."""
    office = select(func.min(Appointment.appointed_at)).where(Appointment.person_id == person_id)
    function = select(func.min(Membership.joined_at)).where(
        Membership.person_id == person_id, Membership.function != Function.MEMBER
    )
    moments = [db.session.scalar(statement) for statement in (office, function)]
    return min((moment for moment in moments if moment is not None), default=None)


def is_in_office(person_id: int) -> bool:
    """Tell whether somebody works in the office of the city or of a county."""
    statement = select(Appointment.id).where(Appointment.person_id == person_id)
    return db.session.scalar(statement.limit(1)) is not None


def has_office() -> bool:
    """Tell whether anybody works in an office yet."""
    return db.session.scalar(select(Appointment.id).limit(1)) is not None


def find_organisation(name: str) -> Organisation | None:
    """Return the organisation of this name, or None."""
    return db.session.scalar(select(Organisation).where(Organisation.name == name))
