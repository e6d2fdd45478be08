"""Fields that the forms of volunteers share."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from volunteer_hub.accounts import rules as people
from volunteer_hub.catalogue import queries as catalogue
from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.forms import WholeNumberField
from volunteer_hub.core.text import normalise

_PICK: Final = _l("请从列表里选择")


class ChipsField(SelectMultipleField):
    """Several of a list, shown as pills."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as WTForms has it
        super().__init__(*args, **kwargs)
        self.invalid_value_message = self.invalid_choice_message = _PICK


class OneOfField(SelectField):
    """One of a list, with an error that says what to do."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as WTForms has it
        super().__init__(*args, **kwargs)
        self.invalid_value_message = self.invalid_choice_message = _PICK


class OneButtonField(RadioField):
    """One of a few, shown as large buttons."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as WTForms has it
        super().__init__(*args, **kwargs)
        self.invalid_value_message = self.invalid_choice_message = _PICK


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


class DayField(StringField):
    """A day, as browsers' date inputs send it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as WTForms has it
        kwargs["render_kw"] = {"type": "date"}
        super().__init__(*args, **kwargs)
        self.day: date | None = None

    def pre_validate(self, _form: object) -> None:
        """Read the day.

        Raises:
            ValidationError: It is none.
        """
        text = normalise(self.data or "").replace("/", "-").replace(".", "-")
        try:
            self.day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=LOCAL).date()
        except ValueError:
            if text:
                raise ValidationError(_("请填写日期，例如 2026-12-05")) from None


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
