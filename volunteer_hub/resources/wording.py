"""Resources and what events need of them, in the page's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import gettext as _

from volunteer_hub.core.errors import DomainError
from volunteer_hub.core.formats import bracketed, day, span_of
from volunteer_hub.core.text import N_
from volunteer_hub.resources.rules import (
    Busy,
    Candidate,
    Kind,
    Need,
    Purpose,
    ResourceFacts,
    Standing,
    State,
)

KIND_WORDS: Final[Mapping[Kind, str]] = {
    Kind.VEHICLE: N_("车辆"),
    Kind.DRIVER: N_("司机"),
    Kind.KIT: N_("器材箱"),
    Kind.PROJECTOR: N_("投影仪"),
    Kind.HALL: N_("场地"),
}
KIND_ICONS: Final[Mapping[Kind, str]] = {
    Kind.VEHICLE: "truck",
    Kind.DRIVER: "user",
    Kind.KIT: "gift",
    Kind.PROJECTOR: "target",
    Kind.HALL: "building",
}
PURPOSE_WORDS: Final[Mapping[Purpose, str]] = {
    Purpose.EVENT: N_("活动"),
    Purpose.OTHER: N_("其他用途"),
    Purpose.MAINTENANCE: N_("检修"),
}
STATE_WORDS: Final[Mapping[State, tuple[str, str]]] = {
    State.MET: (N_("已订好"), "good"),
    State.OPEN: (N_("可以预订"), "calm"),
    State.UNKNOWN: (N_("有效期不明"), "warn"),
    State.CONFLICT: (N_("时间冲突"), "bad"),
    State.UNAVAILABLE: (N_("没有可用的"), "bad"),
}
STANDING_WORDS: Final[Mapping[Standing, tuple[str, str]]] = {
    Standing.FREE: (N_("空闲"), "good"),
    Standing.UNKNOWN: (N_("有效期不明"), "warn"),
    Standing.TAKEN: (N_("已被预订"), "grey"),
    Standing.MAINTENANCE: (N_("检修中"), "bad"),
    Standing.EXPIRED: (N_("已过期"), "bad"),
    Standing.RETIRED: (N_("已停用"), "grey"),
}


def state_tag(state: State) -> tuple[str, str]:
    """Return the words and the tone of a requirement's state."""
    words, tone = STATE_WORDS[state]
    return str(_(words)), tone


def standing_tag(standing: Standing) -> tuple[str, str]:
    """Return the words and the tone of a resource's standing."""
    words, tone = STANDING_WORDS[standing]
    return str(_(words)), tone


def thing_tag(candidate: Candidate) -> tuple[str, str]:
    """Return the words and the tone of a resource that an event has booked, or could."""
    is_sound = candidate.is_booked and candidate.standing is Standing.FREE
    return state_tag(State.MET) if is_sound else standing_tag(candidate.standing)


def need_in_words(need: Need, named: ResourceFacts | None = None) -> str:
    """Return what is needed: 2 × 车辆（至少 12 座）, or the one resource that is meant."""
    if named is not None:
        return named.name
    kind = str(_(KIND_WORDS[need.kind]))
    words = kind if need.number == 1 else f"{need.number} × {kind}"
    if need.min_seats is None:
        return words
    if need.kind is Kind.DRIVER:
        return bracketed(words, _("能开 %(seats)s 座的车", seats=need.min_seats))
    return bracketed(words, _("至少 %(seats)s 座", seats=need.min_seats))


def facts_in_words(resource: ResourceFacts) -> str:
    """Return seats or licence, and until when it may be used."""
    parts = []
    if resource.kind is Kind.DRIVER:
        parts.append(_("准驾 %(licence)s", licence=resource.licence_class or "—"))
    elif resource.seats:
        parts.append(_("%(seats)s 座", seats=resource.seats))
    if resource.valid_until is not None:
        parts.append(_("有效到 %(day)s", day=day(resource.valid_until, with_year=True)))
    return " · ".join(str(part) for part in parts)


def in_the_way(candidate: Candidate) -> str:
    """Return what stands against a resource at that time; empty when nothing does."""
    if candidate.in_the_way is not None:
        return busy_in_words(candidate.in_the_way)
    if candidate.standing is Standing.EXPIRED:
        return str(_("请所属单位办好年检或换证，再更新有效期。"))
    if candidate.standing is Standing.UNKNOWN:
        return str(_("资料里没有写有效期，请所属单位补上。"))
    return ""


def busy_in_words(busy: Busy) -> str:
    """Return what a resource is taken for, and when."""
    return f"{busy.title} · {span_of(busy.span.start, busy.span.end)}"


def refusal(resource: str, why: str, title: str) -> str:
    """Return which resource cannot be had and why, as one sentence."""
    if not resource:
        return f"{why}。"
    return str(_("“%(resource)s”：%(why)s。", resource=resource, why=bracketed(why, title)))


def why_not(error: DomainError) -> str:
    """Return why a resource cannot be had, what is in the way, and what to do."""
    resource, title = getattr(error, "resource", ""), getattr(error, "title", "")
    return f"{refusal(resource, _(error.message), title)}{_(error.next_step)}"
