"""What counts how much: numbers of the site, which one plan may take otherwise."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from volunteer_hub.core.numbers import Number
from volunteer_hub.core.text import N_
from volunteer_hub.matching import Weights

POINTS: Final = N_("分")
GROUP: Final = "match"
_USUAL: Final = Weights()


def key_of(name: str) -> str:
    """Return what the site's number of a weight is called."""
    return f"{GROUP}.{name}"


def _number(name: str, label: str, why: str, most: int) -> Number:
    usual: int = getattr(_USUAL, name)
    return Number(key=key_of(name), label=label, why=why, usual=usual, least=0, most=most,
                  unit=POINTS)  # fmt: skip


NUMBERS: Final = (
    _number("fit", N_("技能对口"), N_("技能远高于要求给满分，刚好够给六成"), 600),
    _number("nearness", N_("离得近"), N_("住在隔壁给满分，60 公里以外没有"), 600),
    _number("wish", N_("本人意愿"), N_("正是本人想服务的对象、想参加的专项行动给满分"), 600),
    _number("rotation", N_("轮换"), N_("近 90 天没有服务过给满分，满 60 小时没有"), 600),
    _number("load_step", N_("少排同一个人"), N_("同一个人每多排一次，多扣这么多分"), 300),
    _number("team_bonus", N_("队友在一起"), N_("同一个班次里多一位队友加的分"), 300),
    _number("kept_bonus", N_("少改动"), N_("和上一份方案一样的安排加的分"), 600),
    _number("extra_cost", N_("不多叫人"), N_("人数够了还要再加一位，至少要值这么多分"), 1000),
)
WEIGHED: Final = tuple(number.key.partition(".")[2] for number in NUMBERS)


def as_weights(usual: Callable[[str], int], changed: Mapping[str, int]) -> Weights:
    """Return what counts how much in one plan.

    Args:
        usual: Gives the site's number of that key.
        changed: What this plan takes otherwise, by the weight's name.
    """
    values = {name: changed.get(name, usual(key_of(name))) for name in WEIGHED}
    return replace(_USUAL, **values)  # type: ignore[arg-type]  # all of them are whole numbers


def changed_weights(
    usual: Callable[[str], int], wanted: Mapping[str, int | None]
) -> dict[str, int]:
    """Return those of the wanted weights that are not as usual, within their bounds."""
    found = {}
    for number, name in zip(NUMBERS, WEIGHED, strict=True):
        value = wanted.get(name)
        if value is not None and value != usual(number.key):
            found[name] = max(number.least, min(number.most, value))
    return found
