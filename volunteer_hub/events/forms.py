from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any, Final

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    RadioField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than stubs
from wtforms.validators import NumberRange, Optional
from wtforms.widgets import HiddenInput

from volunteer_hub.core.formats import local
from volunteer_hub.core.forms import (
    ChipsField,
    DayField,
    DigitsField,
    Filled,
    Form,
    LocalMomentField,
    OnceForm,
    OneOfField,
    WholeNumberField,
    landline_or_mobile,
)
from volunteer_hub.events import rules
from volunteer_hub.events.drafts import EventDraft, PostDraft, ShiftDraft
from volunteer_hub.events.fields import (
    UntilPublished,
    at_most,
    code_or_none,
    language_choices,
    number_or_none,
    organisation_choices,
    shown,
    skill_choices,
    words,
)
from volunteer_hub.events.needs import PostNeeds, needs_values
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.regions.forms import VenueField

ASKS: Final = (
    SelectChoice("no", _l("不问")),
    SelectChoice("optional", _l("可填可不填")),
    SelectChoice("required", _l("必须填写")),
)
LEVELS: Final = (
    SelectChoice(1, _l("会一点")),
    SelectChoice(2, _l("熟练")),
    SelectChoice(3, _l("能带队")),
)


class EventFields(Form):
    """What can be said about an event; the fields are named like those of ``EventDraft``."""

    asks_for_organisation: bool

    organisation_id = OneOfField(
        _l("主办单位"), [Filled(_l("请选择主办单位"))], coerce=number_or_none, choices=[]
    )
    title = StringField(_l("活动名称"), [Filled(_l("请填写活动名称")), at_most(rules.MAX_TITLE)])
    starts_at = LocalMomentField(_l("开始时间"), [Filled(_l("请选择开始时间"))])
    ends_at = LocalMomentField(_l("结束时间"), [Filled(_l("请选择结束时间"))])
    venue_id = VenueField(
        _l("活动地点"),
        [UntilPublished()],
        description=_l("写校名、村名或拼音首字母都可以，例如：通远堡小学、tyb"),
    )
    summary = TextAreaField(
        _l("活动介绍"),
        [Optional(), at_most(2000)],
        description=_l("两三句话，让人知道来了能看到什么"),
    )
    audience_codes = ChipsField(_l("面向哪些人"), [Optional()], choices=[])
    language_codes = ChipsField(
        _l("用什么语言"), [Optional()], choices=[], description=_l("只讲普通话就不用选")
    )
    theme_code = OneOfField(_l("主题"), [Optional()], coerce=code_or_none, choices=[])
    form_code = OneOfField(_l("活动形式"), [Optional()], coerce=code_or_none, choices=[])
    topic = StringField(
        _l("讲什么"),
        [UntilPublished(), at_most(120)],
        description=_l("像说话一样写，例如“微信怎么和孙子视频”"),
    )
    speaker_name = StringField(_l("谁来讲"), [UntilPublished(), at_most(60)])
    speaker_title = StringField(
        _l("主讲人介绍"),
        [Optional(), at_most(80)],
        description=_l("单位或职务，例如：凤城市医院退休医生"),
    )
    meeting_point = StringField(
        _l("志愿者集合地点"),
        [Optional(), at_most(200)],
        description=_l("例如：学校正门，7:30 大篷车发车"),
    )
    what_to_bring = StringField(_l("需要带什么"), [Optional(), at_most(300)])
    risk_notice = TextAreaField(_l("安全提醒"), [Optional(), at_most(1000)])
    contact_name = StringField(_l("联系人"), [Optional(), at_most(60)])
    contact_phone = DigitsField(
        _l("联系电话"),
        [UntilPublished(), landline_or_mobile],
        description=_l("会写在活动页和海报上，请填当天打得通的号码"),
        render_kw={"type": "tel", "inputmode": "tel", "autocomplete": "tel"},
    )
    is_registration_open = BooleanField(
        _l("请群众提前报名"), description=_l("不勾选也可以直接来，现场签到")
    )
    capacity = WholeNumberField(
        _l("报名名额"),
        [
            Optional(),
            NumberRange(
                1,
                rules.MAX_CAPACITY,
                _l("请填写 1 到 %(most)s 之间的数", most=rules.MAX_CAPACITY),
            ),
        ],
        description=_l("不填就是不限人数"),
    )
    max_companions = WholeNumberField(
        _l("一个人最多带几位同伴"),
        [
            NumberRange(
                0,
                rules.MAX_COMPANIONS,
                _l("请填写 0 到 %(most)s 之间的数", most=rules.MAX_COMPANIONS),
            )
        ],
        default=0,
    )
    asks_name = OneOfField(_l("报名时问姓名吗"), choices=ASKS, default="optional")
    asks_phone = OneOfField(_l("报名时问电话吗"), choices=ASKS, default="optional")
    is_elder_friendly = BooleanField(
        _l("方便老年人参加"), description=_l("海报二维码直接打开长辈版，大字、少填")
    )

    def offer(self, scope: Scope, *, own_organisation_id: int | None = None) -> None:
        """Fill the lists to choose from.

        Args:
            scope: Whose organisations are offered.
            own_organisation_id: The event's organisation so far, offered in any case.
        """
        choices = organisation_choices(scope, own_organisation_id)
        self.asks_for_organisation = len(choices) != 1
        if self.asks_for_organisation:
            choices.insert(0, SelectChoice("", _("请选择主办单位")))
        else:
            self.organisation_id.data = choices[0].value
        self.organisation_id.choices = choices
        self.audience_codes.choices = words("audience", self.audience_codes.data)
        self.language_codes.choices = language_choices(self.language_codes.data)
        not_said = SelectChoice("", _("不指定"))
        self.theme_code.choices = [not_said, *words("theme", [self.theme_code.data])]
        self.form_code.choices = [not_said, *words("form", [self.form_code.data])]

    def draft(self) -> EventDraft:
        """Return what was filled in, as the plain value that actions take."""
        values = {field.name: self[field.name].data for field in fields(EventDraft)}
        texts = {name: value or "" for name, value in values.items() if name in _TEXTS}
        several = ("audience_codes", "language_codes")
        codes = {name: tuple(self[name].data or ()) for name in several}
        return EventDraft(**values | texts | codes)

    def differences(self, saved: EventDraft) -> list[tuple[str, str]]:
        """Return (label, saved value) of everything that is saved otherwise than filled in here."""
        typed = self.draft()
        return [
            (self[field.name].label.text, shown(self[field.name], getattr(saved, field.name)))
            for field in fields(EventDraft)
            if getattr(typed, field.name) != getattr(saved, field.name)
        ]


