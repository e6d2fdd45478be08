"""A volunteer's own profile: everything they offer, and when they want to be left alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than stubs
from wtforms.validators import NumberRange, Optional, ValidationError

from volunteer_hub.catalogue import queries as catalogue
from volunteer_hub.core.formats import day as written_day
from volunteer_hub.core.forms import ChipsField, DayField, Filled, WholeNumberField
from volunteer_hub.core.i18n import language
from volunteer_hub.programmes import queries as programmes
from volunteer_hub.regions import queries as regions
from volunteer_hub.volunteers import rules
from volunteer_hub.volunteers.forms.offers import PERIODS, NameFields, OfferFields
from volunteer_hub.volunteers.models import Volunteer
from volunteer_hub.volunteers.rules import Hours, VolunteerDraft, Window, WishKind


class ProfileForm(NameFields, OfferFields):
    """A volunteer changes what they offer."""

    max_hours = WholeNumberField(
        _l("每周最多做几个小时"),
        [
            Filled(_l("请填写小时数")),
            NumberRange(1, rules.MOST_HOURS_WEEK, _l("请填写 1 到 60 之间的整数")),
        ],
    )
    is_paused = BooleanField(
        _l("暂停一段时间"),
        description=_l("暂停后不再收到邀请，已经答应的活动不受影响；随时可以恢复。"),
    )
    paused_until = DayField(
        _l("暂停到哪一天"),
        [Optional()],
        description=_l("这一天过后自动恢复。不填，就等您自己来恢复。"),
    )
    refuses_suggestions = BooleanField(
        _l("不接受系统推荐"),
        description=_l("勾选后，系统不会把您推荐给活动负责人，也不给您推荐活动；您仍可自己报名。"),
    )
    days_off = ChipsField(_l("已经说过不能来的日子"), [Optional()], choices=[])
    off_from = DayField(_l("不能来的日子，从"), [Optional()])
    off_to = DayField(_l("到"), description=_l("只有一天的，不用填"))
    extra = ChipsField(_l("另外能来的时间"), [Optional()], choices=[])
    extra_on = DayField(_l("这一天也能来"))
    extra_parts = ChipsField(
        _l("那天什么时候"),
        choices=[SelectChoice(period.value, name) for period, name in PERIODS.items()],
    )
    audiences = ChipsField(
        _l("愿意服务谁"),
        [Optional()],
        choices=[],
        description=_l("合您心意的活动会排在前面。都可以的，不用选。"),
    )
    campaigns = ChipsField(_l("想参加哪些专项行动"), [Optional()], choices=[])
    wants_only_wishes = BooleanField(_l("只推荐我选的，别的不用推荐"))
    has_car = BooleanField(
        _l("可以自己开车来"), description=_l("有的岗位要自己开车去，例如送物资到村里。")
    )
    is_in_reserve = BooleanField(
        _l("加入应急预备队"),
        description=_l(
            "突发事件时，按应急指挥机构的统一安排参加应急科普。只限成年人；每次仍由您决定去不去。"
        ),
    )

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 - as WTForms has it
        known_days_off: list[date],
        known_extra: list[Hours],
        **kwargs: Any,  # noqa: ANN401 - as WTForms has it
    ) -> None:
        super().__init__(*args, **kwargs)
        self.known_extra = {rules.hours_code(hours): hours for hours in known_extra}
        self.days_off.choices = [
            SelectChoice(f"{day:%Y-%m-%d}", written_day(day)) for day in known_days_off
        ]
        self.extra.choices = [
            SelectChoice(code, hours_in_words(hours)) for code, hours in self.known_extra.items()
        ]
        self.audiences.choices = [
            SelectChoice(*each) for each in catalogue.choices("audience", language()).items()
        ]
        self.campaigns.choices = [
            SelectChoice(each.code, each.name(language())) for each in programmes.campaigns()
        ]

    def validate_off_to(self, field: DayField) -> None:
        """Accept a stretch of at most three months from today on.

        Raises:
            ValidationError: It is over, ends before it starts, or is very long.
        """
        first, last = self.off_from.data or field.data, field.data or self.off_from.data
        if first is None or last is None:
            return
        if last < first:
            raise ValidationError(_("结束的日子不能早于开始的日子"))
        if last < self.today:
            raise ValidationError(_("这些日子已经过去了，不用填写"))
        if (last - first).days >= rules.MOST_DAYS_AWAY or (first - self.today).days > 366:
            raise ValidationError(_("一次最多填三个月；要歇更久，请勾选“暂停一段时间”"))

    def validate_paused_until(self, field: DayField) -> None:
        """Accept a day that is not over, within the next two years.

        Raises:
            ValidationError: It is over, or far off.
        """
        if field.data is None:
            return
        if field.data < self.today:
            raise ValidationError(_("这一天已经过去了"))
        if (field.data - self.today).days > 2 * 366:
            raise ValidationError(_("请填两年以内的日子，或者不填"))

    def validate_extra_on(self, field: DayField) -> None:
        """Accept a day of the coming year on which they did not say they are away.

        Raises:
            ValidationError: It is over, far off, or one of the days they cannot come.
        """
        if field.data is None:
            if self.extra_parts.data and not field.errors:
                raise ValidationError(_("请填是哪一天，例如 2026-12-05"))
            return
        if not 0 <= (field.data - self.today).days <= 366:
            raise ValidationError(_("请填今天以后、一年以内的日子"))
        if field.data in self._away():
            raise ValidationError(_("这一天您填了不能来，请先去掉那边的"))

    def validate_extra_parts(self, field: ChipsField) -> None:
        """Ask for the time of the day that was filled in.

        Raises:
            ValidationError: Nothing is ticked.
        """
        if self.extra_on.data is not None and not field.data:
            raise ValidationError(_("请选上午、下午或者晚上"))

    def validate_wants_only_wishes(self, field: Field) -> None:
        """Ask what, when they want nothing else.

        Raises:
            ValidationError: Nothing is ticked above.
        """
        if field.data and not (self.audiences.data or self.campaigns.data):
            raise ValidationError(_("请先在上面选一选，或者去掉这个勾"))

    def validate_is_in_reserve(self, field: Field) -> None:
        """Accept adults.

        Raises:
            ValidationError: They are not of age, or did not say.
        """
        if not field.data or rules.may_join_reserve(self.today, self.birth_year.data, self.month):
            return
        if self.birth_year.data is None:
            raise ValidationError(_("请在上面填写出生年月：应急预备队只限成年人"))
        raise ValidationError(_("应急预备队只限成年人，满 18 周岁以后欢迎您加入"))

    def _away(self) -> set[date]:
        kept = {date.fromisoformat(text) for text in self.days_off.data or ()}
        is_sound = not self.off_to.errors
        added = rules.days_away(self.off_from.data, self.off_to.data) if is_sound else []
        return kept | {day for day in added if day >= self.today}

    def _extra_hours(self) -> tuple[Hours, ...]:
        kept = [self.known_extra[code] for code in self.extra.data or ()]
        periods = [rules.Period(code) for code in self.extra_parts.data or ()]
        added = rules.hours_of(self.extra_on.data, periods) if self.extra_on.data else ()
        return rules.merged_hours([*kept, *added])

    def draft(self) -> VolunteerDraft:
        """Return what was filled in, as the plain value that actions take."""
        return VolunteerDraft(
            **self._offered(),
            max_hours_week=self.max_hours.data or rules.USUAL_HOURS_WEEK,
            is_paused=self.is_paused.data or self.paused_until.data is not None,
            paused_until=self.paused_until.data,
            accepts_suggestions=not self.refuses_suggestions.data,
            days_off=sorted(self._away()),
            extra_hours=self._extra_hours(),
            audiences=tuple(self.audiences.data or ()),
            campaigns=tuple(self.campaigns.data or ()),
            wants_only_wishes=self.wants_only_wishes.data,
            has_car=self.has_car.data,
            is_in_reserve=self.is_in_reserve.data,
        )


def hours_in_words(hours: Hours) -> str:
    """Return a stretch of a single day as people read it: 12月5日 周六 07:00—12:00."""
    return f"{written_day(hours.day)} {rules.clock_span(hours.starts_minute, hours.ends_minute)}"


def shown_profile(volunteer: Volunteer, name: str, *, today: date) -> Mapping[str, Any]:
    """Return what a volunteer's profile form shows before anything is changed."""
    windows = [
        Window(each.weekday, each.starts_minute, each.ends_minute) for each in volunteer.windows
    ]
    until = volunteer.paused_until
    is_resting = rules.rests_on(today, is_paused=volunteer.is_paused, until=until)
    wished: dict[WishKind, list[str]] = {kind: [] for kind in WishKind}
    for wish in volunteer.wishes:
        wished[wish.kind].append(wish.code)
    return {
        "name": name,
        "home": regions.region(volunteer.home_region_id).code,
        "birth_year": volunteer.birth_year,
        "birth_month": str(volunteer.birth_month or ""),
        "skills": {skill.skill_code: skill.level for skill in volunteer.skills},
        "free": [rules.cell_code(cell) for cell in rules.cells_of(windows)],
        "radius": str(rules.radius_choice(volunteer.travel_radius_km)),
        "max_hours": volunteer.max_hours_week,
        "is_paused": is_resting,
        "paused_until": until if is_resting else None,
        "refuses_suggestions": not volunteer.accepts_suggestions,
        "days_off": [f"{day.off_on:%Y-%m-%d}" for day in volunteer.days_off if day.off_on >= today],
        "extra": [rules.hours_code(hours) for hours in extra_hours_of(volunteer, today=today)],
        "audiences": wished[WishKind.AUDIENCE],
        "campaigns": wished[WishKind.CAMPAIGN],
        "wants_only_wishes": volunteer.wants_only_wishes,
        "has_car": volunteer.has_car,
        "is_in_reserve": volunteer.is_in_reserve,
    }


def extra_hours_of(volunteer: Volunteer, *, today: date) -> list[Hours]:
    """Return the single days, not over yet, on which somebody can come besides."""
    return [
        Hours(each.free_on, each.starts_minute, each.ends_minute)
        for each in volunteer.extra_hours
        if each.free_on >= today
    ]
