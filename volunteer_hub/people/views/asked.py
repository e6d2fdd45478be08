"""What was asked of the people desk, in an address or in the hidden fields of a form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than stubs

from volunteer_hub.catalogue import queries as catalogue
from volunteer_hub.core.i18n import language
from volunteer_hub.people.forms import DeskForm
from volunteer_hub.people.rules.marks import LONGEST_TAG
from volunteer_hub.regions import queries as regions
from volunteer_hub.volunteers.queries import Wanted

LONGEST_SEARCH = 60
NAMES = ("q", "skill", "free", "place", "tag")


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody looks for.

    Attributes:
        form: With the fields filled in.
        wanted: The same as the register takes it.
        tag: The tag they must have; empty for any.
        values: What stands in an address that asks for the same.
    """

    form: DeskForm
    wanted: Wanted
    tag: str
    values: dict[str, Any]

    def offer_tags(self, tags: Iterable[str]) -> None:
        """Fill the list of tags to choose from."""
        self.form.tag.choices = [
            SelectChoice("", _("全部")), *(SelectChoice(tag, tag) for tag in tags)
        ]  # fmt: skip


def asked_for(given: Mapping[str, Any]) -> Asked:
    """Return what these values ask for; what nobody can mean is left out."""
    form = DeskForm(MultiDict({name: given.get(name, "") for name in NAMES}))
    form.validate()
    _offer(form)
    node = regions.tree().find_by_code(form.place.data or "")
    free_on = form.free.data if isinstance(form.free.data, date) else None
    text = (form.q.data or "")[:LONGEST_SEARCH]
    skill = form.skill.data or ""
    tag = (form.tag.data or "")[:LONGEST_TAG]
    values = {
        "q": text,
        "skill": skill[:40],
        "free": free_on.isoformat() if free_on else "",
        "place": node.code if node else "",
        "tag": tag,
    }
    wanted = Wanted(text=text, skill_code=skill, within=node.id if node else None, free_on=free_on)
    return Asked(form, wanted, tag, {name: value for name, value in values.items() if value})


def _offer(form: DeskForm) -> None:
    form.tag.choices = [SelectChoice("", _("全部"))]
    form.skill.choices = [SelectChoice("", _("全部"))] + [
        SelectChoice(skill.code, skill.name(language()), optgroup=group.name(language()))
        for group, skills in catalogue.skill_tree()
        for skill in skills
    ]
    form.place.choices = [SelectChoice("", _("全市"))]
    for county in regions.counties():
        whole = _("%(county)s（全部）", county=county.short_name)
        form.place.choices.append(SelectChoice(county.code, whole, optgroup=county.short_name))
        form.place.choices += [
            SelectChoice(node.code, node.short_name, optgroup=county.short_name)
            for node in regions.children_of(county.id)
        ]
