"""Plans in words: how far they are, how good, what stands against a row, what would help."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from flask_babel import gettext as _
from flask_babel import ngettext

from volunteer_hub.assignments import wording as reasons
from volunteer_hub.assignments.rules import State
from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.formats import clauses, days_of
from volunteer_hub.core.i18n import language
from volunteer_hub.core.text import N_
from volunteer_hub.events.models import Status
from volunteer_hub.matching import Condition, Stage
from volunteer_hub.planning.rules import Change, PlanState, Reach, RowState, Why
from volunteer_hub.planning.weighing import NUMBERS, WEIGHED
from volunteer_hub.programmes import queries as programmes

if TYPE_CHECKING:
    from volunteer_hub.planning.models import PlanRun

STATES: Final[Mapping[PlanState, tuple[str, str, str]]] = {
    PlanState.WAITING: (N_("等着排"), "calm", "clock"),
    PlanState.RUNNING: (N_("正在排"), "calm", "refresh"),
    PlanState.DONE: (N_("排好了"), "good", "check"),
    PlanState.CANCELLED: (N_("已停止"), "grey", "close"),
    PlanState.FAILED: (N_("没有排成"), "bad", "warn"),
}
_STAGES: Final[Mapping[str, str]] = {
    "": N_("正在读岗位和志愿者的情况"),
    Stage.READING: N_("正在找出谁能去哪个岗位"),
    Stage.SIFTING: N_("正在算第 %(step)s 轮"),
    Stage.DECIDING: N_("正在把人一个一个定下来"),
    Stage.POLISHING: N_("正在逐个地方再看一遍"),
    Stage.CHECKING: N_("正在核对每一条规则"),
}
_REFUSALS: Final[Mapping[str, str]] = {
    "closed": N_("活动或岗位已经不能安排了"),
    "full": N_("别人先邀请，名额满了"),
    "asked_already": N_("已经邀请过，或已经在这个岗位"),
    "asked_enough": N_("这一周收到的邀请还有好几份没答复，先不打扰"),
    "not_there": N_("现在找不到这位志愿者了"),
}
_PARTS: Final[Mapping[str, str]] = {
    "fit": N_("技能更对口"),
    "distance": N_("离得更近"),
    "wish": N_("更合本人意愿"),
    "reliability": N_("更靠得住"),
    "rotation": N_("最近服务得少，轮到了"),
    "availability": N_("填过这段时间有空"),
    "kept": N_("原来就这样安排"),
    "team": N_("和队友在一起"),
    "load": N_("手上的事更少"),
}
_WHYS: Final[Mapping[Why, str]] = {
    Why.LEFT_OUT: N_("您选了这次不排"),
    Why.ANSWERED: N_("已经邀请过，或已经答复"),
    Why.POST_GONE: N_("这个岗位不用再找人，或者活动有变"),
    Why.NOT_ABLE: N_("现在的情况不再允许，或者岗位让给了更缺人的地方"),
}
# Who meets this and nothing else is in the way would come.
_OPENINGS: Final[Mapping[str, str]] = {
    Condition.WINDOW: N_("时间能商量的话，有 %(people)s 人"),
    Condition.TRANSPORT: N_("有人接送的话，有 %(people)s 人"),
    Condition.BLACKOUT: N_("换一天的话，有 %(people)s 人"),
}


def stage_of(run: PlanRun) -> str:
    """Return what the worker does with a plan at the moment."""
    if run.state is PlanState.WAITING:
        return str(_("前面的方案排完就轮到它"))
    return str(_(_STAGES.get(run.stage, _STAGES[""]), step=run.step))


def state_of(run: PlanRun) -> tuple[str, str, str]:
    """Return how a plan stands, as a tag."""
    label, tone, icon = STATES[run.state]
    return str(_(label)), tone, icon


def title_of(run: PlanRun) -> str:
    """Return what a plan is about."""
    if run.reach is Reach.EVENT:
        return run.event.title if run.event else str(_("一场活动"))
    first = run.from_at.astimezone(LOCAL).date()
    last = max(first, (run.until_at.astimezone(LOCAL)).date())
    if run.reach is Reach.WEEK:
        return days_of(first, last)
    if run.reach is Reach.CAMPAIGN:
        campaign = programmes.find_campaign(run.campaign_code)
        return campaign.name(language()) if campaign else run.campaign_code
    return str(_("全部活动"))


def changes_of(run: PlanRun) -> list[str]:
    """Return what counts otherwise than usual in a plan."""
    labels = dict(zip(WEIGHED, NUMBERS, strict=True))
    return [
        str(_("%(what)s：%(points)s 分", what=_(labels[name].label), points=value))
        for name, value in run.weights.items()
        if name in labels
    ]


def outcome_of(run: PlanRun) -> list[str]:
    """Return how good a plan is and how much better any could be, in sentences."""
    outcome = run.outcome
    if not outcome:
        return []
    missing = sum(post["missing"] for post in run.posts)
    return [_seats(missing, outcome), _proof(outcome), *_clashes(outcome), *_gone(outcome)]


def _seats(missing: int, outcome: Mapping[str, Any]) -> str:
    if not missing:
        return str(_("每个岗位的最少人数都能排满。"))
    said = str(ngettext("还缺 %(num)s 人。", "还缺 %(num)s 人。", missing))
    best = outcome["best_open_seats"]
    if best is None:
        return said
    if outcome["open_seats"] <= math.ceil(best - 1e-6):
        return said + str(_("已经证明：照现在的志愿者和岗位，谁来排都不能缺得更少。"))
    return said + str(_("也许还能少缺几人，这次没有算到底。"))


def _proof(outcome: Mapping[str, Any]) -> str:
    gap, quality = outcome["gap"], outcome["quality"]
    if gap is None:
        return str(_("这次是逐个岗位排的，没有算出离最好的还差多少。"))
    if gap == 0:
        return str(_("已经证明：没有比它更好的排法。"))
    share = 100 * gap / max(1, abs(quality))
    shown = f"{share:.2f}" if share < 1 else f"{share:.0f}"
    if share >= 100:
        return str(_("离最好的还可能差不少，主要在缺人的岗位上。"))
    return str(_("已经证明：再好的排法，最多也只比它好 %(share)s%%。", share=shown))


def _clashes(outcome: Mapping[str, Any]) -> list[str]:
    if not outcome["clashes"]:
        return []
    return [str(_("已答应的安排里有互相冲突的，请先在名单里处理。"))]


def _gone(outcome: Mapping[str, Any]) -> list[str]:
    gone = outcome.get("gone_meanwhile", 0)
    if not gone:
        return []
    said = ngettext(
        "排的时候有 %(num)s 人婉拒或退出了，他们的岗位请再排一次。",
        "排的时候有 %(num)s 人婉拒或退出了，他们的岗位请再排一次。",
        gone,
    )
    return [str(said)]


def refusals_in_words(refusals: Iterable[Mapping[str, Any]]) -> str:
    """Return what stands against a row that was to be confirmed."""
    found = list(refusals)
    codes = [str(each.get("code", "")) for each in found]
    own = [str(_(_REFUSALS[code])) for code in codes if code in _REFUSALS]
    others = reasons.to_organiser(each for each in found if each.get("code") not in _REFUSALS)
    return reasons.sentence([*own, *others])


def shortage_of(why: Mapping[str, Any] | None) -> list[str]:
    """Return why a post stays short in a plan, and what would open it."""
    if why is None:
        return []
    if not why["considered"]:
        return [str(_("还没有可以邀请的志愿者。"))]
    binding = [str(_(reasons.CONDITIONS[Condition(why["binding"])]))] if why["binding"] else []
    return [*binding, *(_opening(each) for each in why["openings"][:3])]


def _opening(opening: Mapping[str, Any]) -> str:
    by, people, condition = opening["by"], opening["people"], opening["condition"]
    match condition:
        case Condition.REACH:
            return str(_("再放宽 %(by)s 公里，有 %(people)s 人", by=by, people=people))
        case Condition.WEEK_MINUTES:
            return str(_("这一周多来 %(by)s 小时，有 %(people)s 人", by=by, people=people))
        case Condition.SKILL:
            return str(_("技能要求低 %(by)s 级，有 %(people)s 人", by=by, people=people))
    return str(_(_OPENINGS[condition], people=people))


def refusal_of(condition: Condition | None) -> str:
    """Return the first rule that says no to somebody who is not in a post."""
    return str(_(_FIRST[condition])) if condition else str(_("可以来，名额给了更合适的人"))


_FIRST: Final[Mapping[Condition, str]] = {
    Condition.SKILL: N_("技能还不够"),
    Condition.CREDENTIAL: N_("没有到时还有效的证件"),
    Condition.LANGUAGE: N_("不会说需要的语言"),
    Condition.EXPERIENCE: N_("参加活动的经验还不够"),
    Condition.AGE: N_("到时未满 18 周岁"),
    Condition.CONSENT: N_("还没有监护人同意"),
    Condition.RESERVE: N_("不是应急预备队成员"),
    Condition.TRANSPORT: N_("没有自己的车"),
    Condition.WINDOW: N_("没填这段时间有空"),
    Condition.BLACKOUT: N_("注明这一天不能来"),
    Condition.REST: N_("那时还在暂停服务"),
    Condition.REACH: N_("路远了一些"),
    Condition.WISH: N_("只想做自己选的事"),
    Condition.SUGGESTIONS: N_("不接受系统推荐"),
    Condition.DECLINED: N_("婉拒或退出过这个班次"),
    Condition.WEEK_MINUTES: N_("这一周已经排满"),
    Condition.BUSY: N_("这段时间有别的安排"),
}


def change_of(change: Change, names: Mapping[int, str]) -> str:
    """Return what moved between two plans and why.

    Args:
        change: Of one person.
        names: What posts are called.
    """
    before = reasons.listed([names.get(each, "") for each in change.before])
    after = reasons.listed([names.get(each, "") for each in change.after])
    if not change.before:
        return str(_("新排上：%(after)s", after=after))
    if change.why is Why.MOVED:
        return str(_("从 %(before)s 换到 %(after)s", before=before, after=after))
    said = str(_("不再排：%(before)s", before=before))
    return clauses([said, _why(change)]) if change.why else said


def _why(change: Change) -> str:
    if change.why is Why.OTHERS:
        better: Sequence[str] = [str(_(_PARTS[name])) for name in change.better if name in _PARTS]
        if not better:
            return str(_("换成了别人，差不多合适"))
        return str(_("换成的人%(better)s", better=reasons.sentence(better)))
    return str(_(_WHYS[change.why])) if change.why is not None and change.why in _WHYS else ""


def evenness(gini: float | None) -> str:
    """Return in words how even a share-out is."""
    if gini is None:
        return str(_("人太少，不算"))
    if gini < 0.3:
        return str(_("比较平均"))
    return str(_("有些集中")) if gini < 0.6 else str(_("集中在少数人身上"))


# Who could come comes first, then who lacks little; those who may not be asked come last.
NEAREST: Final = (
    Condition.REACH,
    Condition.WINDOW,
    Condition.WEEK_MINUTES,
    Condition.BUSY,
    Condition.BLACKOUT,
    Condition.TRANSPORT,
    Condition.SKILL,
    Condition.LANGUAGE,
    Condition.EXPERIENCE,
    Condition.CREDENTIAL,
    Condition.CONSENT,
    Condition.AGE,
    Condition.RESERVE,
    Condition.DECLINED,
    Condition.WISH,
    Condition.REST,
    Condition.SUGGESTIONS,
)


def since(row: RowState, state: State | None, event: Status) -> str:
    """Return what came in between since a plan was made, that its page knows already.

    Args:
        row: What was decided about the proposal.
        state: How things stand between the volunteer and the post.
        event: How the event stands.
    """
    if event is Status.CANCELLED:
        return str(_("活动已取消"))
    if row is RowState.INVITED:
        return str(_(_ANSWERS.get(state, ""))) if state in _ANSWERS else ""
    return str(_(_SINCE[state])) if state in _SINCE else ""


_ANSWERS: Final[Mapping[State | None, str]] = {
    State.INVITED: N_("已邀请，等答复"),
    State.ACCEPTED: N_("已答应"),
    State.DECLINED: N_("已婉拒"),
    State.EXPIRED: N_("过期没有答复"),
    State.WITHDRAWN: N_("已退出"),
    State.CANCELLED: N_("已取消"),
}
_SINCE: Final[Mapping[State | None, str]] = {
    State.INVITED: N_("另外邀请过了，等答复"),
    State.ACCEPTED: N_("已经答应了"),
    State.DECLINED: N_("排的时候婉拒了"),
    State.WITHDRAWN: N_("排的时候退出了"),
    State.CANCELLED: N_("负责人取消过这一安排"),
}
