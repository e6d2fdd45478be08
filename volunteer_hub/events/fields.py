"""Fields that forms of events, shifts and posts are made of, and the lists they offer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than stubs
from wtforms.validators import Length, Optional

from volunteer_hub.catalogue import queries as catalogue
from volunteer_hub.core.formats import when
from volunteer_hub.core.i18n import language
from volunteer_hub.core.text import normalise
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.regions import queries as regions
from volunteer_hub.regions.forms import VenueField


def number_or_none(value: object) -> int | None:
    """Return what a list of numbered choices sent, or None for nothing."""
    text = normalise(str(value)) if value not in (None, "") else ""
    return int(text) if text and text != "None" else None


def code_or_none(value: object) -> str | None:
    """Return what a list of codes sent, or None for nothing."""
    return str(value) if value not in (None, "", "None") else None


class UntilPublished(Optional):
    """May stay empty in a draft, but not for ever: so it is not marked as optional."""

    def __init__(self) -> None:
        super().__init__()
        self.field_flags = {}


def at_most(characters: int) -> Length:
    """Return the limit of a text, with words that say it."""
    return Length(max=characters, message=_l("最多 %(max)s 个字", max=characters))


def shown(field: Field, value: Any) -> str:  # noqa: ANN401 - any field's value
    """Return a saved value as its field would show it."""
    if isinstance(value, datetime):
        return when(value)
    if isinstance(value, bool):
        return str(_("是") if value else _("否"))
    if isinstance(field, VenueField) and value:
        return regions.venue_in_words(regions.venue_by_id(value))
    if isinstance(field, SelectField):
        names = {str(choice.value): str(choice.label) for choice in _choices(field)}
        chosen = value if isinstance(value, tuple) else [value]
        return "、".join(names.get(str(code or ""), str(code)) for code in chosen) or _("未选")
    return str(value) if value not in (None, "") else str(_("空"))


def _choices(field: SelectField) -> list[SelectChoice]:
    offered: Any = field.choices
    return list(offered or ())


def organisation_choices(scope: Scope, own_id: int | None) -> list[SelectChoice]:
    """Return the organisations somebody may plan for, and the one an event has."""
    offered = {row.id: row for row in organisations.active_organisations_in(scope)}
    if own_id is not None and own_id not in offered:
        offered[own_id] = organisations.organisation_by_id(own_id)
    return [SelectChoice(row.id, row.shown_name(language())) for row in offered.values()]


def words(kind: str, chosen: Iterable[str | None] | None) -> list[SelectChoice]:
    """Return the catalogue's words to choose from, and chosen ones that are out of use."""
    names = dict(catalogue.choices(kind, language()))
    for code in chosen or ():
        entry = catalogue.find_entry(kind, code)
        if entry is not None:
            names.setdefault(entry.code, entry.name(language()))
    return [SelectChoice(code, name) for code, name in names.items()]


def language_choices(chosen: Iterable[str] | None) -> list[SelectChoice]:
    """Return the languages an event may be held in, and chosen ones that are out of use."""
    offered = [entry for entry in catalogue.entries("skill") if entry.parent == "languages"]
    found = (catalogue.find_entry("skill", code) for code in chosen or ())
    named = {entry.code: entry.name(language()) for entry in (*offered, *found) if entry}
    return [SelectChoice(code, name) for code, name in named.items()]


def skill_choices(chosen: str | None) -> list[SelectChoice]:
    """Return the skills by group, and a chosen one that is out of use."""
    offered = [
        SelectChoice(code, name, optgroup=group)
        for group, skills in catalogue.skill_choices(language()).items()
        for code, name in skills.items()
    ]
    is_offered = any(choice.value == chosen for choice in offered)
    entry = None if is_offered else catalogue.find_entry("skill", chosen)
    if entry is not None:
        offered.append(SelectChoice(entry.code, entry.name(language()), optgroup=_("已停用")))
    return [SelectChoice("", _("不要求技能")), *offered]
