from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from wtforms import BooleanField, Field, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than stubs
from wtforms.validators import Length, NumberRange, Optional, ValidationError
from wtforms.widgets import html_params

from volunteer_hub.catalogue import queries as catalogue
from volunteer_hub.core.forms import (
    DigitsField,
    Filled,
    Form,
    OnceForm,
    OneButtonField,
    WholeNumberField,
    landline_or_mobile,
)
from volunteer_hub.core.i18n import language
from volunteer_hub.regions import queries
from volunteer_hub.regions.geography import Datum, to_wgs84
from volunteer_hub.regions.models import Venue
from volunteer_hub.regions.rules import VenueDraft, read_coordinates
from volunteer_hub.regions.tree import Node

VENUE_LEVELS: Final = ("county", "township", "village")
MAX_CAPACITY: Final = 100_000
CHOICES_SHOWN: Final = 8


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the things a typed name may mean."""

    value: str
    title: str
    note: str = ""


def region_choices(nodes: Sequence[Node]) -> list[Choice]:
    """Return regions as choices, each with its full path."""
    return [Choice(node.code, queries.path_of(node.id)) for node in nodes]


def venue_choices(text: str) -> list[Choice]:
    """Return the venues that fit what was typed as choices, each with where it is."""
    return [
        Choice(f"#{venue.id}", venue.name, queries.path_of(venue.region_id))
        for venue in queries.search_venues(text, limit=CHOICES_SHOWN)
    ]


BY_DISTANCE, REMOTE, NEAR = "distance", "remote", "near"
_MARKS: Final = {BY_DISTANCE: None, REMOTE: True, NEAR: False}


class RemoteForm(Form):
    """Whether a township is remote."""

    is_remote = OneButtonField(
        _l("偏远乡镇"),
        [Filled(_l("请选择一项"))],
        choices=(
            SelectChoice(BY_DISTANCE, _l("看离县城多远")),
            SelectChoice(REMOTE, _l("是偏远乡镇")),
            SelectChoice(NEAR, _l("不是偏远乡镇")),
        ),
        description=_l("排班时，偏远乡镇的活动缺人先补，只排在应急任务后面。"),
    )

    def mark(self) -> bool | None:
        """Return what was decided; None leaves it to the distance."""
        return _MARKS[self.is_remote.data]


def mark_value(mark: bool | None) -> str:
    """Return a decision as the value its form starts from."""
    return next(value for value, each in _MARKS.items() if each is mark)


class _PickerWidget:
    """A text field with the choices it may mean below it, with or without scripts."""

    def __call__(self, field: PickerField, **kwargs: Any) -> Markup:  # noqa: ANN401 - attributes
        attributes = {name: value for name, value in kwargs.items() if value not in (None, "")}
        shown = html_params(
            id=field.id, name=field.name, value=field.text, autocomplete="off", **attributes
        )
        return Markup(render_template("regions/_picker.html", field=field, attributes=shown))  # noqa: S704 - a template escapes


class PickerField(Field):
    """Keeps the id of something that people name in words.

    What was typed may be a name, part of it, pinyin or initials. When it may mean several things,
    the page shows them as radio buttons of the same name, and the next submit carries one.
    """

    widget = _PickerWidget()
    data: int | None
    question: ClassVar[Any] = _l("您是指哪一个？请选一个。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as WTForms has it
        super().__init__(*args, **kwargs)
        self.text = ""
        self.choices: list[Choice] = []

    def process_data(self, value: Any) -> None:  # noqa: ANN401 - an id, or nothing
        """Take the id, and show it in words."""
        self.data = value or None
        self.text = self._in_words(self.data) if self.data else ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take what was typed, or the choice that was made of what it may mean.

        Raises:
            ValueError: It may mean several things, or nothing.
        """
        self.data, self.choices = None, []
        if not valuelist:
            return
        self.text = str(valuelist[0]).strip()[:200]
        chosen = str(valuelist[-1]) if len(valuelist) > 1 else ""
        if not self.text and not chosen:
            return
        found, choices = self._find(self.text) if self.text else (None, [])
        # A choice counts while it answers what stands in the field; other text asks anew.
        if chosen and (not self.text or chosen in [choice.value for choice in choices]):
            found, choices = self._find(chosen)
        self.data, self.choices = found, choices
        if found is None and choices:
            raise ValueError(str(self.question))
        if found is None:
            words = _("没有找到“%(text)s”。请换一个写法，或只写其中几个字。", text=self.text)
            raise ValueError(words)
        self.text = self._in_words(found)

    def set_aside(self, saved: int | None) -> str:
        """Go on with what is saved when nothing was chosen; returns the name nobody knows yet."""
        if self.data is not None or not self.text:
            return ""
        self.data, self.choices, self.process_errors = saved, [], []
        return self.text

    @property
    def search_address(self) -> str:
        """Where a page with scripts asks for choices while someone types."""
        raise NotImplementedError

    def _find(self, text: str) -> tuple[int | None, list[Choice]]:
        raise NotImplementedError

    def _in_words(self, row_id: int) -> str:
        raise NotImplementedError


