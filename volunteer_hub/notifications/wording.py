"""What messages say. Written out when a message is sent or shown, in the language of the moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flask_babel import gettext as _

from volunteer_hub.core.formats import hours_of, when


@dataclass(frozen=True, slots=True)
class Message:
    """A message in words.

    Attributes:
        subject: Its title where a channel has titles.
        lines: What it says, a paragraph each, the greeting first.
        path: Where on this site it leads, or None.
        action: What the link says.
    """

    subject: str
    lines: tuple[str, ...]
    path: str | None
    action: str

    @property
    def text(self) -> str:
        """The whole body in one piece."""
        return "\n".join(self.lines)


class UnknownKindError(LookupError):
    """Nobody wrote wording for this kind of message."""


class Facts:
    """The params of a message, read so that what is missing leaves its line out."""

    def __init__(self, params: Mapping[str, Any]) -> None:
        self._params = params

    def text(self, name: str) -> str:
        """Return a text, or nothing."""
        return str(self._params.get(name) or "")

    def moment(self, name: str) -> str:
        """Return a moment as people write it, or nothing.

        Raises:
            ValueError: It is no ISO moment.
        """
        value = self._params.get(name)
        return when(datetime.fromisoformat(value)) if value else ""

    def number(self, name: str) -> int:
        """Return a whole number, or 0."""
        return int(self._params.get(name) or 0)

    def texts(self, name: str) -> list[str]:
        """Return texts, perhaps none."""
        return [str(each) for each in self._params.get(name) or ()]


@dataclass(frozen=True, slots=True)
class _Draft:
    """A message before its greeting and its address."""

    subject: str
    lines: list[str]
    action: str


Wording = Callable[[Facts], _Draft]


def _line(label: str, value: str) -> list[str]:
    return [f"{label}{value}"] if value else []


def _where_and_when(facts: Facts) -> list[str]:
    return [
        *_line(_("时间："), facts.moment("when")),
        *_line(_("地点："), facts.text("place")),
        *_line(_("岗位："), facts.text("post")),
        *_line(_("集合："), facts.text("meeting")),
        *_line(_("请带上："), facts.text("bring")),
    ]


def _invitation(facts: Facts) -> _Draft:
    event = facts.text("event")
    deadline = facts.moment("deadline")
    lines = [_("想请您来当“%(event)s”的志愿者。", event=event), *_where_and_when(facts)]
    if deadline:
        lines.append(
            _("能不能来都请在 %(deadline)s 前告诉我们，去不了也没关系。", deadline=deadline)
        )
    return _Draft(_("邀请您参加“%(event)s”", event=event), lines, _("查看并答复"))


def _assignment_confirmed(facts: Facts) -> _Draft:
    event = facts.text("event")
    lines = [
        _("您已报名“%(event)s”，我们等您来。", event=event),
        *_where_and_when(facts),
        _("到场时请出示签到码。临时来不了，请提前退出，让别人补上。"),
    ]
    return _Draft(_("报名成功：%(event)s", event=event), lines, _("查看签到码"))


def _assignment_withdrawn(facts: Facts) -> _Draft:
    event = facts.text("event")
    lines = [
        _("“%(event)s”有一位志愿者来不了了。", event=event),
        *_where_and_when(facts),
        *_line(_("原因："), facts.text("reason")),
        _("您可以在名单里再邀请别人。"),
    ]
    return _Draft(_("有志愿者退出：%(event)s", event=event), lines, _("查看名单"))


def _assignment_removed(facts: Facts) -> _Draft:
    event = facts.text("event")
    lines = [
        _("活动负责人取消了您在“%(event)s”的安排，请您不用到场。", event=event),
        *_where_and_when(facts),
        *_line(_("原因："), facts.text("reason")),
    ]
    return _Draft(_("安排有变：%(event)s", event=event), lines, _("查看详情"))


def _event_changed(facts: Facts) -> _Draft:
    event = facts.text("event")
    names = {"time": _("时间"), "place": _("地点")}
    changed = _("、").join(names.get(each, each) for each in facts.texts("changes"))
    news = (
        _("“%(event)s”的%(changed)s有变化，请以下面的为准。", event=event, changed=changed)
        if changed
        else _("“%(event)s”的安排有变化，请以下面的为准。", event=event)
    )
    return _Draft(
        _("活动有变化：%(event)s", event=event),
        [news, *_where_and_when(facts), _("如果来不了，请告诉我们。")],
        _("查看详情"),
    )


def _event_cancelled(facts: Facts) -> _Draft:
    event = facts.text("event")
    lines = [
        _("很抱歉，“%(event)s”取消了，请您不用到场。", event=event),
        *_where_and_when(facts),
        *_line(_("原因："), facts.text("reason")),
    ]
    return _Draft(_("活动取消：%(event)s", event=event), lines, _("看看别的活动"))


def _registration_confirmed(facts: Facts) -> _Draft:
    event = facts.text("event")
    lines = [
        _("您已报名参加“%(event)s”。", event=event),
        *_where_and_when(facts),
        _("到场时请出示入场码；没带手机，说姓名也可以。"),
    ]
    return _Draft(_("报名成功：%(event)s", event=event), lines, _("查看入场码"))


def _registration_cancelled(facts: Facts) -> _Draft:
    event = facts.text("event")
    lines = [
        _("您在“%(event)s”的报名已取消。", event=event),
        *_where_and_when(facts),
        _("想再来，可以重新报名。"),
    ]
    return _Draft(_("报名已取消：%(event)s", event=event), lines, _("查看活动"))


def _hours_confirmed(facts: Facts) -> _Draft:
    event = facts.text("event")
    lines = [_("谢谢您参加“%(event)s”，这次的服务时长已经确认。", event=event)]
    if facts.number("minutes"):
        lines.append(_("记为 %(hours)s 小时。", hours=hours_of(facts.number("minutes"))))
    lines.append(_("如果和实际不符，请联系活动负责人更正。"))
    return _Draft(_("服务时长已确认：%(event)s", event=event), lines, _("查看服务记录"))


def _sign_in_code(facts: Facts) -> _Draft:
    minutes = facts.number("minutes") or 10
    lines = [
        _(
            "您的登录验证码是 %(code)s，%(minutes)s 分钟内有效。",
            code=facts.text("code"),
            minutes=minutes,
        ),
        _("不是您本人操作，请不用理会，也不要告诉别人。"),
    ]
    return _Draft(_("登录验证码"), lines, _("去登录"))


def _welcome(_facts: Facts) -> _Draft:
    lines = [
        _("欢迎您成为科普志愿者！"),
        _("有适合您的活动，我们会发邀请给您；您也可以自己挑选活动报名。"),
    ]
    return _Draft(_("欢迎加入科普志愿者"), lines, _("看看适合我的活动"))


WORDINGS: Final[Mapping[str, Wording]] = {
    "invitation": _invitation,
    "assignment_confirmed": _assignment_confirmed,
    "assignment_withdrawn": _assignment_withdrawn,
    "assignment_removed": _assignment_removed,
    "event_changed": _event_changed,
    "event_cancelled": _event_cancelled,
    "registration_confirmed": _registration_confirmed,
    "registration_cancelled": _registration_cancelled,
    "hours_confirmed": _hours_confirmed,
    "sign_in_code": _sign_in_code,
    "welcome": _welcome,
}


def render(kind: str, params: Mapping[str, Any], recipient_name: str | None) -> Message:
    """Return a message in words.

    Args:
        kind: What the message is about.
        params: Titles, ISO moments and paths, as they were queued.
        recipient_name: How to address the reader; attendees may have left no name.

    Raises:
        UnknownKindError: There is no wording for this kind.
        ValueError: A moment in the params is none.
    """
    wording = WORDINGS.get(kind)
    if wording is None:
        raise UnknownKindError(kind)
    draft = wording(Facts(params))
    greeting = _("%(name)s，您好：", name=recipient_name) if recipient_name else _("您好：")
    path = params.get("path") or None
    return Message(draft.subject, (greeting, *draft.lines), path, draft.action)
