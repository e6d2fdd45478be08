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
from volunteer_hub.core.formats import day
from volunteer_hub.core.forms import (
    Filled,
    Form,
    LocalMomentField,
    OnceForm,
    OneButtonField,
    OneOfField,
    WholeNumberField,
)
from volunteer_hub.core.i18n import language
from volunteer_hub.core.text import normalise
from volunteer_hub.events.models import Event
from volunteer_hub.recognition import rules
from volunteer_hub.recognition.actions import HoursDraft, possible_answers
from volunteer_hub.recognition.actions.claims import ClaimDraft
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
        possible = possible_answers(row)
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


_TOO_LONG = Length(max=300, message=_l("请写在 300 字以内"))


class LeavingForm(Form):
    """When somebody left whom nobody checked out."""

    left_at = LocalMomentField(_l("您几点离开"), [Filled(_l("请填写离开的时间"))])


class ClaimForm(OnceForm):
    """Hours that no scan proves, asked for by the volunteer."""

    event = OneOfField(_l("哪场活动"), [Filled(_l("请选择活动"))], choices=[])
    starts_at = LocalMomentField(_l("从什么时候"), [Filled(_l("请填写开始的时间"))])
    ends_at = LocalMomentField(_l("到什么时候"), [Filled(_l("请填写结束的时间"))])
    content = StringField(
        _l("做了什么"),
        [Filled(_l("请写做了什么，例如：布展")), Length(max=60, message=_l("请写在 60 字以内"))],
    )
    reason = TextAreaField(_l("为什么没有签到记录"), [Filled(_l("请写明原因")), _TOO_LONG])
    evidence = TextAreaField(
        _l("有什么可以证明"),
        [Filled(_l("请写谁在场、哪里有照片或记录")), _TOO_LONG],
        description=_l("例如：队长周望星在场；合影在群里。不用上传照片。"),
    )

    @classmethod
    def opened(cls, events: list[Event]) -> ClaimForm:
        """Return the form with the events there are to choose from."""
        form = cls()
        form.event.choices = [SelectChoice("", _("请选择"))] + [
            SelectChoice(str(event.id), f"{day(event.starts_at)} {event.title}") for event in events
        ]
        return form

    def draft(self) -> ClaimDraft:
        """Return what was filled in."""
        return ClaimDraft(
            wanted=rules.Wanted(self.starts_at.data, self.ends_at.data),
            content=self.content.data or "",
            reason=self.reason.data or "",
            evidence=self.evidence.data or "",
        )


class AnswerForm(Form):
    """Why hours are refused or taken back."""

    answer = TextAreaField(_l("原因"), [Filled(_l("请写明原因，志愿者会看到")), _TOO_LONG])


class ObjectionForm(Form):
    """What somebody objects to."""

    text = TextAreaField(_l("您的异议"), [Filled(_l("请写明哪里不对")), _TOO_LONG])


class SettleForm(Form):
    """Whether an objection is right."""

    verdict = OneButtonField(
        _l("异议是否成立"),
        [Filled(_l("请选择"))],
        choices=[
            SelectChoice("upheld", _l("成立，不予补录")),
            SelectChoice("dismissed", _l("不成立，继续公示")),
        ],
    )