class RegionField(PickerField):
    """A region by code, full path or name; ``levels`` says how deep it may lie."""

    def __init__(self, *args: Any, levels: Sequence[str] = VENUE_LEVELS, **kwargs: Any) -> None:  # noqa: ANN401 - as WTForms has it
        self.levels = tuple(levels)
        super().__init__(*args, **kwargs)

    @property
    def search_address(self) -> str:
        """Where a page with scripts asks for choices while someone types."""
        return url_for("regions.search", field=self.name, levels=",".join(self.levels))

    def _find(self, text: str) -> tuple[int | None, list[Choice]]:
        answer = queries.resolve_region(text, levels=self.levels)
        return (answer.node.id if answer.node else None), region_choices(answer.choices)

    def _in_words(self, row_id: int) -> str:
        return queries.path_of(row_id)


class VenueField(PickerField):
    """A venue in use, by its name or where it is."""

    @property
    def search_address(self) -> str:
        """Where a page with scripts asks for choices while someone types."""
        return url_for("regions.search_venues", field=self.name)

    def _find(self, text: str) -> tuple[int | None, list[Choice]]:
        venue = queries.find_venue_meant(text)
        return (venue.id, []) if venue else (None, venue_choices(text))

    def _in_words(self, row_id: int) -> str:
        return queries.venue_in_words(queries.venue_by_id(row_id))


def _township_choices() -> list[SelectChoice]:
    townships = [
        SelectChoice(
            value=str(node.id),
            label=node.short_name,
            optgroup=county,
            render_kw={"data-search": f"{node.pinyin} {node.initials} {node.pinyin_alt}"},
        )
        for county, nodes in queries.townships_by_county().items()
        for node in nodes
    ]
    return [SelectChoice(value="", label=_("请选择乡镇或街道")), *townships]