# Texts that may be left empty; WTForms gives None for those a request does not name.
_TEXTS: Final = frozenset(field.name for field in fields(EventDraft) if field.default == "")


class NewEventForm(EventFields, OnceForm):
    """A new event. It remembers what it offered, so an untouched end moves along with the start."""

    offered_start = LocalMomentField(widget=HiddenInput(), render_kw={"type": "hidden"})
    offered_end = LocalMomentField(widget=HiddenInput(), render_kw={"type": "hidden"})

    def draft(self) -> EventDraft:
        """Return what was filled in, as the plain value that actions take."""
        self.ends_at.data = rules.end_that_goes_along(
            starts_at=self.starts_at.data,
            ends_at=self.ends_at.data,
            offered_start=self.offered_start.data,
            offered_end=self.offered_end.data,
        )
        return super().draft()


class SeriesForm(OnceForm):
    """How often the same event is held, and until when."""

    frequency = RadioField(
        _l("怎么重复"),
        choices=[
            SelectChoice("weekly", _l("每几周，在选定的星期几")),
            SelectChoice("monthly", _l("每几个月，在同一个星期几，例如第二个周二")),
        ],
        default="weekly",
    )
    every = WholeNumberField(
        _l("隔几周或几个月"),
        [
            Filled(_l("请填写 1 到 %(most)s 之间的数", most=rules.MAX_EVERY)),
            NumberRange(
                1, rules.MAX_EVERY, _l("请填写 1 到 %(most)s 之间的数", most=rules.MAX_EVERY)
            ),
        ],
        default=1,
        description=_l("1 是每周（每月），2 是隔一周（隔一个月）"),
    )
    weekdays = ChipsField(
        _l("星期几"),
        [Optional()],
        choices=[
            SelectChoice(str(number), label)
            for number, label in enumerate(
                (_l("周一"), _l("周二"), _l("周三"), _l("周四"), _l("周五"), _l("周六"), _l("周日"))
            )
        ],
        description=_l("按周重复时才用"),
    )
    until = DayField(_l("到哪天为止"), [Filled(_l("请写明到哪天为止，不能没有尽头"))])
    skips_holidays = BooleanField(_l("法定节假日不排"), default=True)

    def rule(self, first: datetime) -> str:
        """Return the rule as RFC 5545 writes it; without a weekday it is the first event's."""
        every, until = self.every.data or 1, self.until.data
        if self.frequency.data == "monthly":
            return rules.monthly(first, every, until)
        known = {str(number) for number in range(7)}  # an empty first choice hides odd ones
        days = [int(number) for number in self.weekdays.data or () if number in known]
        return rules.weekly(every, days or [local(first).weekday()], until)


