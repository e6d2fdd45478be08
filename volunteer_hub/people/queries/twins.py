from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from itertools import combinations
from typing import Any, Final, NamedTuple

from sqlalchemy import and_, func, select
from sqlalchemy.orm import joinedload

from volunteer_hub.accounts.models import Person
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.numbers import value_of
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.people.models import NotTwins, PersonMerge
from volunteer_hub.people.rules.twins import Features, Likeness, likeness
from volunteer_hub.volunteers.models import Volunteer
from volunteer_hub.volunteers.queries import known_to

MOST_PAIRS: Final = 50
MOST_GROUPS: Final = 200
LARGEST_GROUP: Final = 10
LATEST: Final = 20
KEPT: Final = "keep.merges"


class Pair(NamedTuple):
    """Two records that may be one person's."""

    first: Volunteer
    second: Volunteer
    why: Likeness


def pairs_for_staff(scope: Scope) -> list[Pair]:
    """Return records that may be one person's, both this member of staff's business."""
    by_sound = _groups(scope, Person.pinyin, Volunteer.home_region_id)
    by_birth = _groups(
        scope,
        Volunteer.home_region_id,
        Volunteer.birth_year,
        Volunteer.birth_month,
        Person.initials,
    )
    ids = {pair for group in (*by_sound, *by_birth) for pair in combinations(group, 2)}
    found = _by_id({number for pair in ids for number in pair})
    told_apart = _told_apart(found.keys())
    pairs = [(found[one], found[two]) for one, two in sorted(ids - told_apart)]
    likely = [(one, two, likeness(_features(one), _features(two))) for one, two in pairs]
    return [Pair(one, two, why) for one, two, why in likely if why is not None][:MOST_PAIRS]


def _groups(scope: Scope, *alike: Any) -> list[list[int]]:  # noqa: ANN401 - columns
    """Return the ids of volunteers that share all of this, each group by id.

    One walk over all of them; joining them with each other would compare whole townships.
    """
    shared = (
        select(*alike)
        .select_from(Volunteer)
        .join(Volunteer.person)
        .where(known_to(scope), Person.erased_at.is_(None), *(each.is_not(None) for each in alike))
        .group_by(*alike)
        .having(func.count() > 1)
        .limit(MOST_GROUPS)
        .subquery()
    )
    same = (each == shared.c[each.key] for each in alike)
    statement = (
        select(Volunteer.id, *alike)
        .join(Volunteer.person)
        .join(shared, and_(*same))
        .where(known_to(scope), Person.erased_at.is_(None))
        .order_by(Volunteer.id)
        .limit(MOST_GROUPS * 10)
    )
    groups: dict[tuple[Any, ...], list[int]] = {}
    for volunteer_id, *key in db.session.execute(statement):
        groups.setdefault(tuple(key), []).append(volunteer_id)
    return [group[:LARGEST_GROUP] for group in groups.values()]


def _told_apart(volunteer_ids: Collection[int]) -> set[tuple[int, int]]:
    statement = select(NotTwins.volunteer_id, NotTwins.other_volunteer_id).where(
        NotTwins.volunteer_id.in_(volunteer_ids)
    )
    return {(one, other) for one, other in db.session.execute(statement)}


def are_alike(one: Volunteer, other: Volunteer) -> bool:
    """Tell whether two records may be one person's."""
    return likeness(_features(one), _features(other)) is not None


def _features(volunteer: Volunteer) -> Features:
    person = volunteer.person
    birth = (volunteer.birth_year, volunteer.birth_month)
    return Features(person.name, person.pinyin, birth, volunteer.home_region_id)


def _by_id(volunteer_ids: set[int]) -> dict[int, Volunteer]:
    statement = (
        select(Volunteer)
        .where(Volunteer.id.in_(volunteer_ids))
        .options(joinedload(Volunteer.person))
    )
    return {one.id: one for one in db.session.scalars(statement)}


def lock_pair(first_id: int, second_id: int, scope: Scope) -> dict[int, Volunteer]:
    """Return two live volunteers by id, both kept from changing, and their people as well.

    Raises:
        NotFoundError: One of them is gone, or is not this person's business.
    """
    statement = (
        select(Volunteer)
        .where(Volunteer.id.in_([first_id, second_id]), known_to(scope))
        .order_by(Volunteer.id)
        .with_for_update(of=Volunteer)
        .execution_options(populate_existing=True)
    )
    found = {one.id: one for one in db.session.scalars(statement)}
    people = _locked_people([one.person_id for one in found.values()])
    if len(found) != 2 or any(each.erased_at is not None for each in people):
        raise NotFoundError
    return found


def _locked_people(person_ids: list[int]) -> list[Person]:
    statement = (
        select(Person)
        .where(Person.id.in_(person_ids))
        .order_by(Person.id)
        .with_for_update(of=Person)
        .execution_options(populate_existing=True)
    )
    return list(db.session.scalars(statement))


def lock_merge(merge_id: int, scope: Scope) -> tuple[PersonMerge, Volunteer, Volunteer]:
    """Return a merge with who was kept and who is gone, none of which changes meanwhile.

    Raises:
        NotFoundError: There is none, or it is not this person's business.
    """
    statement = (
        select(PersonMerge)
        .where(PersonMerge.id == merge_id)
        .with_for_update(of=PersonMerge)
        .execution_options(populate_existing=True)
    )
    merge = db.session.scalar(statement)
    if merge is None:
        raise NotFoundError
    ids = [merge.kept_volunteer_id, merge.gone_volunteer_id]
    both = (
        select(Volunteer)
        .where(Volunteer.id.in_(ids))
        .order_by(Volunteer.id)
        .with_for_update(of=Volunteer)
        .execution_options(populate_existing=True)
    )
    found = {one.id: one for one in db.session.scalars(both)}
    own = select(Volunteer.id).where(Volunteer.id == ids[0], known_to(scope))
    if db.session.scalar(own) is None:
        raise NotFoundError
    _locked_people([one.person_id for one in found.values()])
    return merge, found[ids[0]], found[ids[1]]


def merges_to_undo(scope: Scope, *, now: datetime) -> list[tuple[PersonMerge, str]]:
    """Return merges of the last days that can be undone, with the name of who was kept."""
    since = now - timedelta(days=value_of(KEPT))
    statement = (
        select(PersonMerge, Person.name)
        .join(Volunteer, Volunteer.id == PersonMerge.kept_volunteer_id)
        .join(Person, Person.id == Volunteer.person_id)
        .where(
            known_to(scope),
            PersonMerge.undone_at.is_(None),
            PersonMerge.moved.is_not(None),
            PersonMerge.merged_at >= since,
            Person.erased_at.is_(None),
        )
        .order_by(PersonMerge.id.desc())
        .limit(LATEST)
    )
    return [(merge, name) for merge, name in db.session.execute(statement)]
