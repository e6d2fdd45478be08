from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, exists, func, not_, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from volunteer_hub.accounts.models import Consent, Person, Purpose
from volunteer_hub.accounts.rules import version_of
from volunteer_hub.catalogue import queries as catalogue
from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.organisations.models import Membership, Organisation
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.people.models import PeopleExport
from volunteer_hub.people.rules.shapes import Shape, read_shapes
from volunteer_hub.regions import queries as regions
from volunteer_hub.volunteers import rules
from volunteer_hub.volunteers.models import Volunteer, VolunteerEntry, VolunteerNumber
from volunteer_hub.volunteers.queries import known_to

SHIPPED: Final = Path(__file__).parent.parent / "data" / "exports.toml"
AT_ONCE: Final = 500
LATEST: Final = 10


@cache
def shapes() -> dict[str, Shape]:
    """Return what files can look like, by code."""
    with SHIPPED.open("rb") as file:
        return read_shapes(tomllib.load(file), [str(purpose) for purpose in Purpose])


def shape_of(code: str) -> Shape:
    """Return what a kind of file looks like.

    Raises:
        NotFoundError: There is no such kind.
    """
    found = shapes().get(code)
    if found is None:
        raise NotFoundError
    return found


def shapes_asking() -> list[Shape]:
    """Return the kinds of files for which people are asked by themselves: they go to others."""
    own = {Purpose.VOLUNTEER_TERMS, Purpose.PRIVACY_NOTICE}
    return [shape for shape in shapes().values() if shape.consent not in own]


def counts_for(
    scope: Scope, organisation_id: int | None, *, on: date
) -> tuple[int, dict[str, int]]:
    """Return how many volunteers there are for a file, and how many may stand in each kind."""
    number = (
        select(func.count(Volunteer.id))
        .join(Volunteer.person)
        .where(*_whom(scope, organisation_id))
    )
    total = db.session.scalar(number) or 0
    return total, {
        code: db.session.scalar(number.where(*_agreed(shape, on))) or 0
        for code, shape in shapes().items()
    }


def people_agreeing(
    shape: Shape, scope: Scope, organisation_id: int | None, *, on: date
) -> list[int]:
    """Return the ids of the volunteers who may stand in a file, by the spelling of their names.

    Whoever is under age that day stands in none that goes to others, whatever they tapped: what
    their guardian agreed to says that nothing is given away.
    """
    statement = (
        select(Volunteer.id)
        .join(Volunteer.person)
        .where(*_whom(scope, organisation_id), *_agreed(shape, on))
        .order_by(Person.pinyin, Volunteer.id)
    )
    return list(db.session.scalars(statement))


def _whom(scope: Scope, organisation_id: int | None) -> list[ColumnElement[bool]]:
    """Return which volunteers are this person's business and want to be any."""
    refused = exists().where(
        VolunteerEntry.volunteer_id == Volunteer.id, VolunteerEntry.refused_at.is_not(None)
    )
    wanted = [known_to(scope), Person.erased_at.is_(None), ~refused]
    if organisation_id is not None:
        members = organisations.members_of([organisation_id])
        wanted.append(Volunteer.person_id.in_(members))
    return wanted


def _agreed(shape: Shape, on: date) -> list[ColumnElement[bool]]:
    purpose = Purpose(shape.consent)
    agreed = exists().where(
        Consent.person_id == Volunteer.person_id,
        Consent.purpose == purpose,
        Consent.wording_version == version_of(purpose),
        Consent.withdrawn_at.is_(None),
    )
    return [agreed, _is_of_age(on)] if shape in shapes_asking() else [agreed]


def _is_of_age(on: date) -> ColumnElement[bool]:
    """Return that somebody surely is of age, as ``volunteers.rules.age_on`` counts."""
    last = on.year - rules.ADULT
    return or_(
        Volunteer.birth_year.is_(None),
        Volunteer.birth_year < last,
        and_(Volunteer.birth_year == last, Volunteer.birth_month < on.month),
    )


def may_share(person_id: int, *, on: date) -> bool:
    """Tell whether somebody may agree that their details go to others: they are of age."""
    is_minor = exists().where(Volunteer.person_id == person_id, not_(_is_of_age(on)))
    return not db.session.scalar(select(is_minor))


def known_of(volunteer_ids: Sequence[int], language: str) -> Iterator[dict[str, str]]:
    """Yield what is known of volunteers, some at a time, by the sources of columns."""
    waiting, line = iter(volunteer_ids), 0
    while some := list(islice(waiting, AT_ONCE)):
        found = {one.id: one for one in db.session.scalars(_with_everything(some))}
        numbers = _numbers(some)
        teams = _teams([one.person_id for one in found.values()], language)
        for volunteer_id in some:
            one = found[volunteer_id]
            line += 1
            yield {
                "line": str(line),
                "name": one.person.name,
                "phone": one.person.phone or "",
                "email": one.person.email or "",
                "home": regions.path_of(one.home_region_id),
                "birth": _month(one.birth_year, one.birth_month),
                "skills": "、".join(
                    catalogue.name_of("skill", skill.skill_code, language) for skill in one.skills
                ),
                "register_number": numbers.get(volunteer_id, ""),
                "teams": "、".join(teams.get(one.person_id, ())),
                "joined_on": one.joined_at.astimezone(LOCAL).date().isoformat(),
            }


def _with_everything(volunteer_ids: Iterable[int]) -> Select[Volunteer]:
    return (
        select(Volunteer)
        .join(Volunteer.person)
        .where(Volunteer.id.in_(volunteer_ids))
        .options(contains_eager(Volunteer.person), selectinload(Volunteer.skills))
    )


def _month(year: int | None, month: int | None) -> str:
    if year is None:
        return ""
    return f"{year}-{month:02}" if month else str(year)


def _numbers(volunteer_ids: Iterable[int]) -> dict[int, str]:
    statement = select(VolunteerNumber.volunteer_id, VolunteerNumber.number).where(
        VolunteerNumber.volunteer_id.in_(volunteer_ids)
    )
    return dict(db.session.execute(statement).all())


def _teams(person_ids: Iterable[int], language: str) -> dict[int, list[str]]:
    statement = (
        select(Membership.person_id, Organisation)
        .join(Membership.organisation)
        .where(Membership.person_id.in_(person_ids))
        .order_by(Membership.joined_at, Membership.id)
    )
    found: dict[int, list[str]] = {}
    for person_id, organisation in db.session.execute(statement):
        found.setdefault(person_id, []).append(organisation.shown_name(language))
    return found


def latest_exports(scope: Scope) -> list[tuple[PeopleExport, str]]:
    """Return the latest files that were made, with by whom: the city's office sees everybody's."""
    statement = (
        select(PeopleExport, Person.name)
        .join(Person, Person.id == PeopleExport.by_person_id)
        .options(joinedload(PeopleExport.organisation))
        .order_by(PeopleExport.id.desc())
        .limit(LATEST)
    )
    if not scope.is_city_wide:
        statement = statement.where(PeopleExport.by_person_id == scope.person_id)
    return [(made, name) for made, name in db.session.execute(statement)]


def exports_in_words(export_ids: set[int]) -> dict[int, tuple[str, str]]:
    """Return the kind of each of these files, and the day it was made."""
    statement = select(PeopleExport).where(PeopleExport.id.in_(export_ids))
    return {
        each.id: (each.shape, each.made_at.astimezone(LOCAL).date().isoformat())
        for each in db.session.scalars(statement)
    }
