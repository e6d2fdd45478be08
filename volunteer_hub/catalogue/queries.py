from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import aliased

from volunteer_hub.catalogue import rules
from volunteer_hub.catalogue.models import CatalogueEntry, Kind
from volunteer_hub.catalogue.rules import Entry
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.remembered import Remembered

LOAD_ACTION = "catalogue.load"
Shelf = Mapping[str, Mapping[str, Entry]]


def _read() -> Shelf:
    parent = aliased(CatalogueEntry)
    statement = (
        select(CatalogueEntry, parent.code)
        .outerjoin(parent, CatalogueEntry.parent_id == parent.id)
        .order_by(CatalogueEntry.position, CatalogueEntry.id)
    )
    shelf: dict[str, dict[str, Entry]] = {str(kind): {} for kind in Kind}
    for row, parent_code in db.session.execute(statement):
        shelf[row.kind][row.code] = Entry(
            kind=str(row.kind),
            code=row.code,
            zh=row.zh,
            en=row.en,
            clause=row.clause,
            stat=row.stat,
            parent=parent_code,
            pinyin=row.pinyin,
            initials=row.initials,
            is_active=row.is_active,
        )
    return shelf


REMEMBERED = Remembered(_read, load_action=LOAD_ACTION)


def entries(kind: str) -> list[Entry]:
    """Return the words of a kind that are in use, in their order."""
    return [entry for entry in REMEMBERED.get()[kind].values() if entry.is_active]


def find_entry(kind: str, code: str | None) -> Entry | None:
    """Return the word, also when it is out of use, or None."""
    return REMEMBERED.get()[kind].get(code) if code else None


def entry(kind: str, code: str) -> Entry:
    """Return the word, also when it is out of use.

    Raises:
        NotFoundError: There is no such word.
    """
    found = find_entry(kind, code)
    if found is None:
        raise NotFoundError
    return found


def name_of(kind: str, code: str | None, language: str) -> str:
    """Return the word in a language; an unknown code is its own name, no code is empty."""
    found = find_entry(kind, code)
    return found.name(language) if found else code or ""


def choices(kind: str, language: str) -> dict[str, str]:
    """Return name by code of every word in use, in the shape that form fields take."""
    return {entry.code: entry.name(language) for entry in entries(kind)}


def search(kind: str, text: str) -> list[Entry]:
    """Return the words that fit what was typed: hanzi, English, pinyin or initials, best first."""
    return rules.found(entries(kind), text)


def skill_tree() -> list[tuple[Entry, list[Entry]]]:
    """Return each group of skills with its skills, both in their order."""
    skills = entries(Kind.SKILL)
    groups = [entry for entry in skills if entry.parent is None]
    return [(group, [skill for skill in skills if skill.parent == group.code]) for group in groups]


def skill_choices(language: str) -> dict[str, dict[str, str]]:
    """Return name by code of the skills people have, under the name of their group."""
    return {
        group.name(language): {skill.code: skill.name(language) for skill in skills}
        for group, skills in skill_tree()
        if skills
    }
