"""The kinds of messages about what volunteers promised and follow, and the files in their mails."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from flask import current_app
from flask_babel import gettext as _

from volunteer_hub.assignments import calendars, ical, queries
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.formats import clauses, when
from volunteer_hub.core.outbox import Priority
from volunteer_hub.core.text import N_
from volunteer_hub.notifications import kinds
from volunteer_hub.notifications.kinds import Kind
from volunteer_hub.notifications.topics import Topic
from volunteer_hub.notifications.wording import (
    Attachment,
    Draft,
    Facts,
    line,
    where_and_when,
    which_event,
)

WHERE_AND_WHEN: Final = frozenset({"when", "until", "place", "post", "meeting", "bring"})
EVENT: Final = frozenset({"event"})
# The kinds whose mails bring the entry for the reader's calendar, when it is a volunteer's.
WITH_CALENDAR: Final = (
    "invitation",
    "assignment_confirmed",
    "assignment_removed",
    "event_changed",
    "event_cancelled",
)
ENTRY: Final = "assignment_id"


def _shift_reminder(facts: Facts) -> Draft:
    event = facts.text("event")
    if not facts.number("asks"):
        lines = [
            _("“%(event)s”快到了，您说过会来，我们等您。", event=event),
            *where_and_when(facts),
            _("临时来不了，请提前退出，让别人补上。"),
        ]
        return Draft(_("提醒您：%(event)s", event=event), lines, _("查看签到码"))
    lines = [
        _("您报名了“%(event)s”的志愿者，还能来吗？", event=event),
        *where_and_when(facts),
        _("请点开按一下“我会来”。来不了也请按一下，好让别人补上。"),
    ]
    return Draft(_("请您确认：%(event)s", event=event), lines, _("我会来，或者来不了"))


def _shift_reminder_sms(facts: Facts) -> str:
    if not facts.number("asks"):
        return str(_("提醒您：%(event)s，我们等您来。", event=which_event(facts, with_place=True)))
    return str(_("您还能来吗？%(event)s。请确认：", event=which_event(facts, with_place=True)))


def _shift_soon(facts: Facts) -> Draft:
    event = facts.text("event")
    lines = [
        _("“%(event)s”今天就要开始了，我们等您来。", event=event),
        *where_and_when(facts),
        _("到场时请出示签到码。临时来不了，请打电话告诉活动负责人。"),
    ]
    return Draft(_("马上开始：%(event)s", event=event), lines, _("查看签到码"))


def _shift_soon_sms(facts: Facts) -> str:
    return str(_("马上开始：%(event)s。签到码：", event=which_event(facts, with_place=True)))


def _hours_overdue(facts: Facts) -> Draft:
    event = facts.text("event")
    lines = [
        _("“%(event)s”的服务时长还没有确认，志愿者在等。", event=event),
        *line(_("时间："), facts.moment("when")),
        _("法规要求活动结束后 10 个工作日内记录。时长已经算好，看一眼就能确认。"),
    ]
    return Draft(_("请确认服务时长：%(event)s", event=event), lines, _("去确认时长"))


def _hours_overdue_sms(facts: Facts) -> str:
    return str(_("%(event)s的服务时长还没有确认，请处理：", event=which_event(facts)))


def event_line(when_iso: str, title: str, place: str) -> str:
    """Return what a digest's message keeps of an event; put into words when it is read."""
    return "\t".join((when_iso, " ".join(title.split()), " ".join(place.split())))


def _in_words(kept: str) -> str:
    when_iso, title, place = kept.split("\t")
    return clauses((when(datetime.fromisoformat(when_iso)), title, place))


def _digest(facts: Facts) -> Draft:
    events = [_in_words(each) for each in facts.texts("events")]
    lines = [
        _("您关注的地方、专项行动或队伍，最近有这些活动，欢迎您来：")
        if facts.number("as_guest")
        else _("您关注的地方、专项行动、特长或队伍，最近有这些活动还要志愿者："),
        *events,
        _("不想再收到，可以在网页上取消关注。"),
    ]
    return Draft(_("有 %(count)s 场活动适合您", count=len(events)), lines, _("看看，去报名"))


def _digest_sms(facts: Facts) -> str:
    if facts.number("as_guest"):
        return str(_("您关注的有 %(count)s 场活动，看看：", count=len(facts.texts("events"))))
    return str(_("您关注的活动有 %(count)s 场要志愿者，看看：", count=len(facts.texts("events"))))


def _refill_exhausted(facts: Facts) -> Draft:
    event = facts.text("event")
    lines = [
        _("“%(event)s”有人退出后，候补的人和合适的志愿者都问过了，还没有补上。", event=event),
        *where_and_when(facts),
        _("请您打电话问问，或者放宽条件再找。"),
    ]
    return Draft(_("还缺人：%(event)s", event=event), lines, _("查看名单"))


def _refill_exhausted_sms(facts: Facts) -> str:
    return str(_("%(event)s还缺志愿者，自动没找到人，请看名单：", event=which_event(facts)))


def _stand_in_found(facts: Facts) -> Draft:
    event = facts.text("event")
    lines = [
        _("“%(event)s”的这个岗位换人了，由另一位志愿者来替。", event=event),
        *where_and_when(facts),
        _("原来的志愿者不用到场，谢谢安排。"),
    ]
    return Draft(_("有人替班了：%(event)s", event=event), lines, _("查看详情"))


def _stand_in_found_sms(facts: Facts) -> str:
    return str(_("%(event)s有人替班了。详情：", event=which_event(facts)))


