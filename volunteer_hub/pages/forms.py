from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    Form,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import Length

from volunteer_hub.catalogue import queries as catalogue
from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.forms import DayField, DigitsField, OnceForm, landline_or_mobile
from volunteer_hub.core.i18n import language
from volunteer_hub.core.text import read_id
from volunteer_hub.events.models import Status
from volunteer_hub.listings.rules import LONGEST_QUERY, Wanted
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.pages.queries import Narrowed
from volunteer_hub.programmes import queries as programmes
from volunteer_hub.regions import queries as regions
from volunteer_hub.regions.models import Level

MOST_AT_ONCE: Final = 50


class SearchForm(Form):
    """A word to look for; it changes nothing, so it carries no token."""

    q = StringField(_l("找什么"), [Length(max=LONGEST_QUERY)])


class EventsForm(SearchForm):
    """What narrows the list of events down; what it cannot make sense of narrows nothing."""

    county = SelectField(_l("县（市）区"), validate_choice=False)
    township = SelectField(_l("乡镇、街道"), validate_choice=False)
    since = DayField(_l("从哪天起"))
    until = DayField(_l("到哪天为止"))
    audience = SelectField(_l("适合谁"), validate_choice=False)
    campaign = SelectField(_l("专项行动"), validate_choice=False)
    language = SelectField(_l("语言"), validate_choice=False)
    free = BooleanField(_l("还有名额"))
    step_free = BooleanField(_l("没有台阶，轮椅能进"))

    def offer_choices(self) -> None:
        """Fill the lists: townships are those of the chosen county."""
        self.county.choices = [
            ("", _("全市")),
            *((node.code, node.short_name) for node in regions.counties()),
        ]
        self.township.choices = [("", _("全部")), *self._townships()]
        self.audience.choices = [("", _("全部")), *_words("audience")]
        self.language.choices = [("", _("全部")), *_words("skill", below="languages")]
        lang = language()
        self.campaign.choices = [
            ("", _("全部")),
            *((found.code, found.name(lang)) for found in programmes.campaigns()),
        ]

    def _townships(self) -> list[tuple[str, str]]:
        county = regions.tree().find_by_code(self.county.data or "")
        if county is None or county.level != Level.COUNTY:
            return []
        return [(node.code, node.short_name) for node in regions.children_of(county.id)]

    @property
    def narrows_more(self) -> bool:
        """Tell whether one of the questions that few people need was answered."""
        few = (self.township, self.since, self.until, self.audience, self.campaign,
               self.language, self.free, self.step_free)  # fmt: skip
        return any(field.data or field.errors for field in few)

    @property
    def wanted(self) -> Wanted:
        """Return what was asked for."""
        townships = {code for code, _name in self._townships()}
        chosen = self.township.data if self.township.data in townships else self.county.data
        region = regions.tree().find_by_code(chosen or "")
        campaigns = {found.code: found.id for found in programmes.campaigns()}
        return Wanted(
            text=self.q.data or "",
            region_id=region.id if region else None,
            campaign_id=campaigns.get(self.campaign.data or ""),
            audience_code=_known("audience", self.audience.data),
            language_code=_known("skill", self.language.data),
            is_step_free=self.step_free.data,
            has_places=self.free.data,
            from_at=_midnight(self.since),
            until_at=_midnight(self.until, days_later=1),
        )

    @property
    def feed(self) -> dict[str, Any]:
        """Return which feed follows what was asked for most closely."""
        region = self.township.data if self._townships() else ""
        said = {"region": region or self.county.data, "campaign": self.campaign.data}
        known = {node.code for node in regions.counties()}
        known |= {code for code, _name in self._townships()}
        known |= {found.code for found in programmes.campaigns()}
        return {name: code for name, code in said.items() if code in known}

    @property
    def asked(self) -> dict[str, Any]:
        """Return what was asked for as an address says it."""
        said = {name: field.data for name, field in self._fields.items() if field.data}
        return {name: "1" if data is True else str(data) for name, data in said.items()}


def _midnight(field: DayField, *, days_later: int = 0) -> datetime | None:
    if field.data is None or not 1990 <= field.data.year < 2100:
        return None
    return datetime.combine(field.data + timedelta(days=days_later), time.min, LOCAL)


def _words(kind: str, *, below: str | None = None) -> list[tuple[str, str]]:
    return [
        (entry.code, entry.name(language()))
        for entry in catalogue.entries(kind)
        if below is None or entry.parent == below
    ]


def _known(kind: str, code: str | None) -> str:
    entry = catalogue.find_entry(kind, code)
    return entry.code if entry else ""


STATES: Final = {
    "": _l("没取消的"),
    Status.DRAFT.value: _l("草稿"),
    Status.PUBLISHED.value: _l("已发布"),
    Status.CONFIRMED.value: _l("已确认"),
    Status.CANCELLED.value: _l("已取消"),
}


class BoardForm(Form):
    """What a planner's board is narrowed down by; it stays in the address."""

    campaign = SelectField(_l("专项行动"), validate_choice=False)
    county = SelectField(_l("县（市）区"), validate_choice=False)
    unit = SelectField(_l("主办单位"), validate_choice=False)
    state = SelectField(_l("状态"), choices=lambda: dict(STATES), validate_choice=False)

    def offer_choices(self, scope: Scope) -> None:
        """Fill the lists with what this member of staff plans."""
        lang = language()
        self.campaign.choices = [
            ("", _("全部")),
            *((found.code, found.name(lang)) for found in programmes.campaigns()),
        ]
        self.county.choices = [
            ("", _("全市")),
            *((node.code, node.short_name) for node in regions.counties()),
        ]
        self.unit.choices = [
            ("", _("全部")),
            *((str(row.id), row.shown_name(lang)) for row in organisations.organisations_in(scope)),
        ]

    @property
    def wanted(self) -> Narrowed:
        """Return what was asked for."""
        county = regions.tree().find_by_code(self.county.data or "")
        campaign = programmes.find_campaign(self.campaign.data)
        state = self.state.data or ""
        return Narrowed(
            campaign_id=campaign.id if campaign else None,
            region_id=county.id if county else None,
            organisation_id=read_id(self.unit.data or ""),
            status=Status(state) if state in set(Status) else None,
        )

    @property
    def asked(self) -> dict[str, Any]:
        """Return what was asked for as an address says it."""
        return {name: field.data for name, field in self._fields.items() if field.data}


class BulkForm(OnceForm):
    """What is to be done with the events that are ticked."""

    action = StringField()
    events = SelectMultipleField(_l("活动"), coerce=read_id, validate_choice=False)
    reason = StringField(_l("取消的原因"), [Length(max=200)])
    contact_name = StringField(_l("负责人"), [Length(max=60)])
    contact_phone = DigitsField(
        _l("负责人的电话"), [landline_or_mobile], render_kw={"type": "tel", "inputmode": "tel"}
    )
    return_to = StringField()

    @property
    def event_ids(self) -> list[int]:
        """Return which events were ticked."""
        return sorted({event_id for event_id in self.events.data or () if event_id})[:MOST_AT_ONCE]
