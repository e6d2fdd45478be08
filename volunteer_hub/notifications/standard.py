"""The kinds of messages about accounts, events, sign-ups, registrations and hours."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from flask_babel import gettext as _

from volunteer_hub.accounts.contacts import MOVED
from volunteer_hub.core.formats import hours_of
from volunteer_hub.core.outbox import Priority
from volunteer_hub.core.text import N_
from volunteer_hub.notifications.kinds import Kind
from volunteer_hub.notifications.topics import Topic
from volunteer_hub.notifications.wording import (
    Draft,
    Facts,
    cut,
    line,
    where_and_when,
    which_event,
)

WHERE_AND_WHEN: Final = frozenset({"when", "until", "place", "post", "meeting", "bring"})
EVENT: Final = frozenset({"event"})
# With a signature of eight signs, brackets and a title of fourteen, this fits into one message.
LONGEST_NEWS: Final = 40


def _invitation(facts: Facts) -> Draft:
    event = facts.text("event")
    deadline = facts.moment("deadline")
    lines = [_("想请您来当“%(event)s”的志愿者。", event=event), *where_and_when(facts)]
    if deadline:
        lines.append(
            _("能不能来都请在 %(deadline)s 前告诉我们，去不了也没关系。", deadline=deadline)
        )
    return Draft(_("邀请您参加“%(event)s”", event=event), lines, _("查看并答复"))


def _invitation_sms(facts: Facts) -> str:
    return str(_("想请您当志愿者：%(event)s。能来吗？请答复：", event=which_event(facts)))


def _assignment_confirmed(facts: Facts) -> Draft:
    event = facts.text("event")
    lines = [
        _("您已报名“%(event)s”，我们等您来。", event=event),
        *where_and_when(facts),
        _("到场时请出示签到码。临时来不了，请提前退出，让别人补上。"),
    ]
    return Draft(_("报名成功：%(event)s", event=event), lines, _("查看签到码"))


def _assignment_confirmed_sms(facts: Facts) -> str:
    return str(_("您已报名%(event)s。签到码：", event=which_event(facts, with_place=True)))


def _assignment_withdrawn(facts: Facts) -> Draft:
    event = facts.text("event")
    lines = [
        _("“%(event)s”有一位志愿者来不了了。", event=event),
        *where_and_when(facts),
        *line(_("原因："), facts.text("reason")),
        _("系统正在自动找人补上，进展看名单。")
        if facts.number("refills")
        else _("您可以在名单里再邀请别人。"),
    ]
    return Draft(_("有志愿者退出：%(event)s", event=event), lines, _("查看名单"))


def _assignment_withdrawn_sms(facts: Facts) -> str:
    return str(_("%(event)s有志愿者来不了了，请看名单：", event=which_event(facts)))


def _assignment_removed(facts: Facts) -> Draft:
    event = facts.text("event")
    lines = [
        _("活动负责人取消了您在“%(event)s”的安排，请您不用到场。", event=event),
        *where_and_when(facts),
        *line(_("原因："), facts.text("reason")),
    ]
    return Draft(_("安排有变：%(event)s", event=event), lines, _("查看详情"))


def _assignment_removed_sms(facts: Facts) -> str:
    return str(_("您在%(event)s的安排已取消，请不用到场。详情：", event=which_event(facts)))


def _event_changed(facts: Facts) -> Draft:
    event = facts.text("event")
    names = {"time": _("时间"), "place": _("地点")}
    changed = _("、").join(names.get(each, each) for each in facts.texts("changes"))
    news = (
        _("“%(event)s”的%(changed)s有变化，请以下面的为准。", event=event, changed=changed)
        if changed
        else _("“%(event)s”的安排有变化，请以下面的为准。", event=event)
    )
    asks = bool(facts.number("asks"))
    lines = [
        news,
        *where_and_when(facts),
        *line(_("原来的时间："), facts.moment("was")),
        *line(_("原因："), facts.text("reason")),
        _("您还能来吗？请点开告诉我们。") if asks else _("如果来不了，请告诉我们。"),
    ]
    action = _("我会来，或者来不了") if asks else _("查看详情")
    return Draft(_("活动有变化：%(event)s", event=event), lines, action)


def _event_changed_sms(facts: Facts) -> str:
    return str(_("安排有变：%(event)s。详情：", event=which_event(facts, with_place=True)))


def _event_cancelled(facts: Facts) -> Draft:
    event = facts.text("event")
    lines = [
        _("很抱歉，“%(event)s”取消了，请您不用到场。", event=event),
        *where_and_when(facts),
        *line(_("原因："), facts.text("reason")),
    ]
    return Draft(_("活动取消：%(event)s", event=event), lines, _("看看别的活动"))


def _event_cancelled_sms(facts: Facts) -> str:
    return str(_("很抱歉，%(event)s取消了，请不用到场。", event=which_event(facts)))


def _registration_confirmed(facts: Facts) -> Draft:
    event = facts.text("event")
    lines = [
        _("您已报名参加“%(event)s”。", event=event),
        *where_and_when(facts),
        _("到场时请出示入场码；没带手机，说姓名也可以。"),
    ]
    return Draft(_("报名成功：%(event)s", event=event), lines, _("查看入场码"))


def _registration_confirmed_sms(facts: Facts) -> str:
    return str(_("您已报名%(event)s。入场码：", event=which_event(facts, with_place=True)))


def _registration_cancelled(facts: Facts) -> Draft:
    event = facts.text("event")
    lines = [
        _("您在“%(event)s”的报名已取消。", event=event),
        *where_and_when(facts),
        _("想再来，可以重新报名。"),
    ]
    return Draft(_("报名已取消：%(event)s", event=event), lines, _("查看活动"))


def _registration_cancelled_sms(facts: Facts) -> str:
    return str(_("您在%(event)s的报名已取消。想再来：", event=which_event(facts)))


def _hours_confirmed(facts: Facts) -> Draft:
    event = facts.text("event")
    lines = [_("谢谢您参加“%(event)s”，这次的服务时长已经确认。", event=event)]
    if facts.number("minutes"):
        lines.append(_("记为 %(hours)s 小时。", hours=hours_of(facts.number("minutes"))))
    lines.append(_("如果和实际不符，请联系活动负责人更正。"))
    return Draft(_("服务时长已确认：%(event)s", event=event), lines, _("查看服务记录"))


def _hours_confirmed_sms(facts: Facts) -> str:
    return str(_("谢谢您！“%(event)s”的服务时长已确认，查看：", event=facts.short("event")))


def _sign_in_code(facts: Facts) -> Draft:
    minutes = facts.number("minutes") or 10
    lines = [
        _(
            "您的登录验证码是 %(code)s，%(minutes)s 分钟内有效。",
            code=facts.text("code"),
            minutes=minutes,
        ),
        _("不是您本人操作，请不用理会，也不要告诉别人。"),
    ]
    return Draft(_("登录验证码"), lines, _("去登录"))


def _sign_in_code_sms(facts: Facts) -> str:
    return str(
        _(
            "登录验证码 %(code)s，%(minutes)s 分钟内有效。不是您本人操作请不用理会。",
            code=facts.text("code"),
            minutes=facts.number("minutes") or 10,
        )
    )


def _contact_moved(facts: Facts) -> Draft:
    lines = [
        _("您的账号改用 %(new)s 登录了，这里不再收到通知。", new=facts.text("new")),
        _("不是您本人换的，请马上联系办公室。"),
    ]
    return Draft(_("登录号码已更换"), lines, _("联系办公室"))


def _contact_moved_sms(facts: Facts) -> str:
    new = facts.text("new")
    return str(_("您的账号改用 %(new)s 登录了。不是您本人换的，请马上联系办公室：", new=new))


def _welcome(_facts: Facts) -> Draft:
    lines = [
        _("欢迎您成为科普志愿者！"),
        _("有适合您的活动，我们会发邀请给您；您也可以自己挑选活动报名。"),
    ]
    return Draft(_("欢迎加入科普志愿者"), lines, _("看看适合我的活动"))


def _welcome_sms(_facts: Facts) -> str:
    return str(_("欢迎您成为科普志愿者！看看适合您的活动："))


def _announcement(facts: Facts) -> Draft:
    return Draft(facts.text("title"), facts.text("text").splitlines(), _("打开网站"))


def _announcement_sms(facts: Facts) -> str:
    said = " ".join(facts.text("text").split())
    return str(_("%(title)s：%(text)s", title=facts.short("title"), text=cut(said, LONGEST_NEWS)))


def _delivery_trouble(facts: Facts) -> Draft:
    return Draft(
        _("有消息没有送到"),
        [
            _("过去一小时有 %(count)s 条消息没有送到收件人。", count=facts.number("failed")),
            *line(_("渠道："), facts.text("channels")),
            _("请到“消息”页查看原因，处理后可以再发一次。"),
        ],
        _("查看没有送到的消息"),
    )


def _delivery_trouble_sms(facts: Facts) -> str:
    return str(_("过去一小时有 %(count)s 条消息没有送到。", count=facts.number("failed")))


STANDARD: Final = (
    Kind(
        name="invitation",
        label=N_("邀请志愿者"),
        topic=Topic.INVITATIONS,
        wording=_invitation,
        sms=_invitation_sms,
        needs=EVENT,
        may=WHERE_AND_WHEN | {"deadline"},
    ),
    Kind(
        name="assignment_confirmed",
        label=N_("志愿者报名成功"),
        topic=Topic.BOOKINGS,
        wording=_assignment_confirmed,
        sms=_assignment_confirmed_sms,
        needs=EVENT,
        may=WHERE_AND_WHEN,
    ),
    Kind(
        name="assignment_withdrawn",
        label=N_("志愿者退出"),
        topic=Topic.ORGANISING,
        wording=_assignment_withdrawn,
        sms=_assignment_withdrawn_sms,
        needs=EVENT,
        may=WHERE_AND_WHEN | {"reason", "refills"},
        priority=Priority.HIGH,
        sample={"refills": True},
    ),
    Kind(
        name="assignment_removed",
        label=N_("志愿者安排被取消"),
        topic=Topic.CHANGES,
        wording=_assignment_removed,
        sms=_assignment_removed_sms,
        needs=EVENT,
        may=WHERE_AND_WHEN | {"reason"},
        priority=Priority.HIGH,
    ),
    Kind(
        name="event_changed",
        label=N_("活动有变化"),
        topic=Topic.CHANGES,
        wording=_event_changed,
        sms=_event_changed_sms,
        needs=EVENT,
        may=WHERE_AND_WHEN | {"changes", "was", "reason", "asks"},
        priority=Priority.HIGH,
    ),
    Kind(
        name="event_cancelled",
        label=N_("活动取消"),
        topic=Topic.CHANGES,
        wording=_event_cancelled,
        sms=_event_cancelled_sms,
        needs=EVENT,
        may=WHERE_AND_WHEN | {"reason"},
        priority=Priority.HIGH,
    ),
    Kind(
        name="registration_confirmed",
        label=N_("观众报名成功"),
        topic=Topic.BOOKINGS,
        wording=_registration_confirmed,
        sms=_registration_confirmed_sms,
        needs=EVENT,
        may=WHERE_AND_WHEN,
    ),
    Kind(
        name="registration_cancelled",
        label=N_("观众报名取消"),
        topic=Topic.BOOKINGS,
        wording=_registration_cancelled,
        sms=_registration_cancelled_sms,
        needs=EVENT,
        may=WHERE_AND_WHEN,
    ),
    Kind(
        name="hours_confirmed",
        label=N_("服务时长确认"),
        topic=Topic.RECORD,
        wording=_hours_confirmed,
        sms=_hours_confirmed_sms,
        needs=EVENT,
        may=frozenset({"minutes"}),
        priority=Priority.LOW,
        lifetime=timedelta(days=30),
    ),
    Kind(
        name="sign_in_code",
        label=N_("登录验证码"),
        topic=Topic.ACCOUNT,
        wording=_sign_in_code,
        sms=_sign_in_code_sms,
        needs=frozenset({"code"}),
        may=frozenset({"minutes"}),
        priority=Priority.URGENT,
        lifetime=timedelta(minutes=10),
        sample={"code": "246810", "minutes": 10},
    ),
    Kind(
        name=MOVED,
        label=N_("登录号码已更换"),
        topic=Topic.ACCOUNT,
        wording=_contact_moved,
        sms=_contact_moved_sms,
        needs=frozenset({"new"}),
        priority=Priority.URGENT,
        lifetime=timedelta(days=1),
        sample={"new": "138****5678"},
    ),
    Kind(
        name="welcome",
        label=N_("欢迎新志愿者"),
        topic=Topic.BOOKINGS,
        wording=_welcome,
        sms=_welcome_sms,
        priority=Priority.LOW,
    ),
    Kind(
        name="announcement",
        label=N_("通知公告"),
        topic=Topic.NEWS,
        wording=_announcement,
        sms=_announcement_sms,
        needs=frozenset({"title", "text"}),
        priority=Priority.LOW,
        sample={
            "title": "科普日志愿者集合时间",
            "text": "周六上午八点在市科技馆东门集合，请带身份证。",
        },
    ),
    Kind(
        name="delivery_trouble",
        label=N_("消息没有送到"),
        topic=Topic.OFFICE,
        wording=_delivery_trouble,
        sms=_delivery_trouble_sms,
        needs=frozenset({"failed"}),
        may=frozenset({"channels"}),
        priority=Priority.HIGH,
        sample={"failed": 12, "channels": "短信"},
    ),
)
