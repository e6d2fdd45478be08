"""The matcher's reasons, and what it did by itself, told to the volunteer or to the organiser."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from flask_babel import gettext as _
from flask_babel import ngettext

from volunteer_hub.catalogue import queries as catalogue
from volunteer_hub.core.i18n import language
from volunteer_hub.core.text import N_
from volunteer_hub.matching import Condition, ReasonCode, Shortfall
from volunteer_hub.programmes import queries as programmes

if TYPE_CHECKING:
    from volunteer_hub.assignments.models import RefillStep

Reason = Mapping[str, Any]
LEVELS: Final = {1: N_("会一点"), 2: N_("熟练"), 3: N_("能带队")}
WEEKDAYS: Final = (
    N_("周一"), N_("周二"), N_("周三"), N_("周四"), N_("周五"), N_("周六"), N_("周日"),
)  # fmt: skip
NEARBY_KM: Final = 3
NOON: Final = 13 * 60
AFTERNOON: Final = 12 * 60
EVENING: Final = 17 * 60

# What one person is told about themselves, and what an organiser is told about someone.
_TO_VOLUNTEER: Final[Mapping[str, str]] = {
    ReasonCode.SKILL: N_("您会%(skills)s"),
    "nearby": N_("就在您家附近"),
    ReasonCode.DISTANCE: N_("离您家约 %(km)s 公里"),
    ReasonCode.AVAILABLE: N_("%(time)s您有空"),
    ReasonCode.WISHED_AUDIENCE: N_("您想服务%(audience)s"),
    ReasonCode.WISHED_CAMPAIGN: N_("您想参加%(campaign)s"),
    ReasonCode.TURN: N_("近 90 天服务 %(hours)s 小时，轮到您了"),
    ReasonCode.LACKS_SKILL: N_("还需要：%(skills)s"),
    ReasonCode.CREDENTIAL: N_("您有%(credential)s"),
    ReasonCode.LACKS_CREDENTIAL: N_("还需要有效的%(credential)s"),
    ReasonCode.LACKS_CONSENT: N_("要先有监护人同意"),
    ReasonCode.UNDER_AGE: N_("这个岗位只安排年满 18 周岁的人"),
    ReasonCode.NOT_IN_RESERVE: N_("这是应急预备队的任务"),
    ReasonCode.LACKS_TRANSPORT: N_("要自己开车来"),
    ReasonCode.RESTS: N_("那时您还在暂停服务"),
    ReasonCode.NOT_AVAILABLE: N_("%(time)s不在您填的空闲时间里"),
    ReasonCode.DAY_EXCLUDED: N_("您注明过这一天不能来"),
    ReasonCode.OUT_OF_REACH: N_("离您家约 %(km)s 公里，比您愿意走的 %(radius_km)s 公里远"),
    ReasonCode.HAS_DECLINED: N_("您婉拒或退出过这个班次"),
    ReasonCode.WEEK_FULL: N_("这一周会超过您定的 %(max_hours)s 小时"),
    ReasonCode.BUSY: N_("这段时间或者路上的时间，您已有别的安排"),
}
_TO_ORGANISER: Final[Mapping[str, str]] = {
    ReasonCode.SKILL: N_("会%(skills)s"),
    "nearby": N_("就在附近"),
    ReasonCode.DISTANCE: N_("约 %(km)s 公里"),
    ReasonCode.AVAILABLE: N_("%(time)s有空"),
    ReasonCode.WISHED_AUDIENCE: N_("愿意服务%(audience)s"),
    ReasonCode.WISHED_CAMPAIGN: N_("想参加%(campaign)s"),
    ReasonCode.FIRST_TIME: N_("还没参加过活动，给新人一次机会"),
    ReasonCode.RESTED: N_("最近三个月没有参加活动"),
    ReasonCode.TURN: N_("近 90 天服务 %(hours)s 小时，轮到了"),
    ReasonCode.DISTANCE_UNKNOWN: N_("住得多远不清楚，请先问一问"),
    ReasonCode.AVAILABILITY_NOT_STATED: N_("没填空闲时间，请先问一问"),
    ReasonCode.LACKS_SKILL: N_("还差技能：%(skills)s"),
    ReasonCode.CREDENTIAL: N_("有%(credential)s"),
    ReasonCode.LACKS_CREDENTIAL: N_("没有核验过、到时还有效的%(credential)s"),
    ReasonCode.LACKS_LANGUAGE: N_("不会说需要的语言"),
    ReasonCode.LACKS_EXPERIENCE: N_("参加活动的经验还不够"),
    ReasonCode.UNDER_AGE: N_("到时未满 18 周岁，不能安排有风险的岗位"),
    ReasonCode.LACKS_CONSENT: N_("未成年，还没有监护人的有效同意"),
    ReasonCode.NOT_IN_RESERVE: N_("不是应急预备队成员"),
    ReasonCode.LACKS_TRANSPORT: N_("没有自己的车"),
    ReasonCode.RESTS: N_("那时还在暂停服务"),
    ReasonCode.NOT_WISHED: N_("只想做自己选的事"),
    ReasonCode.NO_SUGGESTIONS: N_("不接受系统推荐"),
    ReasonCode.NOT_AVAILABLE: N_("%(time)s不在空闲时间里"),
    ReasonCode.DAY_EXCLUDED: N_("注明过这一天不能来"),
    ReasonCode.OUT_OF_REACH: N_("约 %(km)s 公里，比愿意走的 %(radius_km)s 公里远"),
    ReasonCode.HAS_DECLINED: N_("婉拒或退出过这个班次"),
    ReasonCode.WEEK_FULL: N_("这一周会超过自己定的 %(max_hours)s 小时"),
    ReasonCode.BUSY: N_("这段时间或者路上的时间已有别的安排"),
}
CONDITIONS: Final[Mapping[Condition, str]] = {
    Condition.SKILL: N_("会所需技能的人不够"),
    Condition.CREDENTIAL: N_("有所需证件的人不够"),
    Condition.LANGUAGE: N_("会说所需语言的人不够"),
    Condition.EXPERIENCE: N_("有经验的人不够"),
    Condition.AGE: N_("成年的人不够"),
    Condition.CONSENT: N_("有监护人同意的人不够"),
    Condition.RESERVE: N_("应急预备队的人不够"),
    Condition.TRANSPORT: N_("自己开车来的人不够"),
    Condition.WINDOW: N_("这段时间有空的人不够"),
    Condition.BLACKOUT: N_("这一天能来的人不够"),
    Condition.REST: N_("合适的人还在暂停服务"),
    Condition.REACH: N_("住得够近的人不够"),
    Condition.WISH: N_("愿意做这件事的人不够"),
    Condition.SUGGESTIONS: N_("合适的人不接受系统推荐"),
    Condition.DECLINED: N_("合适的人都婉拒或退出过"),
    Condition.WEEK_MINUTES: N_("合适的人这一周的时间已经排满"),
    Condition.BUSY: N_("合适的人这段时间都有别的安排"),
}


def to_volunteer(reasons: Iterable[Reason]) -> list[str]:
    """Return reasons in words, told to the volunteer they are about; some are not for them."""
    return _in_words(reasons, _TO_VOLUNTEER)


def to_organiser(reasons: Iterable[Reason]) -> list[str]:
    """Return reasons in words, told to the organiser."""
    return _in_words(reasons, _TO_ORGANISER)


def sentence(parts: Sequence[str]) -> str:
    """Return pieces as one line: 您会机器人，离您家约 12 公里，周六上午您有空."""
    return str(_("，")).join(parts)


def listed(parts: Sequence[str]) -> str:
    """Return names as a list in one line: 机器人、急救."""
    return str(_("、")).join(parts)


def skill_in_words(code: str, level: int) -> str:
    """Return a skill with how well it is needed or held: 机器人（熟练）."""
    return str(_("%(skill)s（%(level)s）", skill=skill_name(code), level=_(LEVELS[level])))


def skill_name(code: str) -> str:
    """Return what a skill is called in the language of the page."""
    return catalogue.name_of("skill", code, language())


def credential_name(code: str) -> str:
    """Return what a kind of credential is called in the language of the page."""
    return catalogue.name_of("credential", code, language())


def shortage(why: Shortfall) -> list[str]:
    """Return why a post stays short, in a few lines."""
    if not why.considered:
        return [str(_("还没有可以邀请的志愿者。"))]
    lines = [str(_(CONDITIONS[why.binding]))] if why.binding else []
    lines += [
        str(
            ngettext(
                "有 %(num)s 人只差一点：%(what)s",
                "有 %(num)s 人只差一点：%(what)s",
                count,
                what=_(_NEAR[condition]),
            )
        )
        for condition, count in sorted(why.failing_only.items(), key=lambda item: -item[1])
        if condition in _NEAR
    ]
    return lines[:3]


_NEAR: Final[Mapping[Condition, str]] = {
    Condition.SKILL: N_("技能还不够"),
    Condition.WINDOW: N_("没填这段时间有空"),
    Condition.BLACKOUT: N_("注明这一天不能来"),
    Condition.REACH: N_("路远了一些"),
    Condition.TRANSPORT: N_("没有自己的车"),
    Condition.WEEK_MINUTES: N_("这一周已经排满"),
    Condition.BUSY: N_("这段时间有别的安排"),
}


def _in_words(reasons: Iterable[Reason], texts: Mapping[str, str]) -> list[str]:
    told: list[str] = []
    for code, group in _by_code(reasons).items():
        name, values = _VALUES.get(code, _as_they_are)(code, group)
        if name in texts:
            told.append(str(_(texts[name], **values)))
    return told


def _by_code(reasons: Iterable[Reason]) -> dict[str, list[Reason]]:
    groups: dict[str, list[Reason]] = {}
    for reason in reasons:
        groups.setdefault(str(reason.get("code", "")), []).append(reason)
    return groups


Told = tuple[str, dict[str, Any]]


def _as_they_are(code: str, group: list[Reason]) -> Told:
    return code, {name: _figure(value) for name, value in group[0].items() if name != "code"}


def _skills(code: str, group: list[Reason]) -> Told:
    names = [skill_name(str(each["skill"])) for each in group]
    return code, {"skills": listed(names)}


def _lacking(code: str, group: list[Reason]) -> Told:
    names = [skill_in_words(str(each["skill"]), int(each["required"])) for each in group]
    return code, {"skills": listed(names)}


def _distance(_code: str, group: list[Reason]) -> Told:
    km = float(group[0]["km"])
    return ("nearby", {}) if km < NEARBY_KM else (ReasonCode.DISTANCE, {"km": round(km)})


def _audience(code: str, group: list[Reason]) -> Told:
    return code, {"audience": catalogue.name_of("audience", str(group[0]["audience"]), language())}


def _credential(code: str, group: list[Reason]) -> Told:
    return code, {"credential": credential_name(str(group[0]["credential"]))}


def _campaign(code: str, group: list[Reason]) -> Told:
    campaign = programmes.find_campaign(str(group[0]["campaign"]))
    name = campaign.name(language()) if campaign else str(group[0]["campaign"])
    return code, {"campaign": name}


def _far(code: str, group: list[Reason]) -> Told:
    values = group[0]
    return code, {"km": round(float(values["km"])), "radius_km": _figure(values["radius_km"])}


def _time(code: str, group: list[Reason]) -> Told:
    values = group[0]
    weekday = _(WEEKDAYS[int(values["weekday"])])
    part = _part_of_day(int(values["start"]), int(values["end"]))
    return code, {"time": f"{weekday}{part}"}


def _part_of_day(start: int, end: int) -> str:
    """Return which part of the day a stretch of minutes is, or nothing when it is more."""
    if end <= NOON:
        return str(_("上午"))
    if start >= EVENING:
        return str(_("晚上"))
    if start >= AFTERNOON and end <= EVENING + 60:
        return str(_("下午"))
    return ""


def _figure(value: object) -> object:
    """Return a number without a useless decimal."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


