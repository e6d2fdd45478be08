"""What all forms share: trimming, tokens that expire kindly, a key against double submits."""

from __future__ import annotations

import re
import uuid
from datetime import date, datetime
from typing import Any, ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    Field,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.form import BaseForm
from wtforms.validators import StopValidation, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget, TextInput

from volunteer_hub.core import csrf
from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.text import LARGEST, normalise

_YEARS = range(1990, 2100)  # in which this city plans; beyond them nothing can be reckoned with
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


def _trim(value: Any) -> Any:  # noqa: ANN401 - whatever the field holds
    return _CONTROL.sub("", value).strip() if isinstance(value, str) else value


class Form(FlaskForm):
    """Trims text, keeps what was typed when the page was open too long, shows rules' verdicts."""

    class Meta:
        csrf = False  # core.csrf checks once per request, so that nothing typed is lost

        def bind_field(self, form: Form, unbound_field: Any, options: dict[str, Any]) -> Field:  # noqa: ANN401, D102
            kwargs = unbound_field.kwargs
            if not issubclass(unbound_field.field_class, (FormField, FieldList)):
                options["filters"] = [_trim, *kwargs.pop("filters", [])]
            bound: Field = unbound_field.bind(form=form, **options)
            return bound

    form_problems: list[str]

    def validate(self, extra_validators: Any = None) -> bool:  # noqa: ANN401 - as WTForms has it
        """Tell whether the form can be used; a stale page is a problem of the whole form."""
        self.form_problems = []
        fields_are_fine = super().validate(extra_validators)
        if not csrf.is_token_valid():
            self.form_problems.append(_("页面打开太久了。您填的内容都在，请再按一次提交。"))
            return False
        return bool(fields_are_fine)

    def blame(self, field: str, message: str) -> None:
        """Show a message as this field's error."""
        self[field].errors = [*self[field].errors, message]

    def refuse(self, message: str) -> None:
        """Show a message as a problem of the whole form."""
        self.form_problems = [*getattr(self, "form_problems", []), message]


class ActionForm(Form):
    """A button: nothing to fill in, only the token that shows it was pressed here."""


class OnceForm(Form):
    """A form whose second submit gets the first one's answer (see core/once.py)."""

    request_key = HiddenField(default=lambda: uuid.uuid4().hex)


class DigitsField(StringField):
    """Text made of digits, also when typed full-width or with spaces and hyphens."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the text with full-width digits made ordinary and separators dropped."""
        super().process_formdata(valuelist)
        if isinstance(self.data, str):
            self.data = re.sub(r"[\s\-()（）]", "", normalise(self.data))


def _whole_number(text: str) -> int | None:
    try:
        return int(text)
    except ValueError:
        return None


class WholeNumberField(IntegerField):
    """A whole number, also when typed with full-width digits."""

    too_odd: ClassVar[str] = _l("请填写一个整数，例如 3")

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the number.

        Raises:
            ValueError: It is not a whole number.
        """
        if not valuelist or not str(valuelist[0]).strip():
            self.data = None
            return
        self.data = _whole_number(normalise(str(valuelist[0])))
        if self.data is None:
            raise ValueError(str(self.too_odd))

    def post_validate(self, form: BaseForm, validation_stopped: bool) -> None:
        """Refuse what no column can keep, after a bound of the field's own had its word.

        Raises:
            ValidationError: It is too large.
        """
        if not self.errors and self.data is not None and abs(self.data) > LARGEST:
            raise ValidationError(str(self.too_odd))


class LocalMomentField(StringField):
    """Day and time in the city's time zone, as browsers' datetime-local inputs send it."""

    widget = TextInput(input_type="datetime-local")
    data: Any

    def _value(self) -> str:
        if isinstance(self.data, datetime):
            return f"{self.data.astimezone(LOCAL):%Y-%m-%dT%H:%M}"
        return str(self.raw_data[0]) if self.raw_data else ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the moment, aware.

        Raises:
            ValueError: It is no day and time.
        """
        text = normalise(str(valuelist[0])) if valuelist else ""
        self.data = None
        if not text:
            return
        for pattern in ("%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M"):
            try:
                moment = datetime.strptime(text, pattern).replace(tzinfo=LOCAL)
            except ValueError:
                continue
            if moment.year in _YEARS:
                self.data = moment
                return
        raise ValueError(_("请填写日期和时间，例如 2026-12-05 09:00"))


class DayField(StringField):
    """A day, as browsers' date inputs send it, or as people write it: 2026/12/5."""

    widget = TextInput(input_type="date")
    data: Any

    def _value(self) -> str:
        if isinstance(self.data, date):
            return self.data.isoformat()
        return str(self.raw_data[0]) if self.raw_data else ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the day.

        Raises:
            ValueError: It is no day.
        """
        text = normalise(str(valuelist[0])) if valuelist else ""
        self.data = None
        if not text:
            return
        try:
            self.data = date(*map(int, re.split(r"[-/.]", text)))
        except (TypeError, ValueError, OverflowError):
            raise ValueError(_("请填写日期，例如 2026-12-05")) from None


class OneOfField(SelectField):
    """One of a list, with an error that says what to do."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as WTForms has it
        super().__init__(*args, **kwargs)
        self.invalid_value_message = self.invalid_choice_message = _l("请从列表里选择一项")


class OneButtonField(RadioField):
    """One of a few, shown as large buttons."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as WTForms has it
        super().__init__(*args, **kwargs)
        self.invalid_value_message = self.invalid_choice_message = _l("请从列表里选择一项")

    def pre_validate(self, form: BaseForm) -> None:
        """Leave it to the field's own words to say that nothing was chosen."""
        if self.data or not self.flags.required:
            super().pre_validate(form)


class ChipsField(SelectMultipleField):
    """Several of a list, shown as pills."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as WTForms has it
        super().__init__(*args, **kwargs)
        self.invalid_value_message = self.invalid_choice_message = _l("请从列表里选择")


def mobile(_form: object, field: Field) -> None:
    """Accept a mainland mobile number.

    Raises:
        ValidationError: It is something else.
    """
    if field.data and not _MOBILE.fullmatch(field.data):
        raise ValidationError(_("请填写 11 位手机号，例如 138 0013 8000"))


def landline_or_mobile(_form: object, field: Field) -> None:
    """Accept any number that can be called in the country.

    Raises:
        ValidationError: It is something else.
    """
    if field.data and not re.fullmatch(r"[0-9]{7,12}", field.data):
        raise ValidationError(_("请填写手机号，或带区号的座机号，例如 0415-2123456"))


class Filled:
    """Require something visible, and say what to fill in."""

    field_flags: ClassVar[dict[str, bool]] = {"required": True}

    def __init__(self, message: Any) -> None:  # noqa: ANN401 - text or lazy text
        self.message = message

    def __call__(self, _form: object, field: Field) -> None:
        """Stop at an empty field."""
        if field.data is None or field.data in ("", [], ()):
            if field.errors:
                raise StopValidation
            raise StopValidation(str(self.message))