def _swap_asked(facts: Facts) -> Draft:
    event = facts.text("event")
    lines = [
        _("一位志愿者想和您换班，请您去“%(event)s”的这个岗位，对方接您的岗位。", event=event),
        *where_and_when(facts),
        _("愿不愿意都请按一下。您答应以前，什么都不变。"),
    ]
    return Draft(_("想和您换班：%(event)s", event=event), lines, _("看看怎么换"))


def _swap_asked_sms(facts: Facts) -> str:
    return str(_("有志愿者想和您换班：%(event)s。请答复：", event=which_event(facts)))


def _swap_ended(facts: Facts) -> Draft:
    event = facts.text("event")
    said = (
        _("“%(event)s”的岗位换好了，请看看新的安排。", event=event)
        if facts.number("is_done")
        else _("“%(event)s”的岗位没有换成，原来的安排不变。", event=event)
    )
    return Draft(
        _("换班的结果：%(event)s", event=event), [said, *where_and_when(facts)], _("查看详情")
    )


def _swap_ended_sms(facts: Facts) -> str:
    if facts.number("is_done"):
        return str(_("%(event)s换班成了。详情：", event=which_event(facts)))
    return str(_("%(event)s没有换成班，安排不变。详情：", event=which_event(facts)))


def _exchange_to_approve(facts: Facts) -> Draft:
    event = facts.text("event")
    lines = [
        _("“%(event)s”有志愿者说好了换班或替班，等您同意。", event=event),
        *where_and_when(facts),
        _("您同意以前，原来的安排不变。"),
    ]
    return Draft(_("请您决定换班：%(event)s", event=event), lines, _("去看看"))


def _exchange_to_approve_sms(facts: Facts) -> str:
    return str(_("%(event)s有人要换班，请您决定：", event=which_event(facts)))


OWN: Final = (
    Kind(
        name="swap_asked",
        label=N_("有人想换班"),
        topic=Topic.BOOKINGS,
        wording=_swap_asked,
        sms=_swap_asked_sms,
        needs=EVENT,
        may=WHERE_AND_WHEN,
    ),
    Kind(
        name="swap_ended",
        label=N_("换班的结果"),
        topic=Topic.BOOKINGS,
        wording=_swap_ended,
        sms=_swap_ended_sms,
        needs=EVENT,
        may=WHERE_AND_WHEN | {"is_done"},
        sample={"is_done": 1},
    ),
    Kind(
        name="exchange_to_approve",
        label=N_("换班、替班等负责人同意"),
        topic=Topic.ORGANISING,
        wording=_exchange_to_approve,
        sms=_exchange_to_approve_sms,
        needs=EVENT,
        may=WHERE_AND_WHEN,
        priority=Priority.HIGH,
    ),
    Kind(
        name="stand_in_found",
        label=N_("有人替班了"),
        topic=Topic.BOOKINGS,
        wording=_stand_in_found,
        sms=_stand_in_found_sms,
        needs=EVENT,
        may=WHERE_AND_WHEN,
    ),
    Kind(
        name="refill_exhausted",
        label=N_("自动补位没有补上"),
        topic=Topic.ORGANISING,
        wording=_refill_exhausted,
        sms=_refill_exhausted_sms,
        needs=EVENT,
        may=WHERE_AND_WHEN,
        priority=Priority.HIGH,
    ),
    Kind(
        name="shift_reminder",
        label=N_("活动前提醒志愿者"),
        topic=Topic.REMINDERS,
        wording=_shift_reminder,
        sms=_shift_reminder_sms,
        needs=EVENT,
        may=WHERE_AND_WHEN | {"asks"},
    ),
    Kind(
        name="shift_soon",
        label=N_("班次马上开始"),
        topic=Topic.REMINDERS,
        wording=_shift_soon,
        sms=_shift_soon_sms,
        needs=EVENT,
        may=WHERE_AND_WHEN,
        priority=Priority.HIGH,
        lifetime=timedelta(hours=2),
    ),
    Kind(
        name="hours_overdue",
        label=N_("服务时长该确认了"),
        topic=Topic.ORGANISING,
        wording=_hours_overdue,
        sms=_hours_overdue_sms,
        needs=EVENT,
        may=frozenset({"when"}),
    ),
    Kind(
        name="digest",
        label=N_("关注的活动，每周一次"),
        topic=Topic.DIGEST,
        wording=_digest,
        sms=_digest_sms,
        needs=frozenset({"events"}),
        may=frozenset({"as_guest"}),
        priority=Priority.LOW,
        lifetime=timedelta(days=4),
        sample={
            "events": [
                "2026-09-12T01:00:00+00:00\t科普大篷车进校园\t通远堡镇中心小学",
                "2026-09-13T06:00:00+00:00\t银龄科普讲堂\t凤山社区",
            ],
            "as_guest": False,
        },
    ),
)


def calendar_file(facts: Facts) -> tuple[Attachment, ...]:
    """Return the entry for the calendar of the volunteer a message is to, as it is now."""
    try:
        row = queries.assignment_by_id(facts.number(ENTRY))
    except NotFoundError:
        return ()
    entry = calendars.entry_of(row, site=str(current_app.config["PUBLIC_URL"]))
    content_type = f"text/calendar; method={ical.method_of([entry])}"
    return (Attachment("event.ics", content_type, ical.calendar([entry])),)


def register() -> None:
    """Add these kinds, and let mails to volunteers bring the entry for their calendar."""
    kinds.register(*OWN)
    for name in WITH_CALENDAR:
        kind = kinds.kind_named(name)
        kinds.register(
            replace(
                kind,
                may=kind.may | {ENTRY},
                sample={**kind.sample, ENTRY: 0},
                attachments=calendar_file,
            )
        )