class TownshipField(SelectField):
    """One of the city's townships, grouped by county: the easiest way to say where one lives."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as WTForms has it
        kwargs |= {"coerce": _row_id, "choices": _township_choices}
        super().__init__(*args, **kwargs)

    def process_data(self, value: Any) -> None:  # noqa: ANN401 - an id, or nothing
        """Take a region's id; a village is shown by its township."""
        node = queries.tree().find(value)
        line = queries.tree().line(node) if node else []
        self.data = next((step.id for step in line if step.level == "township"), None)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the township that was chosen.

        Raises:
            ValueError: What came is no number.
        """
        try:
            self.data = _row_id(valuelist[0]) if valuelist else None
        except ValueError:
            raise ValueError(_("请从列表里选一个乡镇或街道")) from None

    def pre_validate(self, form: Any) -> None:  # noqa: ANN401 - as WTForms has it
        """Accept a township, or nothing.

        Raises:
            ValidationError: It is no township of this city.
        """
        node = queries.tree().find(self.data)
        if self.data is not None and (node is None or node.level != "township"):
            raise ValidationError(_("请从列表里选一个乡镇或街道"))


def _row_id(value: Any) -> int | None:  # noqa: ANN401 - text from a page, or an id
    return int(value) if value not in (None, "") else None


def _type_choices() -> dict[str, str]:
    return {"": _("请选择类型"), **catalogue.choices("venue_type", language())}


class VenueForm(OnceForm):
    name = StringField(
        _l("阵地名称"),
        [Filled(_l("请填写阵地名称")), Length(max=80, message=_l("名称请控制在 80 个字以内"))],
        description=_l("例如：通远堡镇文化站"),
    )
    type_code = SelectField(  # type: ignore[call-arg]  # the stubs are older than the argument
        _l("阵地类型"),
        [Filled(_l("请选择阵地类型"))],
        choices=_type_choices,
        invalid_choice_message=_l("请从列表里选一个类型"),
    )
    region_id = RegionField(
        _l("所在乡镇、村或社区"),
        [Filled(_l("请填写所在的乡镇、村或社区"))],
        description=_l("写名称或拼音首字母都可以，例如：通远堡、大梨树村、cdz"),
    )
    address = StringField(
        _l("详细地址"), [Optional(), Length(max=200, message=_l("地址请控制在 200 个字以内"))]
    )
    directions = StringField(
        _l("怎么走"),
        [Optional(), Length(max=300, message=_l("请控制在 300 个字以内"))],
        description=_l("例如：镇政府对面，大客车可以停在院内"),
    )
    contact_name = StringField(
        _l("现场联系人"), [Optional(), Length(max=60, message=_l("姓名请控制在 60 个字以内"))]
    )
    contact_phone = DigitsField(
        _l("联系电话"), [Optional(), landline_or_mobile], render_kw={"inputmode": "tel"}
    )
    capacity = WholeNumberField(
        _l("大约能坐多少人"),
        [
            Optional(),
            NumberRange(1, MAX_CAPACITY, _l("请填写 1 到 %(max)s 之间的数", max=MAX_CAPACITY)),
        ],
    )
    is_step_free = BooleanField(
        _l("没有台阶，轮椅能进"), description=_l("从门口到座位都走过一遍再勾选")
    )
    coordinates = StringField(
        _l("坐标"),
        [Optional(), Length(max=60, message=_l("请只填写一对坐标"))],
        description=_l("在地图里长按地点复制，例如：40.7922, 123.9158。不填时按乡镇位置估算距离。"),
    )
    datum = SelectField(  # type: ignore[call-arg]  # the stubs are older than the argument
        _l("坐标从哪里复制"),
        choices=lambda: {
            Datum.GCJ02.value: _("高德、腾讯或微信地图"),
            Datum.BD09.value: _("百度地图"),
            Datum.WGS84.value: _("手机 GPS"),
        },
        default=Datum.GCJ02.value,
        invalid_choice_message=_l("请从列表里选一种地图"),
    )
    is_active = BooleanField(_l("正在使用，可以办活动"), default=True)

    def validate_coordinates(self, field: Field) -> None:
        """Accept a pair of coordinates in this country.

        Raises:
            ValidationError: It is something else.
        """
        if field.data and read_coordinates(field.data) is None:
            raise ValidationError(_("请填写一对坐标，例如 40.7922, 123.9158"))

    def draft(self) -> VenueDraft:
        """Return what was filled in, as the plain value that actions take."""
        pair = read_coordinates(self.coordinates.data or "")
        lat, lng = to_wgs84(*pair, Datum(self.datum.data)) if pair else (None, None)
        return VenueDraft(
            name=self.name.data or "",
            type_code=self.type_code.data,
            region_id=self.region_id.data or 0,
            address=self.address.data or "",
            directions=self.directions.data or "",
            contact_name=self.contact_name.data or "",
            contact_phone=self.contact_phone.data or "",
            capacity=self.capacity.data,
            is_step_free=self.is_step_free.data,
            lat=lat,
            lng=lng,
            is_active=self.is_active.data,
        )


def pin_of(venue: Venue) -> dict[str, str]:
    """Return a venue's own pin as it would be typed; empty when it has none."""
    if venue.lat is None or venue.lng is None:
        return {}
    return {"coordinates": f"{venue.lat:.6f}, {venue.lng:.6f}", "datum": Datum.WGS84.value}


def _county_choices() -> dict[str, str]:
    named = {str(county.id): county.short_name for county in queries.counties()}
    return {"": _("全市"), **named}


class VenueFilterForm(Form):
    q = StringField(_l("名称、拼音或地方"), [Length(max=60)])
    county = SelectField(_l("县（市）区"), choices=_county_choices, validate_choice=False)
    type_code = SelectField(
        _l("类型"),
        choices=lambda: {"": _("全部类型"), **catalogue.choices("venue_type", language())},
        validate_choice=False,
    )
    with_closed = BooleanField(_l("也显示已停用的"))
