"""What messages are about, as far as people choose between them, and over what they may go."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from volunteer_hub.core.outbox import Means
from volunteer_hub.core.text import N_

__all__ = ["CHOOSABLE", "MEANS_IN_WORDS", "TOPICS", "About", "Means", "Topic"]
MEANS_IN_WORDS: Final[Mapping[Means, str]] = {Means.SMS: N_("短信"), Means.EMAIL: N_("邮件")}


class Topic(enum.StrEnum):
    """What a message is about."""

    ACCOUNT = "account"
    CHANGES = "changes"
    BOOKINGS = "bookings"
    INVITATIONS = "invitations"
    REMINDERS = "reminders"
    RECORD = "record"
    ORGANISING = "organising"
    DIGEST = "digest"
    NEWS = "news"
    OFFICE = "office"


@dataclass(frozen=True, slots=True)
class About:
    """What holds for a topic.

    Attributes:
        label: Its name on the page of preferences, a msgid.
        note: What belongs to it, a msgid.
        means: Over what it goes unless its reader says otherwise.
        is_fixed: Nobody can do without it, so there is nothing to choose.
        is_in_inbox: Whether it is kept among the messages on the site.
        is_for_staff: Only those who run events get it.
    """

    label: str
    note: str
    means: frozenset[Means]
    is_fixed: bool = False
    is_in_inbox: bool = True
    is_for_staff: bool = False


_ALL: Final = frozenset(Means)
_MAIL: Final = frozenset({Means.EMAIL})

TOPICS: Final[Mapping[Topic, About]] = {
    Topic.ACCOUNT: About(
        N_("登录验证码"), N_("您登录时要的验证码"), _ALL, is_fixed=True, is_in_inbox=False
    ),
    Topic.CHANGES: About(
        N_("活动变化和取消"), N_("您要去的活动改了时间、地点，或者取消了"), _ALL, is_fixed=True
    ),
    Topic.REMINDERS: About(N_("活动提醒"), N_("活动前提醒您，请您确认能不能来"), _ALL),
    Topic.INVITATIONS: About(N_("活动邀请"), N_("请您来当志愿者"), _ALL),
    Topic.BOOKINGS: About(N_("报名结果"), N_("报名成功、取消报名、入场码"), _ALL),
    Topic.RECORD: About(N_("服务记录"), N_("服务时长确认、感谢"), _MAIL),
    Topic.ORGANISING: About(
        N_("我负责的活动"), N_("有人退出、名额不足、要补的记录"), _ALL, is_for_staff=True
    ),
    Topic.DIGEST: About(N_("订阅和摘要"), N_("您关注的地方、专项行动有了新活动"), _MAIL),
    Topic.NEWS: About(N_("通知公告"), N_("办公室发给大家的通知"), _ALL),
    Topic.OFFICE: About(
        N_("办公室通知"), N_("发到办公室的群"), frozenset(), is_fixed=True, is_in_inbox=False
    ),
}
CHOOSABLE: Final = tuple(topic for topic, about in TOPICS.items() if not about.is_fixed)