_VALUES: Final[Mapping[str, Callable[[str, list[Reason]], Told]]] = {
    ReasonCode.SKILL: _skills,
    ReasonCode.LACKS_SKILL: _lacking,
    ReasonCode.DISTANCE: _distance,
    ReasonCode.DISTANCE_APPROXIMATE: _distance,
    ReasonCode.OUT_OF_REACH: _far,
    ReasonCode.WISHED_AUDIENCE: _audience,
    ReasonCode.WISHED_CAMPAIGN: _campaign,
    ReasonCode.CREDENTIAL: _credential,
    ReasonCode.LACKS_CREDENTIAL: _credential,
    ReasonCode.AVAILABLE: _time,
    ReasonCode.NOT_AVAILABLE: _time,
}


def step(done: RefillStep) -> str:
    """Return what was done to fill a place again, in words."""
    said: dict[str, str] = {
        "withdrew": _("有人退出"),
        "offered": _("名额留给候补的 %(people)s 人，等答复", people=done.people),
        "invited": _("第 %(wave)s 轮，邀请了 %(people)s 人", wave=done.wave, people=done.people),
        "filled": _("已补上"),
        "exhausted": _("合适的人都问过了，还没补上"),
        "stopped": _("不再自动补位"),
    }
    return said[done.kind.value]
