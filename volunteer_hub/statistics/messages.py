"""The kind of message that offices get once a week."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from flask_babel import gettext as _

from volunteer_hub.core.formats import clauses, hours_of, when
from volunteer_hub.core.outbox import Priority
from volunteer_hub.core.text import N_
from volunteer_hub.notifications import kinds
from volunteer_hub.notifications.kinds import Kind
from volunteer_hub.notifications.topics import Topic
from volunteer_hub.notifications.wording import Draft, Facts


def _office_digest(facts: Facts) -> Draft:
    held, coming = facts.number("held"), facts.number("coming")
    lines = [
        _("上周活动 %(held)s 场，到场 %(reached)s 人，确认服务时长 %(hours)s 小时。",
          held=held, reached=facts.number("reached"), hours=hours_of(facts.number("minutes"))),
        _("本周活动 %(coming)s 场。", coming=coming),
        *_still_short(facts),
        *_records(facts),
    ]  # fmt: skip
    if facts.number("failed"):
        lines.append(
            _("没有送到的消息有 %(count)s 条，可以重新发送。", count=facts.number("failed"))
        )
    subject = _("每周摘要：上周活动 %(held)s 场，本周 %(coming)s 场", held=held, coming=coming)
    return Draft(subject, lines, _("打开工作台"))


def _still_short(facts: Facts) -> list[str]:
    if not facts.number("short"):
        return []
    return [
        _("两周内还缺人的岗位有 %(count)s 个，最近的活动：", count=facts.number("short")),
        *map(_in_words, facts.texts("short_events")),
    ]


def _in_words(kept: str) -> str:
    when_iso, title, missing = kept.split("\t")
    lacks = _("还缺 %(count)s 人", count=missing)
    return clauses((when(datetime.fromisoformat(when_iso)), title, lacks))


def _records(facts: Facts) -> list[str]:
    due, overdue = facts.number("due"), facts.number("overdue")
    lines = []
    if overdue:
        lines.append(
            _("记录和时长过了 10 个工作日还没有确认的活动有 %(count)s 场。", count=overdue)
        )
    if due:
        lines.append(_("记录和时长本周到期的活动有 %(count)s 场。", count=due))
    return lines


def _office_digest_sms(facts: Facts) -> str:
    return str(
        _("本周活动 %(coming)s 场，缺人岗位 %(short)s 个，逾期记录 %(overdue)s 场。看看：",
          coming=facts.number("coming"), short=facts.number("short"),
          overdue=facts.number("overdue"))
    )  # fmt: skip


OFFICE_DIGEST: Final = Kind(
    name="office_digest",
    label=N_("办公室每周摘要"),
    topic=Topic.DIGEST,
    wording=_office_digest,
    sms=_office_digest_sms,
    needs=frozenset({"held", "coming"}),
    may=frozenset({"reached", "minutes", "short", "short_events", "due", "overdue", "failed"}),
    priority=Priority.LOW,
    lifetime=timedelta(days=4),
    sample={
        "held": 3,
        "coming": 5,
        "reached": 286,
        "short": 2,
        "short_events": [
            "2026-09-12T01:00:00+00:00\t科普大篷车进校园\t2",
            "2026-09-13T06:00:00+00:00\t银龄科普讲堂\t1",
        ],
        "due": 2,
        "overdue": 1,
        "failed": 4,
    },
)


def register() -> None:
    """Add this kind."""
    kinds.register(OFFICE_DIGEST)