class EditEventForm(EventFields):
    """An event that exists, with the version that was seen."""

    version = WholeNumberField(widget=HiddenInput())
    moves_shifts = BooleanField(
        _l("班次一起移动"),
        default=True,
        description=_l("改了开始时间时，各班次往前或往后移动同样的时间"),
    )

    reach = RadioField(
        _l("改哪些"),
        choices=[
            SelectChoice("one", _l("只改这一场")),
            SelectChoice("following", _l("这一场和以后的")),
            SelectChoice("all", _l("系列里还没办的全部")),
        ],
        default="one",
        description=_l("时间改多少，别的场次也跟着改多少；已经办过的不变"),
    )

    def accept_newer(self, version: int) -> None:
        """Let the next submit win over the version that was saved in between."""
        self.version.raw_data = None
        self.version.data = version


class ShiftForm(Form):
    """A shift of an event."""

    title = StringField(
        _l("班次名称"),
        [Filled(_l("请填写班次名称，例如“上午场”")), at_most(rules.MAX_SHIFT_TITLE)],
    )
    starts_at = LocalMomentField(_l("开始时间"), [Filled(_l("请选择开始时间"))])
    ends_at = LocalMomentField(_l("结束时间"), [Filled(_l("请选择结束时间"))])

    def draft(self) -> ShiftDraft:
        """Return what was filled in, as the plain value that actions take."""
        return ShiftDraft(
            title=self.title.data or "",
            starts_at=self.starts_at.data,
            ends_at=self.ends_at.data,
        )


class NewShiftForm(ShiftForm, OnceForm):
    """A new shift."""


class SkillRow(wtforms.Form):
    """One skill that a post needs; an empty row asks for nothing."""

    code = OneOfField(_l("技能"), [Optional()], coerce=code_or_none, choices=[])
    level = OneOfField(_l("熟练程度"), coerce=number_or_none, choices=LEVELS, default=1)


class PostForm(PostNeeds):
    """A post of a shift."""

    title = StringField(
        _l("岗位名称"),
        [Filled(_l("请填写岗位名称，例如“展品讲解”")), at_most(rules.MAX_POST_TITLE)],
    )
    min_people = WholeNumberField(
        _l("最少需要几人"),
        [
            Filled(_l("请填写最少需要几人，可以是 0")),
            NumberRange(
                0, rules.MAX_PEOPLE, _l("请填写 0 到 %(most)s 之间的数", most=rules.MAX_PEOPLE)
            ),
        ],
        default=1,
        description=_l("少于这个数，会提醒您还缺人"),
    )
    max_people = WholeNumberField(
        _l("最多几人"),
        [
            Filled(_l("请填写最多几人")),
            NumberRange(
                1, rules.MAX_PEOPLE, _l("请填写 1 到 %(most)s 之间的数", most=rules.MAX_PEOPLE)
            ),
        ],
        default=2,
        description=_l("报满后不再接受报名"),
    )
    duties = TextAreaField(_l("做什么"), [Optional(), at_most(300)])
    skills = FieldList(
        FormField(SkillRow), min_entries=rules.MAX_SKILLS, max_entries=rules.MAX_SKILLS
    )

    def offer(self) -> None:
        """Fill the lists of skills to choose from."""
        for row in self.skills:
            code: Any = row.form["code"]
            code.choices = skill_choices(code.data)

    def draft(self) -> PostDraft:
        """Return what was filled in, as the plain value that actions take."""
        rows = [(row.form["code"].data, row.form["level"].data or 1) for row in self.skills]
        return PostDraft(
            title=self.title.data or "",
            min_people=self.min_people.data or 0,
            max_people=self.max_people.data or 0,
            duties=self.duties.data or "",
            skills=tuple((code, level) for code, level in rows if code),
            **self.needs(),
        )


class NewPostForm(PostForm, OnceForm):
    """A new post."""


class CancelForm(Form):
    """Why an event is called off, for those who signed up."""

    reason = TextAreaField(
        _l("为什么取消"),
        [Filled(_l("请写明原因，我们会转告已报名的人")), at_most(200)],
        description=_l("一句话就好，例如：受台风影响，学校停课"),
    )


def post_values(draft: PostDraft) -> dict[str, Any]:
    """Return a saved post as the values a form starts from."""
    rows: list[dict[str, Any]] = [{"code": code, "level": level} for code, level in draft.skills]
    return {
        "title": draft.title,
        "min_people": draft.min_people,
        "max_people": draft.max_people,
        "duties": draft.duties,
        "skills": rows,
        **needs_values(draft),
    }
