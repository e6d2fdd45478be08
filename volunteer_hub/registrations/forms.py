from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from volunteer_hub.catalogue import queries as catalogue
from volunteer_hub.core.forms import (
    DigitsField,
    Filled,
    Form,
    OnceForm,
    WholeNumberField,
    landline_or_mobile,
)
from volunteer_hub.core.i18n import language
from volunteer_hub.core.text import normalise
from volunteer_hub.registrations.queries import Filter
from volunteer_hub.registrations.rules import MOST_COMPANIONS, RegistrationDraft

LONGEST_NAME = 60


def short_name(_form: object, field: Field) -> None:
    """Accept a name that fits as it will be written: plainly, some signs are several letters.

    Raises:
        ValidationError: It is too long.
    """
    if len(normalise(field.data or "")) > LONGEST_NAME:
        raise ValidationError(_("姓名最多 60 个字"))


def age_bands() -> list[tuple[str, str]]:
    """Return the ages to choose from, not saying first."""
    return [("", _("不填")), *catalogue.choices("age_band", language()).items()]


class RegistrationForm(OnceForm):
    """What an attendee fills in; the event decides which of the fields are there."""

    name = StringField(_l("您的姓名"), [Optional(), short_name])
    phone = DigitsField(
        _l("您的电话"),
        [Optional(), landline_or_mobile],
        description=_l("只用来告诉您活动有没有变动，别人看不到。"),
    )
    companions = WholeNumberField(
        _l("还有几位和您一起来？"), [Optional(), NumberRange(0)], default=0
    )
    age_band = SelectField(
        _l("您的年龄段"), [Optional()], description=_l("只用于统计，不对应到个人。")
    )

    @classmethod
    def for_event(
        cls, *, asks_name: str, asks_phone: str, max_companions: int, **known: str | None
    ) -> RegistrationForm:
        """Return the form with only what this event asks.

        Args:
            asks_name: no, optional or required.
            asks_phone: no, optional or required.
            max_companions: How many may come along; 0 leaves the question out.
            known: What is known of a signed-in person.
        """
        form = cls(data=known or None)
        form.age_band.choices = age_bands()
        _ask(form, "name", asks_name, _("请填写姓名，签到时好找到您"))
        _ask(form, "phone", asks_phone, _("请填写电话，活动有变动时好告诉您"))
        if max_companions:
            form.companions.validators = [
                Optional(),
                NumberRange(0, max_companions, _("最多可以带 %(most)s 位", most=max_companions)),
            ]
            form.companions.description = _("包括孩子和家人，最多 %(most)s 位", most=max_companions)
        else:
            del form.companions
        return form

    def draft(self) -> RegistrationDraft:
        """Return what was filled in, as the plain value that actions take."""
        return RegistrationDraft(
            name=self.name.data if "name" in self else None,
            phone=self.phone.data if "phone" in self else None,
            age_band=self.age_band.data,
            companions=(self.companions.data or 0) if "companions" in self else 0,
        )


def _ask(form: Form, field: str, how: str, message: str) -> None:
    """Leave a field out, or make it a must."""
    if how == "no":
        del form[field]
    elif how == "required":
        kept = [rule for rule in form[field].validators if not isinstance(rule, Optional)]
        form[field].validators = [Filled(message), *kept]
        form[field].flags.optional = None
        form[field].flags.required = True


class FewerForm(Form):
    """How many come along after all: fewer than before."""

    companions = WholeNumberField(
        _l("还有几位和您一起来？"), [InputRequired(_l("没有人一起来就填 0"))]
    )

    @classmethod
    def below(cls, companions: int) -> FewerForm:
        """Return the form for somebody who registered so many companions."""
        form = cls(data={"companions": max(0, companions - 1)})
        message = _(
            "请填写 0 到 %(most)s 之间的数；要多带人，请另外报名", most=max(0, companions - 1)
        )
        form.companions.validators = [
            *form.companions.validators,
            NumberRange(0, max(0, companions - 1), message),
        ]
        return form


class PhoneBookingForm(OnceForm):
    """What the organiser notes on the telephone."""

    name = StringField(_l("来人的姓名"), [Filled(_l("请填写姓名，签到时好找到这位")), short_name])
    phone = DigitsField(
        _l("电话"), [Optional(), landline_or_mobile], description=_l("活动有变动时发短信告诉这位。")
    )
    companions = WholeNumberField(
        _l("还有几位一起来？"),
        [
            InputRequired(_l("没有人一起来就填 0")),
            NumberRange(0, MOST_COMPANIONS, _l("请填写 0 到 9 之间的数")),
        ],
        default=0,
    )
    age_band = SelectField(_l("年龄段"), [Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as WTForms has it
        super().__init__(*args, **kwargs)
        self.age_band.choices = age_bands()

    def draft(self) -> RegistrationDraft:
        """Return what was filled in, as the plain value that actions take."""
        return RegistrationDraft(
            name=self.name.data,
            phone=self.phone.data,
            age_band=self.age_band.data,
            companions=self.companions.data or 0,
        )


class PromoteForm(Form):
    """Why somebody gets a place before their turn."""

    reason = StringField(
        _l("原因"),
        [Filled(_l("请写明原因，别人问起来好说明")), Length(max=200)],
        description=_l("只有工作人员看得到，例如：行动不便，已和前面的人商量过。"),
    )


class FilterForm(Form):
    """What the organiser looks for in the list; in the address, not in a body."""

    q = StringField(_l("姓名、拼音或电话尾号"), [Length(max=LONGEST_NAME)])
    state = SelectField(_l("状态"), default="confirmed")
    channel = SelectField(_l("来源"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as WTForms has it
        super().__init__(*args, **kwargs)
        self.state.choices = [
            ("confirmed", _("有效")),
            ("waiting", _("候补")),
            ("cancelled", _("已取消")),
            ("all", _("全部")),
        ]
        self.channel.choices = [
            ("", _("全部")),
            ("web", _("网上报名")),
            ("phone", _("电话报名")),
            ("walk_in", _("现场登记")),
            ("poster", _("扫海报签到")),
        ]

    def chosen(self, *, page: int) -> Filter:
        """Return what to show; what is not among the choices counts as not chosen."""
        state = _among(self.state, "confirmed")
        return Filter(
            text=(self.q.data or "")[:LONGEST_NAME],
            state="" if state == "all" else state,
            channel=_among(self.channel, ""),
            page=page,
        )


def _among(field: SelectField, otherwise: str) -> str:
    known = {value for value, *_label in field.iter_choices()}
    return str(field.data) if field.data in known else otherwise
