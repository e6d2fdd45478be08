"""How lines of each kind of table become drafts, and how what is there becomes lines."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select

from volunteer_hub.catalogue import queries as catalogue
from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.database import db
from volunteer_hub.core.text import N_
from volunteer_hub.events import actions as events
from volunteer_hub.events import queries as event_queries
from volunteer_hub.events import rules as event_rules
from volunteer_hub.events.drafts import EventDraft
from volunteer_hub.events.models import Event
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.organisations.queries import Scope
from volunteer_hub.programmes import queries as programmes
from volunteer_hub.regions import actions as venues
from volunteer_hub.regions import queries as regions
from volunteer_hub.regions.models import Venue
from volunteer_hub.regions.rules import VenueDraft
from volunteer_hub.resources import actions as resources
from volunteer_hub.resources import queries as resource_queries
from volunteer_hub.resources.drafts import ResourceDraft
from volunteer_hub.resources.models import Resource
from volunteer_hub.resources.rules import Kind as ResourceKind
from volunteer_hub.resources.wording import KIND_WORDS
from volunteer_hub.tables import rules
from volunteer_hub.tables.rules import CellProblem, Column

MOST: Final = 5000  # lines of a file that is handed out
Cells = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of table.

    Attributes:
        code: In addresses.
        title: As a msgid.
        columns: Its columns.
        read: Makes a draft of a line; raises ``CellProblem``.
        key: Names the thing a draft is about: two lines of one key are about the same.
        find: Returns the row a draft is about, or None.
        draft_of: Returns such a row as a draft.
        add: Writes a new one.
        change: Writes a changed one.
        rows: What is handed out, in the order of the columns.
    """

    code: str
    title: str
    columns: tuple[Column, ...]
    read: Callable[[Cells, Scope], Any]
    key: Callable[[Any], Hashable]
    find: Callable[[Any, Scope], Any]
    draft_of: Callable[[Any], Any]
    add: Callable[[Any, Cells, Scope, datetime], object]
    change: Callable[[Any, Any, Scope, datetime], object]
    rows: Callable[[Scope], Iterable[Sequence[str]]]

    def heading(self, key: str) -> str:
        """Return what a column is called."""
        return next(column.heading for column in self.columns if column.key == key)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return f"{value.astimezone(LOCAL):%Y-%m-%d %H:%M}"
    return "" if value is None else str(value)


def _word(kind: str, text: str, heading: str) -> str:
    entry = next((e for e in catalogue.entries(kind) if text in (e.zh, e.en, e.code)), None)
    if entry is None:
        raise CellProblem(N_("没有“%(text)s”这种“%(heading)s”"), text=text[:40], heading=heading)
    return entry.code


def _region(text: str) -> int:
    answer = regions.resolve_region(text)
    if answer.node is None:
        raise CellProblem(N_("“%(text)s”不是一个认得出的地方"), text=text[:40])
    return answer.node.id


def _unit(text: str, scope: Scope) -> int:
    own = [row for row in organisations.organisations_in(scope) if row.name == text]
    if len(own) != 1:
        raise CellProblem(N_("“%(text)s”不是您负责的单位"), text=text[:40])
    return own[0].id


VENUE_COLUMNS: Final = (
    Column("name", "名称", True, ("阵地", "阵地名称")),
    Column("type", "类型", True),
    Column("region", "所在地", True, ("乡镇街道", "地区")),
    Column("address", "地址"),
    Column("directions", "怎么走"),
    Column("contact_name", "联系人"),
    Column("contact_phone", "联系电话", others=("电话",)),
    Column("capacity", "座位数", others=("能坐多少人",)),
    Column("step_free", "无台阶", others=("无障碍",)),
    Column("active", "在用"),
)


def _read_venue(cells: Cells, _scope: Scope) -> VenueDraft:
    phone = rules.text(cells, "contact_phone", "联系电话", most=20)
    return VenueDraft(
        name=rules.text(cells, "name", "名称", most=80, needed=True),
        type_code=_word(
            "venue_type", rules.text(cells, "type", "类型", most=40, needed=True), "类型"
        ),
        region_id=_region(rules.text(cells, "region", "所在地", most=200, needed=True)),
        address=rules.text(cells, "address", "地址", most=200),
        directions=rules.text(cells, "directions", "怎么走", most=300),
        contact_name=rules.text(cells, "contact_name", "联系人", most=60),
        contact_phone="".join(sign for sign in phone if sign.isdigit()),
        capacity=rules.number(cells, "capacity", "座位数", most=100_000) or None,
        is_step_free=rules.yes(cells, "step_free", "无台阶", usual=False),
        is_active=rules.yes(cells, "active", "在用", usual=True),
    )


