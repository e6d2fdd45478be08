"""What the door says, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask_babel import gettext as _

from volunteer_hub.checkin.queries import Answer
from volunteer_hub.checkin.rules import Direction, Door, Method, Reason, Who, why_shut
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
    how = how_it_was_done(answer.first_method or answer.method)
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
