from __future__ import annotations

from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than stubs
from wtforms.validators import Length, NumberRange, Optional

from volunteer_hub.core.forms import (
    DayField,
    Filled,
    Form,
    LocalMomentField,
    OnceForm,
    WholeNumberField,
)
from volunteer_hub.core.i18n import language
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.resources import rules
from volunteer_hub.resources.drafts import BookingDraft, RequirementDraft, ResourceDraft
from volunteer_hub.resources.models import Resource
from volunteer_hub.resources.rules import Kind, Purpose
from volunteer_hub.resources.wording import KIND_WORDS

# Which questions are asked about each kind, besides those asked about all.
ASKED: Final = {
    Kind.VEHICLE: ("plate", "seats", "valid_until", "contents"),
    Kind.DRIVER: ("licence_class", "valid_until"),
    Kind.KIT: ("contents", "checked_on"),
    Kind.PROJECTOR: ("contents", "checked_on"),
    Kind.HALL: ("seats",),
}
_BUFFER: Final = NumberRange(
    0,
    rules.MAX_BUFFER_MINUTES,
    _l("请填写 0 到 %(most)s 之间的数", most=rules.MAX_BUFFER_MINUTES),
)
_SEATS: Final = NumberRange(
    1, rules.MAX_SEATS, _l("请填写 1 到 %(most)s 之间的数", most=rules.MAX_SEATS)
)


def _at_most(characters: int) -> Length:
    return Length(max=characters, message=_l("最多 %(max)s 个字", max=characters))


def _number_or_none(value: object) -> int | None:
    text = str(value or "")
    return int(text) if text.isdecimal() else None


class _ListField(SelectField):
    """One of a list, with an error that says what to do."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as WTForms has it
        super().__init__(*args, **kwargs)
        self.invalid_value_message = self.invalid_choice_message = _l("请从列表里选择一项")


class ResourceForm(OnceForm):
    """Something that can be booked; the fields are named like those of ``ResourceDraft``."""

    name = StringField(_l("名称"), [Filled(_l("请填写名称，例如“科普大篷车 1 号”")), _at_most(60)])
    organisation_id = _ListField(
        _l("所属单位"), [Filled(_l("请选择所属单位"))], coerce=_number_or_none, choices=[]
    )
    plate = StringField(_l("车牌号"), [Optional(), _at_most(12)])
    seats = WholeNumberField(_l("多少座"), [Optional(), _SEATS])
    licence_class = _ListField(
        _l("准驾车型"),
        [Optional()],
        choices=[SelectChoice("", _l("未填")), *map(SelectChoice, rules.LICENCE_SEATS)],
    )
    valid_until = DayField(_l("有效期到哪天"), [Optional()])
    checked_on = DayField(_l("上次清点是哪天"), [Optional()])
    contents = TextAreaField(_l("里面有什么"), [Optional(), _at_most(2000)])
    before_minutes = WholeNumberField(
        _l("用前要留几分钟"),
        [Filled(_l("请填写分钟数，可以是 0")), _BUFFER],
        default=0,
        description=_l("路上和装车的时间；这段时间别人订不了"),
    )
    after_minutes = WholeNumberField(
        _l("用后要留几分钟"), [Filled(_l("请填写分钟数，可以是 0")), _BUFFER], default=0
    )
    is_shared = BooleanField(_l("别的单位也可以预订"), default=True)
    is_active = BooleanField(_l("还在使用"), default=True)

    def offer(self, kind: Kind, scope: Scope) -> None:
        """Leave the questions of this kind, and fill the list of organisations."""
        for name in {name for names in ASKED.values() for name in names} - set(ASKED[kind]):
            del self[name]
        self.organisation_id.choices = [
            SelectChoice(each.id, each.shown_name(language()))
            for each in organisations.active_organisations_in(scope)
        ]
        if kind is Kind.DRIVER:
            self.name.label.text = _("司机姓名")
            self.valid_until.label.text = _("驾驶证有效期到哪天")
        elif kind is Kind.VEHICLE:
            self.valid_until.label.text = _("年检有效期到哪天")
            self.contents.label.text = _("车上有哪些展品")

    def draft(self, kind: Kind) -> ResourceDraft:
        """Return what was filled in, as the plain value that actions take."""
        values = {field.short_name: field.data for field in self}
        asked = {name: values[name] for name in ASKED[kind] if values[name] not in (None, "")}
        return ResourceDraft(
            organisation_id=values["organisation_id"],
            kind=kind,
            name=values["name"],
            before_minutes=values["before_minutes"],
            after_minutes=values["after_minutes"],
            is_shared=values["is_shared"],
            is_active=values["is_active"],
            **asked,
        )


class BookForm(OnceForm):
    """A booking that is for no event of this site."""

    title = StringField(_l("做什么用"), [Filled(_l("请填写用途，例如“省馆借用”")), _at_most(120)])
    purpose = RadioField(
        _l("是不是检修"),
        choices=[
            SelectChoice(Purpose.OTHER.value, _l("不是，有别的用途")),
            SelectChoice(Purpose.MAINTENANCE.value, _l("是检修或年检")),
        ],
        default=Purpose.OTHER.value,
    )
    starts_at = LocalMomentField(_l("从什么时候"), [Filled(_l("请选择开始时间"))])
    ends_at = LocalMomentField(_l("到什么时候"), [Filled(_l("请选择结束时间"))])

    def draft(self) -> BookingDraft:
        """Return what was filled in, as the plain value that actions take."""
        return BookingDraft(
            purpose=Purpose(self.purpose.data),
            title=self.title.data or "",
            starts_at=self.starts_at.data,
            ends_at=self.ends_at.data,
        )


class RequirementForm(Form):
    """What an event needs."""

    what = _ListField(_l("需要什么"), [Filled(_l("请选择需要什么"))], choices=[])
    number = WholeNumberField(
        _l("几个"),
        [
            Filled(_l("请填写数量")),
            NumberRange(
                1, rules.MAX_NUMBER, _l("请填写 1 到 %(most)s 之间的数", most=rules.MAX_NUMBER)
            ),
        ],
        default=1,
    )
    min_seats = WholeNumberField(
        _l("至少多少座"),
        [Optional(), _SEATS],
        description=_l("车辆和场地按座位数挑；司机按能开多少座的车挑。不限就不填"),
    )

    def offer(self, resources: list[Resource]) -> None:
        """Fill the list: any of a kind, or one in particular."""
        kinds = [
            SelectChoice(kind.value, _(words), optgroup=_("哪一个都行"))
            for kind, words in KIND_WORDS.items()
        ]
        named = [
            SelectChoice(f"#{each.id}", each.name, optgroup=_("指定这一个")) for each in resources
        ]
        self.what.choices = [*kinds, *named]

    def draft(self) -> RequirementDraft:
        """Return what was filled in, as the plain value that actions take."""
        what = str(self.what.data)
        number, seats = self.number.data or 1, self.min_seats.data
        if what.startswith("#"):
            return RequirementDraft(kind=Kind.KIT, resource_id=int(what[1:]))
        return RequirementDraft(kind=Kind(what), number=number, min_seats=seats)
