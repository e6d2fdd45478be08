"""Fields that the forms of volunteers share."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field
from wtforms.validators import ValidationError

from volunteer_hub.accounts import rules as people
from volunteer_hub.catalogue import queries as catalogue
from volunteer_hub.core.forms import WholeNumberField
from volunteer_hub.core.text import normalise


class SkillsField(Field):
    """Level by skill code; each skill is a group of radio buttons called ``<name>-<code>``."""

    data: dict[str, int]

    def process(self, formdata: Any, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        """Take the levels that were tapped; level 0 is not chosen."""
        super().process(None, *args, **kwargs)
        self.data = dict(self.data or {})
        if formdata is None:
            return
        prefix = f"{self.name}-"
        self.data = {}
        for key in formdata:
            level = normalise(formdata.get(key) or "") if key.startswith(prefix) else ""
            if level not in ("", "0"):
                self.data[key.removeprefix(prefix)] = int(level) if level in "123" else -1

    def pre_validate(self, _form: object) -> None:
        """Accept skills and levels that exist.

        Raises:
            ValidationError: One does not.
        """
        known = {skill.code for _, skills in catalogue.skill_tree() for skill in skills}
        if any(code not in known or level not in (1, 2, 3) for code, level in self.data.items()):
            raise ValidationError(_("请从列表里选择特长和熟练程度"))


class YearField(WholeNumberField):
    """A year, with four digits."""

    too_odd = _l("请填写四位数的年份，例如 1985")


def is_name(_form: object, field: Field) -> None:
    """Accept what a person can be called.

    Raises:
        ValidationError: It holds digits or signs.
    """
    if field.data and not people.is_name(field.data):
        raise ValidationError(_("请填写真实姓名，不要有数字和符号"))
