from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than stubs
from wtforms.validators import Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from volunteer_hub.accounts import rules as people
from volunteer_hub.accounts.forms import ContactField, contact
from volunteer_hub.catalogue import queries as catalogue
from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.formats import day as written_day
from volunteer_hub.core.forms import Filled, Form, OnceForm, WholeNumberField
from volunteer_hub.core.text import normalise
from volunteer_hub.regions import queries as regions
from volunteer_hub.volunteers import rules
from volunteer_hub.volunteers.models import Volunteer
from volunteer_hub.volunteers.rules import Cell, VolunteerDraft, Window

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


class ProfileForm(NameFields, OfferFields):
    """A volunteer changes what they offer."""

    max_hours = WholeNumberField(
        _l("每周最多做几个小时"),
        [
            Filled(_l("请填写小时数")),
            wtforms.validators.NumberRange(
                1, rules.MOST_HOURS_WEEK, _l("请填写 1 到 60 之间的整数")
            ),
        ],
    )
    is_paused = BooleanField(
        _l("暂停一段时间"),
        description=_l("暂停后不再收到邀请，已经答应的活动不受影响；随时可以恢复。"),
    )
    refuses_suggestions = BooleanField(
        _l("不接受系统推荐"),
        description=_l("勾选后，系统不会把您推荐给活动负责人，也不给您推荐活动；您仍可自己报名。"),
    )
    days_off = ChipsField(_l("已经说过不能来的日子"), [Optional()], choices=[])
    off_from = DayField(_l("不能来的日子，从"), [Optional()])
    off_to = DayField(_l("到"), description=_l("只有一天的，不用填"))

    def __init__(self, *args: Any, known_days_off: list[date], **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.days_off.choices = [
            SelectChoice(f"{day:%Y-%m-%d}", written_day(day)) for day in known_days_off
        ]

    def validate_off_to(self, field: DayField) -> None:
        """Accept a stretch of at most three months from today on.

        Raises:
            ValidationError: It is over, ends before it starts, or is very long.
        """
        first, last = self.off_from.day or field.day, field.day or self.off_from.day
        if first is None or last is None:
            return
        if last < first:
            raise ValidationError(_("结束的日子不能早于开始的日子"))
        if last < self.today:
            raise ValidationError(_("这些日子已经过去了，不用填写"))
        if (last - first).days >= rules.MOST_DAYS_AWAY or (first - self.today).days > 366:
            raise ValidationError(_("一次最多填三个月；要歇更久，请勾选“暂停一段时间”"))

    def draft(self) -> VolunteerDraft:
        """Return what was filled in, as the plain value that actions take."""
        kept = [date.fromisoformat(text) for text in self.days_off.data or ()]
        added = rules.days_away(self.off_from.day, self.off_to.day)
        return VolunteerDraft(
            **self._offered(),
            max_hours_week=self.max_hours.data or rules.USUAL_HOURS_WEEK,
            is_paused=self.is_paused.data,
            accepts_suggestions=not self.refuses_suggestions.data,
            days_off=sorted({*kept, *(day for day in added if day >= self.today)}),
        )


def shown_profile(volunteer: Volunteer, name: str, *, today: date) -> Mapping[str, Any]:
    """Return what a volunteer's profile form shows before anything is changed."""
    windows = [
        Window(each.weekday, each.starts_minute, each.ends_minute) for each in volunteer.windows
    ]
    return {
        "name": name,
        "home": regions.region(volunteer.home_region_id).code,
        "birth_year": volunteer.birth_year,
        "birth_month": str(volunteer.birth_month or ""),
        "skills": {skill.skill_code: skill.level for skill in volunteer.skills},
        "free": [rules.cell_code(cell) for cell in rules.cells_of(windows)],
        "radius": str(rules.radius_choice(volunteer.travel_radius_km)),
        "max_hours": volunteer.max_hours_week,
        "is_paused": volunteer.is_paused,
        "refuses_suggestions": not volunteer.accepts_suggestions,
        "days_off": [f"{day.off_on:%Y-%m-%d}" for day in volunteer.days_off if day.off_on >= today],
    }


class VolunteerFilterForm(wtforms.Form):
    """What narrows the list of volunteers down; it changes nothing, so it carries no token."""

    q = StringField(_l("姓名"), [Length(max=60)])
    skill = SelectField(_l("特长"), validate_choice=False)
    place = SelectField(_l("住在"), validate_choice=False)