def _venue_draft(row: Venue) -> VenueDraft:
    return VenueDraft(
        name=row.name, type_code=row.type_code, region_id=row.region_id, address=row.address,
        directions=row.directions, contact_name=row.contact_name, contact_phone=row.contact_phone,
        capacity=row.capacity, is_step_free=row.is_step_free, lat=row.lat, lng=row.lng,
        is_active=row.is_active,
    )  # fmt: skip


def _find_venue(draft: VenueDraft, _scope: Scope) -> Venue | None:
    statement = select(Venue).where(Venue.name == draft.name, Venue.region_id == draft.region_id)
    return db.session.scalar(statement.order_by(Venue.is_active.desc(), Venue.id).limit(1))


def _venue_rows(_scope: Scope) -> Iterable[Sequence[str]]:
    statement = select(Venue).order_by(Venue.region_id, Venue.name).limit(MOST)
    for row in db.session.scalars(statement):
        kind = catalogue.find_entry("venue_type", row.type_code)
        yield [_shown(value) for value in (
            row.name, kind.zh if kind else row.type_code, regions.path_of(row.region_id),
            row.address, row.directions, row.contact_name, row.contact_phone, row.capacity,
            row.is_step_free, row.is_active,
        )]  # fmt: skip


VENUES: Final = Kind(
    code="venues",
    title=N_("阵地"),
    columns=VENUE_COLUMNS,
    read=_read_venue,
    key=lambda draft: (draft.name, draft.region_id),
    find=_find_venue,
    draft_of=_venue_draft,
    add=lambda draft, _cells, scope, now: venues.add_venue(draft, by=scope.person_id, now=now),
    change=lambda row, draft, scope, now: venues.change_venue(
        row.id, draft, by=scope.person_id, now=now
    ),
    rows=_venue_rows,
)

RESOURCE_COLUMNS: Final = (
    Column("unit", "单位", True),
    Column("kind", "种类", True),
    Column("name", "名称", True),
    Column("plate", "车牌"),
    Column("seats", "座位数"),
    Column("licence", "准驾车型"),
    Column("until", "有效期至"),
    Column("contents", "里面有什么"),
    Column("before", "提前分钟"),
    Column("after", "收拾分钟"),
    Column("shared", "别的单位可订"),
    Column("active", "在用"),
)


def _read_resource(cells: Cells, scope: Scope) -> ResourceDraft:
    named = {words: kind for kind, words in KIND_WORDS.items()}
    kind = named.get(rules.text(cells, "kind", "种类", most=20, needed=True))
    if kind is None:
        raise CellProblem(
            N_("“种类”只能是：%(kinds)s"), kinds="、".join(str(words) for words in named)
        )
    return ResourceDraft(
        organisation_id=_unit(rules.text(cells, "unit", "单位", most=120, needed=True), scope),
        kind=kind,
        name=rules.text(cells, "name", "名称", most=60, needed=True),
        plate=rules.text(cells, "plate", "车牌", most=12),
        licence_class=(rules.text(cells, "licence", "准驾车型", most=4) or None)
        if kind is ResourceKind.DRIVER
        else None,
        seats=rules.number(cells, "seats", "座位数", most=10_000) or None,
        valid_until=rules.day(cells, "until", "有效期至"),
        contents=rules.text(cells, "contents", "里面有什么", most=2000),
        before_minutes=rules.number(cells, "before", "提前分钟", most=1440) or 0,
        after_minutes=rules.number(cells, "after", "收拾分钟", most=1440) or 0,
        is_shared=rules.yes(cells, "shared", "别的单位可订", usual=True),
        is_active=rules.yes(cells, "active", "在用", usual=True),
    )


def _resource_draft(row: Resource) -> ResourceDraft:
    names = ResourceDraft.__dataclass_fields__
    return ResourceDraft(**{name: getattr(row, name) for name in names})


def _resource_rows(scope: Scope) -> Iterable[Sequence[str]]:
    own = resource_queries.own_organisation_ids(scope)
    for row in resource_queries.resources(with_retired=True)[:MOST]:
        if row.organisation_id in own:
            yield [_shown(value) for value in (
                row.organisation.name, KIND_WORDS[row.kind], row.name, row.plate, row.seats,
                row.licence_class, row.valid_until, row.contents, row.before_minutes,
                row.after_minutes, row.is_shared, row.is_active,
            )]  # fmt: skip


RESOURCES: Final = Kind(
    code="resources",
    title=N_("车辆和器材"),
    columns=RESOURCE_COLUMNS,
    read=_read_resource,
    key=lambda draft: (draft.organisation_id, draft.kind, draft.name),
    find=lambda draft, _scope: resource_queries.find_twin(
        draft.organisation_id, draft.kind, draft.name
    ),
    draft_of=_resource_draft,
    add=lambda draft, _cells, scope, now: resources.add_resource(draft, scope=scope, now=now),
    change=lambda row, draft, scope, now: resources.edit_resource(
        row.id, draft, scope=scope, now=now
    ),
    rows=_resource_rows,
)

