from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from volunteer_hub.accounts.models import Person
from volunteer_hub.catalogue import queries as catalogue
from volunteer_hub.core.database import db
from volunteer_hub.core.encryption import blind_index
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.people.models import ListRow, PeopleList
from volunteer_hub.people.rules.entries import Column
from volunteer_hub.people.rules.stages import Stage, Verdict
from volunteer_hub.regions import queries as regions
from volunteer_hub.regions.tree import Node, stem
from volunteer_hub.volunteers.models import Volunteer, VolunteerNumber

ROWS_PER_PAGE: Final = 50
LISTS_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class RowPage:
    """One page of a list's rows."""

    rows: list[ListRow]
    page: int
    pages: int


class KnownPerson(NamedTuple):
    """Somebody a row may be about."""

    person_id: int
    name: str
    contact: str
    is_volunteer: bool


def contact_key(contact: str) -> str:
    """Return what rows with the same contact share."""
    return blind_index("people_list.contact", contact)


def number_key(number: str) -> str:
    """Return what rows with the same number share."""
    return blind_index("people_list.number", number)


def lists_for_staff(scope: Scope) -> list[PeopleList]:
    """Return the latest lists of this member of staff's organisations, the newest first."""
    statement = (
        select(PeopleList)
        .where(PeopleList.organisation_id.in_(_organisation_ids(scope)))
        .options(joinedload(PeopleList.organisation))
        .order_by(PeopleList.id.desc())
        .limit(LISTS_SHOWN)
    )
    return list(db.session.scalars(statement))


def list_for_staff(list_id: int, scope: Scope) -> PeopleList:
    """Return a list of one of this member of staff's organisations.

    Raises:
        NotFoundError: There is no such list, or it is not their business.
    """
    statement = (
        select(PeopleList)
        .where(PeopleList.id == list_id, PeopleList.organisation_id.in_(_organisation_ids(scope)))
        .options(joinedload(PeopleList.organisation))
    )
    found = db.session.scalar(statement)
    if found is None:
        raise NotFoundError
    return found


def _organisation_ids(scope: Scope) -> list[int]:
    return [each.id for each in organisations.organisations_in(scope)]


def lock_list(list_id: int) -> PeopleList | None:
    """Return a list, kept from changing until the transaction ends; None when it is gone."""
    statement = (
        select(PeopleList)
        .where(PeopleList.id == list_id)
        .with_for_update(of=PeopleList)
        .execution_options(populate_existing=True)
    )
    return db.session.scalar(statement)


def lists_in(stage: Stage) -> list[int]:
    """Return the ids of the lists in a stage, the oldest first."""
    statement = select(PeopleList.id).where(PeopleList.stage == stage).order_by(PeopleList.id)
    return list(db.session.scalars(statement))


