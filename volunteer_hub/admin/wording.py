"""What the clock's jobs are called, and how often they run, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Final

from flask_babel import gettext as _
from flask_babel import ngettext

from volunteer_hub.assignments.rules import Step, Steps
from volunteer_hub.core.formats import day
from volunteer_hub.core.text import N_
from volunteer_hub.notifications.lines import channel_in_words
from volunteer_hub.workdays.rules import Day

ONE_DAY: Final = timedelta(days=1)
DELIVER: Final = "messages.deliver."
JOBS: Final[Mapping[str, str]] = {
    "accounts.tidy": N_("清理过期的登录和验证码"),
    "assignments.fill_places": N_("给退出的志愿者找人补上"),
    "assignments.follow_events": N_("活动变化、取消后通知志愿者"),
    "assignments.remind": N_("提醒志愿者，请他们确认"),
    "assignments.remind_of_hours": N_("提醒负责人确认服务时长"),
    "assignments.write_digests": N_("给关注的人写每周摘要"),
    "complaints.remind": N_("提醒快到期的投诉建议"),
    "credentials.remind": N_("提醒志愿者证件快到期"),
    "listings.sweep": N_("从公开的活动表里拿掉结束的活动"),
    "messages.route": N_("给消息选择渠道"),
    "messages.sweep": N_("收拾没有送到的消息"),
    "people.forget_lists": N_("删除导入完的名单"),
    "people.forget_merges": N_("忘掉不能再分开的合并"),
    "people.forget_exports": N_("忘掉三年前的导出记录"),
    "people.lists": N_("导入志愿者名单"),
    "planning.forget": N_("删除保存到期的人员安排方案"),
    "planning.plan": N_("排人员安排方案"),
    "recognition.credit_claims": N_("记入公示期满的补录"),
    "recognition.follow_departures": N_("请没签退的志愿者填离开时间"),
    "registrations.remind_registrants": N_("提醒报名的观众"),
    "registrations.settle_lines": N_("把空出的位子给候补的人"),
    "registrations.tell_registrants": N_("活动变化、取消后通知观众"),
    "statistics.write_office_digests": N_("给办公室写每周摘要"),
    "privacy.forget": N_("删除保存到期的个人信息"),
    "privacy.ledger": N_("核对已注销的账号"),
    "worker.tidy": N_("清理任务记录"),
}


def job_in_words(name: str) -> str:
    """Return what a job does; a job nobody described keeps its name."""
    if name.startswith(DELIVER):
        channel = channel_in_words(name.removeprefix(DELIVER))
        return str(_("发送消息：%(channel)s", channel=channel))
    return str(_(JOBS[name])) if name in JOBS else name


def interval_in_words(seconds: int) -> str:
    """Return how often something happens."""
    if seconds % 86_400 == 0:
        return str(ngettext("每 %(num)s 天", "每 %(num)s 天", seconds // 86_400))
    if seconds % 3600 == 0:
        return str(ngettext("每 %(num)s 小时", "每 %(num)s 小时", seconds // 3600))
    if seconds % 60 == 0:
        return str(ngettext("每 %(num)s 分钟", "每 %(num)s 分钟", seconds // 60))
    return str(ngettext("每 %(num)s 秒", "每 %(num)s 秒", seconds))


def length_in_words(took: timedelta) -> str:
    """Return how long something took: 0.12 秒, 3 秒, 2 分钟."""
    seconds = took.total_seconds()
    if seconds >= 120:
        return str(_("%(count)s 分钟", count=round(seconds / 60)))
    return str(_("%(count)s 秒", count=f"{seconds:.2f}" if seconds < 10 else round(seconds)))


def steps_in_words(steps: Steps) -> list[str]:
    """Return reminders as people say them: 前 3 天，请确认."""
    return [
        str(_("提前 %(lead)s，请确认", lead=_lead(step)))
        if step.asks
        else str(_("提前 %(lead)s", lead=_lead(step)))
        for step in steps
    ]


def _lead(step: Step) -> str:
    amount, unit = int(step.name[:-1]), step.name[-1]
    if unit == "d":
        return str(ngettext("%(num)s 天", "%(num)s 天", amount))
    if unit == "h":
        return str(ngettext("%(num)s 小时", "%(num)s 小时", amount))
    return str(ngettext("%(num)s 分钟", "%(num)s 分钟", amount))


def days_in_words(days: Iterable[Day]) -> list[tuple[str, str]]:
    """Return special days with their names, days in a row as a stretch, in their order."""
    stretches: list[tuple[str, list[Day]]] = []
    for each in days:
        name, stretch = stretches[-1] if stretches else ("", [])
        if stretch and name == each.name and each.on - stretch[-1].on == ONE_DAY:
            stretch.append(each)
        else:
            stretches.append((each.name, [each]))
    return [(name, _stretch(stretch)) for name, stretch in stretches]


def _stretch(days: list[Day]) -> str:
    first, last = day(days[0].on), day(days[-1].on)
    return first if len(days) == 1 else f"{first} — {last}"
