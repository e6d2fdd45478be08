from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, Final

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import FieldList, FormField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than stubs
from wtforms.validators import NumberRange, Optional
from wtforms.widgets import HiddenInput

from volunteer_hub.catalogue import queries as catalogue
from volunteer_hub.core.forms import (
    ChipsField,
    DigitsField,
    Filled,
    Form,
    LocalMomentField,
    OnceForm,
    OneOfField,
    WholeNumberField,
    landline_or_mobile,
)
from volunteer_hub.core.i18n import language
from volunteer_hub.events.fields import (
    UntilPublished,
    at_most,
    number_or_none,
    organisation_choices,
)
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.programmes import queries as programmes
from volunteer_hub.regions.forms import VenueField
from volunteer_hub.trips import rules
from volunteer_hub.trips.drafts import ReportDraft, StopDraft, TripDraft

MOST_PEOPLE: Final = 100_000
MOST_KM: Final = 9_999_999
_MORNINGS: Final = tuple(range(5 * 60, 10 * 60, 30))
_TEXTS: Final = ("contact_name", "contact_phone", "notes")


def _between(least: int, most: int) -> NumberRange:
    words = _l("请填写 %(least)s 到 %(most)s 之间的数", least=least, most=most)
    return NumberRange(least, most, words)


class StopRow(wtforms.Form):
    """One stop of a trip."""

    event_id = WholeNumberField(widget=HiddenInput())
    venue_id = VenueField(
        _l("去哪里"),
        [Filled(_l("请写明这一站去哪里"))],
        description=_l("写校名、村名或拼音首字母都可以"),
    )
    starts_at = LocalMomentField(_l("开始时间"), [Filled(_l("请选择这一站的开始时间"))])
    minutes = WholeNumberField(
        _l("办多久（分钟）"), [Filled(_l("请填写这一站办多少分钟"))], default=120
    )
    expected_people = WholeNumberField(
        _l("预计多少人"),
        [Optional(), _between(1, MOST_PEOPLE)],
        description=_l("大约多少学生、群众"),
    )
    audience_codes = ChipsField(_l("面向哪些人"), [Optional()], choices=[])

    def draft(self) -> StopDraft:
        """Return what was filled in, as the plain value that actions take."""
        return StopDraft(
            event_id=self.event_id.data,
            venue_id=self.venue_id.data or 0,
            starts_at=self.starts_at.data,
            minutes=self.minutes.data or 0,
            audience_codes=tuple(self.audience_codes.data or ()),
            expected_people=self.expected_people.data,
        )


