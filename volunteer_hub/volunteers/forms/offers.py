"""Becoming a volunteer: who one is and what one offers."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, HiddenField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than stubs
from wtforms.validators import Length, Optional, ValidationError

from volunteer_hub.accounts import rules as people
from volunteer_hub.accounts.forms import ContactField, contact
from volunteer_hub.core.forms import (
    ChipsField,
    DigitsField,
    Filled,
    Form,
    OnceForm,
    OneButtonField,
    OneOfField,
)
from volunteer_hub.regions import queries as regions
from volunteer_hub.volunteers import rules
from volunteer_hub.volunteers.forms.fields import SkillsField, YearField, is_name
from volunteer_hub.volunteers.rules import Cell, VolunteerDraft

WEEKDAYS: Final = (
    _l("周一"), _l("周二"), _l("周三"), _l("周四"), _l("周五"), _l("周六"), _l("周日"),
)  # fmt: skip
PERIODS: Final = {
    rules.Period.MORNING: _l("上午"),
    rules.Period.AFTERNOON: _l("下午"),
    rules.Period.EVENING: _l("晚上"),
}
QUICK: Final = (
    SelectChoice("weekend", _l("周末白天")),
    SelectChoice("evenings", _l("平时晚上")),
    SelectChoice("days", _l("平时白天")),
)
RADII: Final = (
    SelectChoice("10", _l("本乡镇附近（10 公里）")),
    SelectChoice("30", _l("30 公里以内")),
    SelectChoice("60", _l("60 公里以内")),
    SelectChoice("120", _l("全市都可以")),
)
MONTHS: Final = tuple(SelectChoice(str(month), str(month)) for month in range(1, 13))
LEVELS: Final = ((0, _l("不选")), (1, _l("会一点")), (2, _l("熟练")), (3, _l("能带队")))


class NameFields(Form):
    """What someone is called."""

    name = StringField(
        _l("您的姓名"),
        [
            Filled(_l("请填写姓名")),
            Length(max=people.LONGEST_NAME, message=_l("姓名最多 30 个字")),
            is_name,
        ],
    )


class ContactFields(Form):
    """How someone is reached."""

    contact = ContactField(
        _l("手机号"),
        [Filled(_l("请填写手机号或邮箱")), contact],
        description=_l("用来登录和接收通知，不会公开。没有手机号可以填邮箱。"),
    )


class OfferFields(Form):
    """What a volunteer offers; the day it is filled in decides on ages."""

    today: date

    home = OneOfField(_l("住在哪里"), [Filled(_l("请选择您住的乡镇或街道"))], choices=[])
    birth_year = YearField(_l("出生年份"), [Optional()])
    birth_month = OneOfField(
        _l("出生月份"),
        [Optional()],
        choices=[SelectChoice("", _l("请选择")), *MONTHS],
    )
    skills = SkillsField(_l("您会做什么"))
    free_quick = ChipsField(_l("一般什么时候有空"), choices=QUICK)
    free = ChipsField(_l("按天选"), [Optional()], choices=[])
    radius = OneButtonField(
        _l("愿意走多远"),
        [Filled(_l("请选择愿意走多远"))],
        choices=RADII,
        default=str(rules.USUAL_RADIUS_KM),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.today = today
        self.home.choices = [
            SelectChoice("", _("请选择")),
            *(
                SelectChoice(
                    node.code,
                    node.short_name,
                    render_kw={"data-search": f"{node.pinyin} {node.initials}"},
                    optgroup=county,
                )
                for county, townships in regions.townships_by_county().items()
                for node in townships
            ),
        ]
        self.free.choices = [
            SelectChoice(rules.cell_code((day, period)), PERIODS[period])
            for day, period in rules.all_cells()
        ]

    def validate_birth_year(self, field: Field) -> None:
        """Accept a year someone can be born in.

        Raises:
            ValidationError: It is in the future, or more than a lifetime ago.
        """
        if field.data is not None and not rules.is_birth_possible(
            self.today, field.data, self.month
        ):
            raise ValidationError(_("请填写四位数的年份，例如 1985"))

    def validate_birth_month(self, field: Field) -> None:
        """Ask for the year too.

        Raises:
            ValidationError: There is a month without a year.
        """
        if self.month is not None and self.birth_year.data is None and not self.birth_year.errors:
            raise ValidationError(_("请把出生年份也填上，或都不填"))

    def validate_free_quick(self, field: Field) -> None:
        """Ask for some time.

        Raises:
            ValidationError: Nothing is ticked here nor by day.
        """
        if not self.cells:
            raise ValidationError(_("请至少选一个有空的时间，以后随时能改"))

    @property
    def month(self) -> int | None:
        """The month of birth, if one was chosen."""
        text = self.birth_month.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) <= 2 else None

    @property
    def cells(self) -> frozenset[Cell]:
        """Every part of the week that was ticked, one by one or many at once."""
        single = {cell for code in self.free.data or () if (cell := rules.read_cell(code))}
        return frozenset(single).union(
            *(rules.QUICK[code] for code in self.free_quick.data or () if code in rules.QUICK)
        )

    def _offered(self) -> dict[str, Any]:
        return {
            "home_region_id": regions.region_by_code(self.home.data or "").id,
            "cells": self.cells,
            "skills": self.skills.data,
            "travel_radius_km": int(self.radius.data),
            "birth_year": self.birth_year.data,
            "birth_month": self.month if self.birth_year.data is not None else None,
        }


class JoinForm(NameFields, ContactFields, OfferFields, OnceForm):
    """Someone becomes a volunteer."""

    agrees = BooleanField(_l("我已看过并同意志愿服务须知和个人信息保护政策"))
    next = HiddenField()
    who = HiddenField()
    code = DigitsField(_l("验证码"), [Optional()])

    def validate_agrees(self, field: Field) -> None:
        """Require the tick.

        Raises:
            ValidationError: It is not there.
        """
        if not field.data:
            raise ValidationError(_("请看过须知，同意后在这里打勾"))

    def draft(self) -> VolunteerDraft:
        """Return what was filled in, as the plain value that actions take."""
        return VolunteerDraft(**self._offered())
