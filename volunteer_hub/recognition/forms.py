from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form as PlainForm
from wtforms import FormField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than stubs
from wtforms.validators import Length, NumberRange, Optional, ValidationError

from volunteer_hub.catalogue import queries as catalogue
from volunteer_hub.core.forms import Filled, Form, OneOfField, WholeNumberField
from volunteer_hub.core.i18n import language
from volunteer_hub.core.text import normalise
from volunteer_hub.recognition import rules
from volunteer_hub.recognition.actions import HoursDraft
from volunteer_hub.recognition.queries import Served
from volunteer_hub.recognition.training import LONGEST_MONTHS


class HoursField(StringField):
    """Hours with a decimal part, also typed full-width; kept as minutes in ``minutes``."""

    minutes: int | None = None

    def pre_validate(self, form: Any) -> None:  # noqa: ANN401 - as WTForms has it
        """Read the number.

        Raises:
            ValidationError: It is not a number of hours.
        """
        if not self.data:
            return
        try:
            hours = Decimal(normalise(self.data))
        except InvalidOperation:
            raise ValidationError(_("请填写小时数，例如 2 或 1.5")) from None
        if not hours.is_finite() or not 0 <= hours <= 24:
            raise ValidationError(_("请填写 0 到 24 之间的小时数"))
        self.minutes = int(hours * 60)


class _RowForm(PlainForm):
    answer = RadioField(_l("怎样记"))
    hours = HoursField(_l("补录小时数"), [Length(max=8)])
    reason = StringField(_l("补录原因"), [Length(max=120, message=_l("原因请写在 120 字以内"))])


class ConfirmForm(Form):
    """One row of answers for each volunteer; fields are added from the roster."""

    def draft(self) -> dict[int, HoursDraft]:
        """Return the answers by assignment."""
        found = {}
        for field in self:
            if isinstance(field, FormField):
                row = field.form
                found[int(field.short_name.removeprefix("row-"))] = HoursDraft(
                    answer=rules.Answer(row.answer.data),
                    added_minutes=row.hours.minutes,
                    reason=row.reason.data or "",
                )
        return found


def confirm_form(served: list[Served]) -> ConfirmForm:
    """Return the form with one row for each volunteer, the usual answer chosen."""
    fields = {f"row-{row.assignment_id}": FormField(_RowForm, separator="-") for row in served}
    form_class = type("ConfirmForm", (ConfirmForm,), fields)
    form: ConfirmForm = form_class()
    for row in served:
        answer = form[f"row-{row.assignment_id}"].form.answer
        possible = rules.choices(row.working.presence)
        answer.choices = [(choice.value, _(choice.label)) for choice in possible]
        if not form.is_submitted():
            answer.data = possible[0].value
    return form


class AppealForm(Form):
    """Why what counts of a place is wrong."""

    text = TextAreaField(
        _l("哪里不对"),
        [
            Filled(_l("请写几个字，例如那天我在现场，忘了签到")),
            Length(max=300, message=_l("最多 300 个字")),
        ],
    )


class TrainingForm(Form):
    """What an event grants to those who were there."""

    kind = OneOfField(_l("给到场的人发什么证"), choices=[], validate_choice=True)
    months = WholeNumberField(
        _l("有效几个月"),
        [
            Optional(),
            NumberRange(0, LONGEST_MONTHS, _l("请填写 0 到 60 之间的整数")),
        ],
        description=_l("0 表示一直有效"),
        default=12,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as WTForms has it
        super().__init__(*args, **kwargs)
        self.kind.choices = [
            SelectChoice("", _("不发证")),
            *(SelectChoice(*each) for each in catalogue.choices("credential", language()).items()),
        ]