class TripForm(OnceForm):
    """A whole trip on one page; the fields are named like those of ``TripDraft``."""

    asks_for_organisation: bool

    campaign = OneOfField(_l("专项行动"), [Filled(_l("请选择专项行动"))], choices=[])
    organisation_id = OneOfField(
        _l("主办单位"), [Filled(_l("请选择主办单位"))], coerce=number_or_none, choices=[]
    )
    title = StringField(
        _l("行程名称"),
        [Filled(_l("请填写行程名称，例如“大篷车凤城行”")), at_most(rules.MAX_TITLE)],
    )
    depot_id = VenueField(
        _l("从哪里出发"),
        [Optional()],
        description=_l("大篷车平时停的地方；不填的话，路程按 60 分钟估计"),
    )
    leaves_at = LocalMomentField(_l("出发时间"), [Filled(_l("请选择出发时间"))])
    stops = FieldList(FormField(StopRow), max_entries=rules.MAX_STOPS)
    set_up_minutes = WholeNumberField(
        _l("到站后布展要几分钟"),
        [Filled(_l("请填写分钟数，可以是 0")), _between(0, rules.MAX_LOADING)],
        default=30,
    )
    pack_up_minutes = WholeNumberField(
        _l("结束后收展要几分钟"),
        [Filled(_l("请填写分钟数，可以是 0")), _between(0, rules.MAX_LOADING)],
        default=30,
    )
    goes_home = RadioField(
        _l("晚上车停在哪里"),
        choices=[
            SelectChoice("home", _l("回出发的地方")),
            SelectChoice("out", _l("在当天最后一站附近过夜")),
        ],
        default="home",
    )
    day_starts_minute = OneOfField(
        _l("第二天起最早几点出发"), coerce=number_or_none, choices=[], default=7 * 60
    )
    contact_name = StringField(_l("带队人"), [Optional(), at_most(60)])
    contact_phone = DigitsField(
        _l("带队人电话"),
        [UntilPublished(), landline_or_mobile],
        description=_l("会写在活动页和海报上，请填路上打得通的号码"),
        render_kw={"type": "tel", "inputmode": "tel", "autocomplete": "tel"},
    )
    notes = TextAreaField(
        _l("给随车人员的话"),
        [Optional(), at_most(1000)],
        description=_l("印在行程单上，例如：进校门限高 3.2 米，午饭在学校食堂"),
    )
    stamp = StringField(widget=HiddenInput(), render_kw={"type": "hidden"})

    def offer(self, scope: Scope, *, own_organisation_id: int | None = None) -> None:
        """Fill the lists to choose from.

        Args:
            scope: Whose organisations are offered.
            own_organisation_id: The trip's organisation so far, offered in any case.
        """
        choices = organisation_choices(scope, own_organisation_id)
        self.asks_for_organisation = len(choices) != 1
        if self.asks_for_organisation:
            choices.insert(0, SelectChoice("", _("请选择主办单位")))
        else:
            self.organisation_id.data = choices[0].value
        self.organisation_id.choices = choices
        self.day_starts_minute.choices = [
            SelectChoice(minute, f"{minute // 60}:{minute % 60:02}") for minute in _MORNINGS
        ]
        if "campaign" in self:
            self.campaign.choices = [
                SelectChoice(each.code, each.name(language())) for each in programmes.campaigns()
            ]
        self.offer_stops()

    def offer_stops(self) -> None:
        """Fill the lists of every stop."""
        names = dict(catalogue.choices("audience", language()))
        for row in self.rows():
            known = dict(names)
            for code in row.audience_codes.data or ():
                entry = catalogue.find_entry("audience", code)
                if entry is not None:
                    known.setdefault(entry.code, entry.name(language()))
            row.audience_codes.choices = [SelectChoice(*each) for each in known.items()]

    def rows(self) -> list[StopRow]:
        """Return the stops as they stand in the form."""
        entries: Iterable[Any] = self.stops
        return [entry.form for entry in entries]

    def draft(self) -> TripDraft:
        """Return what was filled in, as the plain value that actions take."""
        values = {field.short_name: field.data for field in self}
        return TripDraft(
            organisation_id=values["organisation_id"],
            title=values["title"],
            depot_id=values["depot_id"],
            leaves_at=values["leaves_at"],
            set_up_minutes=values["set_up_minutes"],
            pack_up_minutes=values["pack_up_minutes"],
            day_starts_minute=values["day_starts_minute"],
            goes_home=values["goes_home"] != "out",
            stops=tuple(row.draft() for row in self.rows()),
            **{name: values[name] or "" for name in _TEXTS},
        )

    def accept_newer(self, stamp: str) -> None:
        """Let the next submit win over what was saved in between."""
        self.stamp.raw_data = None
        self.stamp.data = stamp


def saved_values(draft: TripDraft) -> dict[str, Any]:
    """Return a saved trip as the values its form starts from."""
    values = asdict(draft)
    stops = [each | {"audience_codes": list(each["audience_codes"])} for each in values["stops"]]
    return values | {"stops": stops, "goes_home": "home" if draft.goes_home else "out"}


class StopReportRow(wtforms.Form):
    """What one stop came to."""

    event_id = WholeNumberField(widget=HiddenInput())
    odometer_km = WholeNumberField(_l("到站时里程表（公里）"), [Optional(), _between(0, MOST_KM)])
    exhibits = WholeNumberField(_l("展品（件）"), [Optional(), _between(0, MOST_PEOPLE)])
    leaflets = WholeNumberField(_l("发放资料（份）"), [Optional(), _between(0, MOST_PEOPLE)])
    people = WholeNumberField(_l("服务公众（人次）"), [Optional(), _between(0, MOST_PEOPLE)])

    def draft(self) -> ReportDraft:
        """Return what was filled in, as the plain value that actions take."""
        return ReportDraft(
            odometer_km=self.odometer_km.data,
            exhibits=self.exhibits.data,
            leaflets=self.leaflets.data,
            people=self.people.data,
        )


class ReportForm(Form):
    """What a trip came to, stop by stop."""

    odometer_start_km = WholeNumberField(
        _l("出发时里程表（公里）"), [Optional(), _between(0, MOST_KM)]
    )
    stops = FieldList(FormField(StopReportRow), max_entries=rules.MAX_STOPS)
    odometer_end_km = WholeNumberField(
        _l("回来时里程表（公里）"), [Optional(), _between(0, MOST_KM)]
    )

    def rows(self) -> list[StopReportRow]:
        """Return the stops as they stand in the form."""
        entries: Iterable[Any] = self.stops
        return [entry.form for entry in entries]

    def reports(self) -> list[tuple[int, ReportDraft]]:
        """Return what each stop came to, with its event's id."""
        return [(row.event_id.data or 0, row.draft()) for row in self.rows()]
