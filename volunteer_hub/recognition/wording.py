"""Why a record shows this number of hours, in one line."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _

from volunteer_hub.core.formats import clauses, clock_time, hours_of, listed
from volunteer_hub.recognition.models import EntryKind, HoursKind, ServiceRecord
from volunteer_hub.recognition.queries import Recorded
from volunteer_hub.recognition.rules import POLICY, Answer


def explain(recorded: Recorded) -> str:
    """Return the planned hours, when the volunteer came and left, the rule and what it made."""
    record = recorded.record
    planned = _("计划 %(hours)s 小时", hours=hours_of(record.planned_minutes))
    return clauses((planned, _door(record), _rule(recorded), *_after(recorded)))


def _door(record: ServiceRecord) -> str:
    if record.in_at is None:
        return str(_("没有签到记录"))
    came = _("签到 %(time)s", time=clock_time(record.in_at))
    if record.out_at is None:
        return listed((came, _("没有签退")))
    return listed((came, _("签退 %(time)s", time=clock_time(record.out_at))))


def _rule(recorded: Recorded) -> str:
    record, entry = recorded.record, recorded.entry
    if record.kind is HoursKind.TIMED:
        facts = entry.working if entry else {}
        return str(
            _(
                "班次前后 %(grace)s 分钟以内计入，按 %(step)s 分钟向下取整",
                grace=max(facts.get("grace", [POLICY.early_grace])),
                step=facts.get("step", POLICY.step),
            )
        )
    if record.working.get("answer") == Answer.AS_SHIFT.value:
        return str(_("由负责人确认待到班次结束"))
    if record.working.get("answer") == Answer.AS_PROPOSED.value:
        left_at = datetime.fromisoformat(record.working["said_left"])
        return str(_("本人说 %(time)s 离开，负责人确认", time=clock_time(left_at)))
    reason = record.working.get("reason") or recorded.reason
    if record.working.get("answer") == "claim":
        return str(_("补录，经另一人复核、公示期满：%(reason)s", reason=reason))
    return str(_("由负责人补录：%(reason)s", reason=reason))


def _after(recorded: Recorded) -> list[str]:
    """Return what was left out and what happened since, where there is something to say."""
    entry = recorded.entry
    if entry is None:
        return []
    said = []
    if entry.working.get("doubled"):
        minutes = entry.working["doubled"]
        said.append(_("%(minutes)s 分钟已记在别的班次，不重复计", minutes=minutes))
    if entry.kind is EntryKind.ADJUST:
        said.append(_("更正过，原来 %(hours)s 小时", hours=hours_of(entry.working["was"])))
    if recorded.is_taken_back:
        said.append(_("已冲销"))
    return [str(each) for each in said]
