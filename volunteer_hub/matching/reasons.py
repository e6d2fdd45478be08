"""Why someone suits a post or does not, as values that a page puts into words.

In the values ``skill``, ``credential``, ``language``, ``audience`` and ``campaign`` are codes,
``weekday`` is 0 for Monday, ``start`` and ``end`` are minutes of the day; the page names them in
its language before it fills in the text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from volunteer_hub.core.text import N_
from volunteer_hub.matching.conditions import window_around
from volunteer_hub.matching.geometry import distance_between
from volunteer_hub.matching.problem import Post, Shift, Volunteer
from volunteer_hub.matching.scoring import is_experienced
from volunteer_hub.matching.weights import Weights

RELIABLE_FROM: Final = 0.9
TURN_BELOW_MINUTES: Final = 15 * 60  # of ninety days: about an afternoon a month


class ReasonCode(StrEnum):
    """What speaks for a volunteer, then what has to be asked, then what stands against."""

    SKILL = "skill"
    CREDENTIAL = "credential"
    LANGUAGE = "language"
    DISTANCE = "distance"
    DISTANCE_APPROXIMATE = "distance_approximate"
    AVAILABLE = "available"
    WISHED_AUDIENCE = "wished_audience"
    WISHED_CAMPAIGN = "wished_campaign"
    TEAM_MATES = "team_mates"
    KEPT = "kept"
    EXPERIENCED = "experienced"
    FIRST_TIME = "first_time"
    RESTED = "rested"
    TURN = "turn"
    RELIABLE = "reliable"
    DISTANCE_UNKNOWN = "distance_unknown"
    AVAILABILITY_NOT_STATED = "availability_not_stated"
    LACKS_SKILL = "lacks_skill"
    LACKS_CREDENTIAL = "lacks_credential"
    LACKS_LANGUAGE = "lacks_language"
    LACKS_EXPERIENCE = "lacks_experience"
    UNDER_AGE = "under_age"
    LACKS_CONSENT = "lacks_consent"
    NOT_IN_RESERVE = "not_in_reserve"
    LACKS_TRANSPORT = "lacks_transport"
    NOT_AVAILABLE = "not_available"
    DAY_EXCLUDED = "day_excluded"
    RESTS = "rests"
    OUT_OF_REACH = "out_of_reach"
    NOT_WISHED = "not_wished"
    NO_SUGGESTIONS = "no_suggestions"
    HAS_DECLINED = "has_declined"
    WEEK_FULL = "week_full"
    BUSY = "busy"


TEXTS: Final[Mapping[ReasonCode, str]] = {
    ReasonCode.SKILL: N_("%(skill)s %(level)s 级，岗位要求 %(required)s 级"),
    ReasonCode.CREDENTIAL: N_("持有有效的%(credential)s"),
    ReasonCode.LANGUAGE: N_("会说%(language)s"),
    ReasonCode.DISTANCE: N_("离场地 %(km)s 公里"),
    ReasonCode.DISTANCE_APPROXIMATE: N_("离场地大约 %(km)s 公里"),
    ReasonCode.AVAILABLE: N_("%(weekday)s %(start)s–%(end)s 有空"),
    ReasonCode.WISHED_AUDIENCE: N_("愿意服务的对象：%(audience)s"),
    ReasonCode.WISHED_CAMPAIGN: N_("愿意参加的专项行动：%(campaign)s"),
    ReasonCode.TEAM_MATES: N_("同班次有 %(count)s 名队友"),
    ReasonCode.KEPT: N_("之前的安排里就在这个岗位"),
    ReasonCode.EXPERIENCED: N_("有经验，累计服务 %(hours)s 小时"),
    ReasonCode.FIRST_TIME: N_("还没有服务过，给新人一次机会"),
    ReasonCode.RESTED: N_("最近 90 天没有参加服务"),
    ReasonCode.TURN: N_("近 90 天服务 %(hours)s 小时，轮到了"),
    ReasonCode.RELIABLE: N_("答应的事很少缺席"),
    ReasonCode.DISTANCE_UNKNOWN: N_("位置不全，距离未知，请先问一问"),
    ReasonCode.AVAILABILITY_NOT_STATED: N_("没有填写空闲时间，请先问一问"),
    ReasonCode.LACKS_SKILL: N_("%(skill)s %(level)s 级，岗位要求 %(required)s 级，还不够"),
    ReasonCode.LACKS_CREDENTIAL: N_("没有到班次结束时仍有效的%(credential)s"),
    ReasonCode.LACKS_LANGUAGE: N_("不会说%(language)s"),
    ReasonCode.LACKS_EXPERIENCE: N_("累计服务 %(hours)s 小时，岗位要求 %(required)s 小时"),
    ReasonCode.UNDER_AGE: N_("到时还未满 18 周岁，有风险的岗位不安排未成年人"),
    ReasonCode.LACKS_CONSENT: N_("未成年，还没有监护人的有效同意"),
    ReasonCode.NOT_IN_RESERVE: N_("不是应急预备队成员"),
    ReasonCode.LACKS_TRANSPORT: N_("没有自己的车"),
    ReasonCode.NOT_AVAILABLE: N_("%(weekday)s %(start)s–%(end)s 不在空闲时间内"),
    ReasonCode.DAY_EXCLUDED: N_("这一天已注明不能来"),
    ReasonCode.RESTS: N_("这时还在暂停服务"),
    ReasonCode.OUT_OF_REACH: N_("离场地 %(km)s 公里，超过愿意走的 %(radius_km)s 公里"),
    ReasonCode.NOT_WISHED: N_("只想参加自己选的对象和专项行动"),
    ReasonCode.NO_SUGGESTIONS: N_("不接受系统推荐"),
    ReasonCode.HAS_DECLINED: N_("已婉拒这个班次"),
    ReasonCode.WEEK_FULL: N_("这一周的服务时间会超过 %(max_hours)s 小时的上限"),
    ReasonCode.BUSY: N_("这段时间、路上的时间或两天之间的休息时间里已有别的安排"),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that speaks for or against a volunteer in a post."""

    code: ReasonCode
    values: Mapping[str, str | int | float] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The msgid with a placeholder for each value."""
        return TEXTS[self.code]


def reasons_for(volunteer: Volunteer, shift: Shift, post: Post, weights: Weights) -> list[Reason]:
    """Return what speaks for the volunteer and what has to be asked, always in the same order."""
    return [
        *_qualified(volunteer, post),
        _distance(volunteer, shift),
        *_available(volunteer, shift),
        *_wished(volunteer, shift),
        *_history(volunteer, weights),
    ]


def _qualified(volunteer: Volunteer, post: Post) -> Iterator[Reason]:
    for skill, required in sorted(post.skills.items()):
        level = volunteer.skills.get(skill, 0)
        if level >= required:
            yield skill_reason(ReasonCode.SKILL, skill, level, required)
    if post.credential is not None and post.credential in volunteer.credentials:
        yield Reason(ReasonCode.CREDENTIAL, {"credential": post.credential})
    if post.language is not None and post.language in volunteer.languages:
        yield Reason(ReasonCode.LANGUAGE, {"language": post.language})


def _distance(volunteer: Volunteer, shift: Shift) -> Reason:
    away_km = distance_between(volunteer.point, shift.point)
    if away_km is None:
        return Reason(ReasonCode.DISTANCE_UNKNOWN)
    is_rough = volunteer.is_location_approximate
    code = ReasonCode.DISTANCE_APPROXIMATE if is_rough else ReasonCode.DISTANCE
    return Reason(code, {"km": round(away_km, 1)})


def _available(volunteer: Volunteer, shift: Shift) -> Iterator[Reason]:
    if volunteer.windows is None:
        yield Reason(ReasonCode.AVAILABILITY_NOT_STATED)
        return
    window = window_around(volunteer, shift)
    if window is not None:
        weekday, opens, closes = window
        yield Reason(ReasonCode.AVAILABLE, {"weekday": weekday, "start": opens, "end": closes})


def _wished(volunteer: Volunteer, shift: Shift) -> Iterator[Reason]:
    audiences = (shift.audience, *sorted(shift.also_for))
    wished = next((each for each in audiences if each in volunteer.wishes), None)
    if wished is not None:
        yield Reason(ReasonCode.WISHED_AUDIENCE, {"audience": wished})
    if shift.campaign in volunteer.wished_campaigns:
        yield Reason(ReasonCode.WISHED_CAMPAIGN, {"campaign": shift.campaign})


def _history(volunteer: Volunteer, weights: Weights) -> Iterator[Reason]:
    if volunteer.total_minutes == 0:
        yield Reason(ReasonCode.FIRST_TIME)
        return
    if is_experienced(weights, volunteer):
        yield Reason(ReasonCode.EXPERIENCED, {"hours": in_hours(volunteer.total_minutes)})
    if volunteer.minutes_90d == 0:
        yield Reason(ReasonCode.RESTED)
    elif volunteer.minutes_90d < TURN_BELOW_MINUTES:
        yield Reason(ReasonCode.TURN, {"hours": in_hours(volunteer.minutes_90d)})
    if volunteer.reliability >= RELIABLE_FROM:
        yield Reason(ReasonCode.RELIABLE)


def skill_reason(code: ReasonCode, skill: str, level: int, required: int) -> Reason:
    """Return a reason that compares the level someone has with the one a post asks for."""
    return Reason(code, {"skill": skill, "level": level, "required": required})


def in_hours(minutes: float) -> float:
    """Return minutes as hours with one decimal, as pages state them."""
    return round(minutes / 60, 1)
