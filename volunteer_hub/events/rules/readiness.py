"""What an event needs before it is published. Pure: facts in, check list out."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from volunteer_hub.core.text import N_
from volunteer_hub.events.drafts import EventDraft
from volunteer_hub.resources.rules import Kind

ELDER_TALKS: Final = frozenset({"silver"})  # campaigns whose events have a topic and a speaker
MINORS: Final = frozenset({"youth"})
ELDERS: Final = "elders"


class Severity(enum.StrEnum):
    """Whether an event can be published without it."""

    MUST = "must"
    SHOULD = "should"


@dataclasses.dataclass(frozen=True, slots=True)
class ShiftFacts:
    """What the check list asks about a shift."""

    id: int
    title: str
    has_posts: bool


@dataclasses.dataclass(frozen=True, slots=True)
class NeedFacts:
    """What the check list asks about a vehicle or thing that the event needs."""

    kind: Kind
    is_met: bool


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class EventFacts:
    """What the check list asks about an event."""

    plan: EventDraft
    campaign_code: str
    shifts: tuple[ShiftFacts, ...]
    venue_id: int | None = None
    venue_has_contact: bool = False
    venue_capacity: int | None = None
    needs: tuple[NeedFacts, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Check:
    """One line of the list 可以发布了吗.

    Args:
        code: What is checked.
        severity: Whether publishing waits for it.
        title: What must be so, a msgid.
        note: Why and what to do, a msgid with ``values``; shown while it is not done.
        is_done: Whether it is so.
        place: Where to do it: event, shifts, shift, venue or resources.
        subject_id: Which shift or venue.
        field: Which field of that form; empty for the whole form.
    """

    code: str
    severity: Severity
    title: str
    note: str
    is_done: bool
    place: str = "event"
    field: str = ""
    subject_id: int | None = None
    values: Mapping[str, Any] = dataclasses.field(default_factory=dict)


def checks(facts: EventFacts, *, now: datetime) -> list[Check]:
    """Return the whole list of what an event needs before it is published, done or not."""
    return [
        *_time_and_place(facts, now),
        *_talk(facts),
        *_shifts(facts),
        *_things(facts),
        *_people(facts),
        *_texts(facts),
    ]


def problems_before_publishing(facts: EventFacts, *, now: datetime) -> list[Check]:
    """Return what is missing: first what publishing waits for, then what would be better."""
    missing = [check for check in checks(facts, now=now) if not check.is_done]
    return sorted(missing, key=lambda check: check.severity is not Severity.MUST)


def blocking(found: Iterable[Check]) -> list[Check]:
    """Return those that publishing must wait for."""
    return [check for check in found if check.severity is Severity.MUST and not check.is_done]


def lost_by(before: EventFacts, after: EventFacts, *, now: datetime) -> list[Check]:
    """Return what a published event would lose that it needs, by this change of its plan."""
    had = {check.code for check in checks(before, now=now) if check.is_done}
    missing = blocking(problems_before_publishing(after, now=now))
    return [check for check in missing if check.code in had and check.place == "event"]


def _time_and_place(facts: EventFacts, now: datetime) -> list[Check]:
    plan = facts.plan
    return [
        Check(
            "time",
            Severity.MUST,
            N_("活动在将来开始"),
            N_("开始时间已经过去，请改成将来的时间"),
            plan.starts_at > now,
            field="starts_at",
        ),
        Check(
            "venue",
            Severity.MUST,
            N_("选好活动地点"),
            N_("志愿者和群众要知道去哪里"),
            plan.venue_id is not None,
            field="venue_id",
        ),
        Check(
            "contact",
            Severity.MUST,
            N_("留下当天打得通的联系电话"),
            N_("有人找不到地方时会打这个电话"),
            bool(plan.contact_phone),
            field="contact_phone",
        ),
    ]


def _talk(facts: EventFacts) -> list[Check]:
    if facts.campaign_code not in ELDER_TALKS:
        return []
    plan = facts.plan
    found = [
        Check(
            "topic",
            Severity.MUST,
            N_("写明讲什么"),
            N_("老人先看题目再决定来不来，例如“微信怎么和孙子视频”"),
            bool(plan.topic),
            field="topic",
        ),
        Check(
            "speaker",
            Severity.MUST,
            N_("写明谁来讲"),
            N_("请填写主讲人"),
            bool(plan.speaker_name),
            field="speaker_name",
        ),
    ]
    if facts.venue_id is not None:
        found.append(
            Check(
                "venue_contact",
                Severity.SHOULD,
                N_("留下地点的联系人"),
                N_("请老年大学或社区指定一位联系人，开门、投影都找得到人"),
                facts.venue_has_contact,
                place="venue",
                field="contact_phone",
                subject_id=facts.venue_id,
            )
        )
    return found


def _shifts(facts: EventFacts) -> list[Check]:
    found = [
        Check(
            "shifts",
            Severity.MUST,
            N_("至少安排一个班次"),
            N_("志愿者按班次报名，请加一个班次"),
            bool(facts.shifts),
            place="shifts",
        )
    ]
    empty = [shift for shift in facts.shifts if not shift.has_posts]
    found += [
        Check(
            "posts",
            Severity.MUST,
            N_("每个班次都有岗位"),
            N_("班次“%(shift)s”还没有岗位"),
            is_done=False,
            place="shift",
            subject_id=shift.id,
            values={"shift": shift.title},
        )
        for shift in empty
    ]
    if facts.shifts and not empty:
        found.append(
            Check("posts", Severity.MUST, N_("每个班次都有岗位"), "", is_done=True, place="shifts")
        )
    return found


_NOT_BOOKED: Final[Mapping[Kind, str]] = {
    Kind.VEHICLE: N_("车辆还没有落实，请看看哪一辆空着"),
    Kind.DRIVER: N_("司机还没有落实，请看看哪一位有空"),
    Kind.KIT: N_("器材箱还没有落实，请看看哪一个空着"),
    Kind.PROJECTOR: N_("投影仪还没有落实，请看看哪一台空着"),
    Kind.HALL: N_("场地还没有落实，请看看哪一处空着"),
}


def _things(facts: EventFacts) -> list[Check]:
    title = N_("订好车辆、司机和器材")
    if facts.needs and all(need.is_met for need in facts.needs):
        return [Check("things", Severity.SHOULD, title, "", is_done=True, place="resources")]
    unmet = dict.fromkeys(need.kind for need in facts.needs if not need.is_met)
    return [
        Check("things", Severity.SHOULD, title, _NOT_BOOKED[kind], is_done=False, place="resources")
        for kind in unmet
    ]


def _people(facts: EventFacts) -> list[Check]:
    plan = facts.plan
    with_minors = bool(MINORS.intersection(plan.audience_codes))
    found = [
        Check(
            "audience",
            Severity.SHOULD,
            N_("选好面向哪些人"),
            N_("选了人群，活动才能被合适的人找到"),
            bool(plan.audience_codes),
            field="audience_codes",
        ),
        Check(
            "risk",
            Severity.MUST if with_minors else Severity.SHOULD,
            N_("写明安全提醒"),
            N_("有未成年人参加，必须写明安全提醒和注意事项")
            if with_minors
            else N_("招募志愿者时要说明可能的风险，没有风险也写一句"),
            bool(plan.risk_notice),
            field="risk_notice",
        ),
    ]
    if ELDERS in plan.audience_codes:
        found.append(
            Check(
                "elder_friendly",
                Severity.SHOULD,
                N_("为老人打开大字和简便签到"),
                N_("面向老年人的活动，海报二维码会直接打开长辈版"),
                plan.is_elder_friendly,
                field="is_elder_friendly",
            )
        )
    return [*found, *_places(facts)]


def _places(facts: EventFacts) -> list[Check]:
    room = facts.venue_capacity
    if room is None or not facts.plan.is_registration_open:
        return []
    return [
        Check(
            "capacity",
            Severity.SHOULD,
            N_("报名人数不超过场地容量"),
            N_("场地最多容纳 %(room)s 人，请把报名名额设在这个数以内"),
            facts.plan.capacity is not None and facts.plan.capacity <= room,
            field="capacity",
            values={"room": room},
        )
    ]


def _texts(facts: EventFacts) -> list[Check]:
    plan = facts.plan
    return [
        Check(
            "summary",
            Severity.SHOULD,
            N_("写一段活动介绍"),
            N_("两三句话，让人知道来了能看到什么"),
            bool(plan.summary),
            field="summary",
        ),
        Check(
            "meeting_point",
            Severity.SHOULD,
            N_("写明志愿者在哪里集合"),
            N_("例如：学校正门，7:30 大篷车发车"),
            bool(plan.meeting_point),
            field="meeting_point",
        ),
    ]