EVENT_COLUMNS: Final = (
    Column("unit", "主办单位", True, ("单位",)),
    Column("campaign", "专项行动", True),
    Column("title", "活动名称", True, ("名称",)),
    Column("starts", "开始时间", True, ("开始",)),
    Column("ends", "结束时间", True, ("结束",)),
    Column("venue", "活动地点", others=("地点", "阵地")),
    Column("contact_name", "联系人"),
    Column("contact_phone", "联系电话", others=("电话",)),
    Column("capacity", "报名名额", others=("名额",)),
    Column("summary", "活动介绍", others=("介绍",)),
)


def _read_event(cells: Cells, scope: Scope) -> EventDraft:
    campaign = _campaign(rules.text(cells, "campaign", "专项行动", most=80, needed=True))
    phone = rules.text(cells, "contact_phone", "联系电话", most=20)
    draft = EventDraft(
        organisation_id=_unit(rules.text(cells, "unit", "主办单位", most=120, needed=True), scope),
        title=rules.text(cells, "title", "活动名称", most=event_rules.MAX_TITLE, needed=True),
        starts_at=rules.moment(cells, "starts", "开始时间", LOCAL),
        ends_at=rules.moment(cells, "ends", "结束时间", LOCAL),
        venue_id=_venue(rules.text(cells, "venue", "活动地点", most=200)),
        summary=rules.text(cells, "summary", "活动介绍", most=2000),
        audience_codes=tuple(campaign.audience_codes),
        theme_code=campaign.theme_code,
        form_code=campaign.form_code,
        contact_name=rules.text(cells, "contact_name", "联系人", most=60),
        contact_phone="".join(sign for sign in phone if sign.isdigit()),
        capacity=rules.number(cells, "capacity", "报名名额", most=event_rules.MAX_CAPACITY) or None,
    )
    if draft.ends_at <= draft.starts_at:
        raise CellProblem(N_("结束时间要晚于开始时间"))
    return draft


def _campaign(text: str) -> Any:  # noqa: ANN401 - a campaign as programmes has it
    found = next((c for c in programmes.campaigns() if text in (c.zh, c.en, c.code)), None)
    if found is None:
        raise CellProblem(N_("没有“%(text)s”这个专项行动"), text=text[:40])
    return found


def _venue(text: str) -> int | None:
    if not text:
        return None
    found = regions.find_venue_meant(text)
    if found is None:
        raise CellProblem(N_("“%(text)s”不是一个认得出的阵地"), text=text[:40])
    return found.id


def _find_event(draft: EventDraft, scope: Scope) -> Event | None:
    statement = select(Event).where(
        Event.organisation_id == draft.organisation_id,
        Event.title == draft.title,
        Event.starts_at == draft.starts_at,
        event_queries.in_scope(scope),
    )
    return db.session.scalar(statement.order_by(Event.id).limit(1))


def _change_event(row: Event, draft: EventDraft, scope: Scope, now: datetime) -> object:
    return events.edit_event(
        row.id, draft, scope=scope, expected_version=row.version,
        moves_shifts=False, now=now,
    )  # fmt: skip


def _event_rows(scope: Scope) -> Iterable[Sequence[str]]:
    statement = (
        select(Event)
        .where(event_queries.in_scope(scope))
        .order_by(Event.starts_at.desc(), Event.id)
        .options(*event_queries.WITH_PLACE)
        .limit(MOST)
    )
    for row in db.session.scalars(statement):
        yield [_shown(value) for value in (
            row.organisation.name, row.campaign.zh, row.title, row.starts_at, row.ends_at,
            regions.venue_in_words(row.venue) if row.venue else "", row.contact_name,
            row.contact_phone, row.capacity, row.summary,
        )]  # fmt: skip


EVENTS: Final = Kind(
    code="events",
    title=N_("活动"),
    columns=EVENT_COLUMNS,
    read=_read_event,
    key=lambda draft: (draft.organisation_id, draft.title, draft.starts_at),
    find=_find_event,
    draft_of=event_queries.draft_of,
    add=lambda draft, cells, scope, now: events.create_event(
        draft, campaign_code=_campaign(cells["campaign"]).code, scope=scope, now=now
    ),
    change=_change_event,
    rows=_event_rows,
)
KINDS: Final = {kind.code: kind for kind in (EVENTS, VENUES, RESOURCES)}
# Columns whose draft fields are called otherwise.
FIELDS: Final = {
    "type": "type_code", "region": "region_id", "step_free": "is_step_free", "active": "is_active",
    "licence": "licence_class", "until": "valid_until", "before": "before_minutes",
    "after": "after_minutes", "shared": "is_shared", "unit": "organisation_id",
    "starts": "starts_at", "ends": "ends_at", "venue": "venue_id", "campaign": "",
}  # fmt: skip