def row_page(list_id: int, verdicts: Collection[Verdict], page: int) -> RowPage:
    """Return rows of a list, a page at a time; beyond the last page, the last."""
    wanted = (ListRow.list_id == list_id, ListRow.verdict.in_(verdicts))
    total = db.session.scalar(select(func.count(ListRow.id)).where(*wanted)) or 0
    pages = max(1, -(-total // ROWS_PER_PAGE))
    page = min(max(page, 1), pages)
    statement = (
        select(ListRow)
        .where(*wanted)
        .order_by(ListRow.line)
        .offset((page - 1) * ROWS_PER_PAGE)
        .limit(ROWS_PER_PAGE)
    )
    return RowPage(list(db.session.scalars(statement)), page, pages)


def rows_with(list_id: int, verdict: Verdict, *, most: int | None = None) -> list[ListRow]:
    """Return the rows of a list with this verdict, by line."""
    statement = select(ListRow).where(ListRow.list_id == list_id, ListRow.verdict == verdict)
    return list(db.session.scalars(statement.order_by(ListRow.line).limit(most)))


def earlier_lines(
    list_id: int, contact_keys: Collection[str], number_keys: Collection[str]
) -> dict[str, int]:
    """Return where in the list these contacts and numbers stood before, by key."""
    statement = select(ListRow.contact_key, ListRow.number_key, ListRow.line).where(
        ListRow.list_id == list_id,
        ListRow.verdict != Verdict.WRONG,
        or_(ListRow.contact_key.in_(contact_keys), ListRow.number_key.in_(number_keys)),
    )
    found: dict[str, int] = {}
    for contact, number, line in db.session.execute(statement):
        found.update({key: line for key in (contact, number) if key})
    return found


def people_with(contacts: Collection[str]) -> dict[str, KnownPerson]:
    """Return who has these phone numbers and addresses, by contact."""
    statement = (
        select(Person.id, Person.name, Person.phone, Person.email, Volunteer.id)
        .outerjoin(Volunteer, Volunteer.person_id == Person.id)
        .where(
            or_(Person.phone.in_(contacts), Person.email.in_(contacts)), Person.erased_at.is_(None)
        )
    )
    return {
        contact: KnownPerson(person_id, name, contact, volunteer_id is not None)
        for person_id, name, phone, email, volunteer_id in db.session.execute(statement)
        for contact in (phone, email)
        if contact
    }


def people_numbered(numbers: Collection[str]) -> dict[str, KnownPerson]:
    """Return who stands under these numbers, by number."""
    statement = (
        select(VolunteerNumber.number, Person.id, Person.name, Person.phone, Person.email)
        .join(Volunteer, Volunteer.id == VolunteerNumber.volunteer_id)
        .join(Person, Person.id == Volunteer.person_id)
        .where(VolunteerNumber.number.in_(numbers), Person.erased_at.is_(None))
    )
    return {
        number: KnownPerson(person_id, name, phone or email or "", is_volunteer=True)
        for number, person_id, name, phone, email in db.session.execute(statement)
    }


def home_finder() -> Callable[[str], Sequence[int]]:
    """Return what finds the townships a text can mean: a name, a path, or an address in it."""
    tree = regions.tree()
    found: dict[str, list[int]] = {}
    townships: list[tuple[Node, Node]] = []
    for county in regions.counties():
        for node in regions.children_of(county.id):
            townships.append((county, node))
            names = {node.code, node.name, node.short_name, stem(node.short_name)}
            names |= {f"{county.short_name}{name}" for name in names}
            names |= {f"{stem(county.short_name)}{name}" for name in names}
            names.add("".join(step.short_name for step in tree.line(node)))
            for name in names:
                found.setdefault(name, []).append(node.id)

    @cache
    def find(text: str) -> Sequence[int]:
        key = "".join(text.split())
        exact = found.get(key)
        if exact:
            return exact
        inside = [(county, node) for county, node in townships if node.short_name in key]
        of_county = [node.id for county, node in inside if county.short_name in key]
        return of_county or [node.id for _, node in inside]

    return find


def skill_finder() -> Callable[[str], str | None]:
    """Return what finds the skill of a name: as it is shipped, in English, or the only one near."""
    skills = [skill for _, group in catalogue.skill_tree() for skill in group]
    exact = {
        name.lower(): skill.code for skill in skills for name in (skill.zh, skill.en, skill.code)
    }

    @cache
    def find(word: str) -> str | None:
        key = word.lower()
        if key in exact:
            return exact[key]
        near = {code for name, code in exact.items() if len(key) > 1 and key in name}
        return near.pop() if len(near) == 1 else None

    return find


def content_of(list_id: int) -> tuple[bytes, dict[Column, int], int, int] | None:
    """Return the file of a list that is being read, where in it stands what, and how far it is.

    None when it is not being read.
    """
    found = db.session.get(PeopleList, list_id)
    if found is None or found.stage is not Stage.READING or found.content is None:
        return None
    places = {Column(word): place for word, place in found.plan["places"].items()}
    return found.content, places, found.first_line, found.rows_read
