"""What the door says, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask_babel import gettext as _

from volunteer_hub.checkin.queries import Answer
from volunteer_hub.checkin.rules import (
    Conflict,
    Direction,
    Door,
    Evidence,
    Method,
    Reason,
    Settlement,
    Who,
    why_shut,
)
from volunteer_hub.core.formats import clock_time, when

_SHUT: Final = frozenset({Reason.EVENT_CANCELLED, Reason.TOO_EARLY, Reason.HOURS_CONFIRMED})


@dataclass(frozen=True, slots=True)
class Words:
    """An answer for the person at the door: a title to read from afar, and what to do."""

    title: str
    detail: str


def words(answer: Answer) -> Words:
    """Return the answer to a scan in words."""
    if answer.direction is Direction.COUNT:
        return _counted(answer)
    if answer.reason is Reason.OK:
        return _accepted(answer)
    if answer.reason is Reason.ADMITTED:
        return Words(_("断网时已放行"), _("票已取消或换过，当时已经请进来了；请负责人看一下。"))
    if answer.reason in (Reason.ALREADY_IN, Reason.ALREADY_OUT):
        return _repeated(answer)
    return _turned_away(answer)


def notice_of(door: Door, *, now: datetime) -> Words | None:
    """Return what to say at a door that is shut, before anybody is scanned; None when it is open.

    Args:
        door: The door as whoever may come first finds it.
        now: The moment.
    """
    if door.is_draft:
        return Words(_("活动还没有发布，现在不能签到"), _("发布以后，这里就能用了。"))
    reason = why_shut(door, now=now)
    return _shut(reason, door.starts_at) if reason is not None else None


def _shut(reason: Reason, starts_at: datetime | None, *, at_poster: bool = False) -> Words:
    """Return why nobody comes in or out here now, and what to do; the poster opens later."""
    if reason is Reason.EVENT_CANCELLED:
        return Words(_("活动已取消"), _("这场活动不办了，请告诉来的人。"))
    if reason is Reason.HOURS_CONFIRMED:
        corrected_by = _(
            "服务时长已经确认，不再记签到和签退。要更正，请找主办单位的负责人或所在县（市、区）的办公室。"
        )
        return Words(_("签到已经截止"), corrected_by)
    starts = when(starts_at) if starts_at else ""
    if at_poster:
        at_two = _("%(starts)s 开始，开始前 2 小时起可以在这里签到。", starts=starts)
        return Words(_("还没到签到时间"), at_two)
    return Words(
        _("还没到签到时间"), _("%(starts)s 开始，开始前 12 小时起才能签到。", starts=starts)
    )


def _counted(answer: Answer) -> Words:
    if answer.reason in _SHUT:
        return _turned_away(answer)
    title = _("已撤销") if answer.reason is Reason.UNDONE else _("已计数")
    return Words(title, _("%(people)s 人", people=f"{answer.people:+d}"))


def _accepted(answer: Answer) -> Words:
    title = _("已签退") if answer.direction is Direction.OUT else _("已签到")
    return Words(title, _("，").join([*_who(answer), clock_time(answer.happened_at)]))


def _who(answer: Answer) -> list[str]:
    if answer.key is not None and answer.key.who is Who.VOLUNTEER:
        return [_("志愿者 %(post)s", post=answer.post_title)]
    return [_("共 %(people)s 人", people=answer.people)] if answer.people > 1 else []


def _repeated(answer: Answer) -> Words:
    at = clock_time(answer.first_at or answer.happened_at)
    if answer.reason is Reason.ALREADY_OUT:
        return Words(_("重复签退"), _("%(at)s 已经签退过了，不用再签。", at=at))
    how = answer.first_door or how_it_was_done(answer.first_method or answer.method)
    return Words(_("重复签到"), _("%(at)s 已在%(how)s签到，不用再签。", at=at, how=how))


def how_it_was_done(method: Method) -> str:
    """Return where or how somebody was checked in."""
    known: dict[Method, str] = {
        Method.CAMERA: _("门口扫码"),
        Method.TYPED: _("门口输码"),
        Method.PHOTO: _("门口扫码"),
        Method.SEARCH: _("名单上"),
        Method.POSTER: _("海报处"),
        Method.WALK_IN: _("门口登记"),
        Method.COUNTER: _("计数器"),
        Method.ROTATING: _("现场动态码"),
        Method.PAPER: _("纸质名单"),
    }
    return known[method]


def _turned_away(answer: Answer) -> Words:
    if answer.reason in _SHUT:
        return _shut(answer.reason, answer.starts_at, at_poster=answer.method is Method.POSTER)
    if answer.reason is Reason.WRONG_EVENT and answer.starts_at is not None:
        starts = when(answer.starts_at)
        other = _("这是“%(event)s”的票，%(starts)s。", event=answer.event_title, starts=starts)
        return Words(_("其他活动的票"), other)
    return {
        Reason.WRONG_EVENT: Words(_("其他活动的票"), _("请核对活动和日期。")),
        Reason.NOT_IN: Words(_("还没有签到"), _("还没有签到，不能签退。请先签到。")),
        Reason.CANCELLED: Words(_("已取消"), _("这个报名已经取消。本人来了，可以按现场登记。")),
        Reason.WAITING: Words(
            _("还在候补名单上"), _("这位还没有名额。有空位的话，可以按现场登记请进来。")
        ),
        Reason.UNKNOWN: Words(_("查无此票"), _("请核对票码，或按姓名、电话尾号查找。")),
        Reason.NOT_OURS: Words(_("不是本平台的码"), _("请出示报名后得到的入场码，或按姓名查找。")),
        Reason.UNDONE: Words(_("已撤销"), _("刚才那一条已经撤销。")),
    }[answer.reason]


def how_sure(evidence: Evidence | None) -> str:
    """Return how much a check-in proves, in a few words."""
    if evidence is None:
        return ""
    known: dict[Evidence, str] = {
        Evidence.STAFF: _("工作人员核对"),
        Evidence.ROTATING: _("现场动态码"),
        Evidence.SECOND_FACTOR: _("海报加口令"),
        Evidence.POSTER: _("海报自助"),
        Evidence.PAPER: _("纸质名单"),
    }
    return known[evidence]


def conflict_words(kind: Conflict, answer: Answer) -> Words:
    """Return what a person should know to decide about a conflict."""
    at = clock_time(answer.happened_at)
    first = clock_time(answer.first_at) if answer.first_at else at
    here = answer.door or _("主入口")
    there = answer.first_door or _("主入口")
    known: dict[Conflict, Words] = {
        Conflict.TWO_DOORS: Words(
            _("同一张票，两处都放行了"),
            _("%(first)s 在%(there)s，%(at)s 在%(here)s。可能是两个人用了一张票。",
              first=first, there=there, at=at, here=here),
        ),
        Conflict.SHARED: Words(
            _("同一张票，几分钟内出现在两个门"),
            _("%(first)s 在%(there)s，%(at)s 在%(here)s。票可能被转发了。",
              first=first, there=there, at=at, here=here),
        ),
        Conflict.CANCELLED: Words(
            _("断网时放行了已取消的报名"),
            _("%(at)s 在%(here)s。人来了就算到场，您可以撤销。", at=at, here=here),
        ),
        Conflict.REVOKED: Words(
            _("断网时放行了换过的旧票"),
            _("%(at)s 在%(here)s，按手机里的名单认出本人。", at=at, here=here),
        ),
        Conflict.UNKNOWN: Words(
            _("放行了一张查不到的票"),
            _("%(at)s 在%(here)s。可以按现场来人计一位，或按姓名找到后签到。", at=at, here=here),
        ),
        Conflict.SKEW: Words(
            _("有手机的时间不准"), _("签到时间已经自动校正，请提醒拿手机的人打开“自动设置时间”。")
        ),
        Conflict.TRAVEL: Words(
            _("同一位志愿者，来不及到两个地方"),
            _("%(at)s 在这里签到；另一场活动的签到离得太近，路上来不及。", at=at),
        ),
        Conflict.MISSING_IN: Words(
            _("有签退，没有签到"), _("%(at)s 签退。可以按开始时间补上到场。", at=at)
        ),
        Conflict.AFTER_LOCK: Words(
            _("时长确认以后才传上来"), _("%(at)s 的记录已留存，没有算进时长和人数。", at=at)
        ),
        Conflict.OTHER_BODY: Words(
            _("同一条记录传来两种内容"), _("按先收到的算。请看看这部手机是否正常。")
        ),
        Conflict.IMPORTED: Words(
            _("手工导入的记录"), _("请和拿手机的人核对一下；有效的已经算进去了。")
        ),
    }  # fmt: skip
    return known[kind]


def settlement_words(settlement: Settlement, kind: Conflict) -> str:
    """Return a decision as its button says it."""
    if settlement is Settlement.KEPT:
        return str(_("算数"))
    if settlement is Settlement.COUNTED:
        is_unknown = kind is Conflict.UNKNOWN
        return str(_("计一位来人") if is_unknown else _("是两个人，多计一位"))
    known: dict[Settlement, str] = {
        Settlement.NOTED: _("知道了"),
        Settlement.TAKEN_BACK: _("不算，撤销"),
        Settlement.CAME_AT_START: _("按开始时间补到场"),
        Settlement.FOUND_LATER: _("后来查到了签到"),
    }
    return known[settlement]
