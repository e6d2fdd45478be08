"""What the clock's jobs are called, and how often they run, in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from flask_babel import gettext as _
from flask_babel import ngettext

from volunteer_hub.core.text import N_
from volunteer_hub.notifications.lines import channel_in_words

DELIVER: Final = "messages.deliver."
JOBS: Final[Mapping[str, str]] = {
    "accounts.tidy": N_("清理过期的登录和验证码"),
    "assignments.follow_events": N_("活动变化、取消后通知志愿者"),
    "assignments.remind": N_("提醒志愿者，请他们确认"),
    "assignments.remind_of_hours": N_("提醒负责人确认服务时长"),
    "assignments.write_digests": N_("给关注的人写每周摘要"),
    "messages.route": N_("给消息选择渠道"),
    "messages.sweep": N_("收拾没有送到的消息"),
    "registrations.remind_registrants": N_("提醒报名的观众"),
    "registrations.tell_registrants": N_("活动变化、取消后通知观众"),
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
