"""The ages that count, which differ by province: numbers the office may change."""

from __future__ import annotations

from datetime import date
from typing import Final

from volunteer_hub.core.numbers import YEARS, Number, value_of
from volunteer_hub.core.text import N_
from volunteer_hub.volunteers import rules

YOUNGEST: Final = "ages.youngest"
CHILD: Final = "ages.child"
ACCOMPANIED: Final = "ages.accompanied"
NUMBERS: Final = (
    Number(key=YOUNGEST, label=N_("几岁起可以当志愿者"), usual=6, least=0, most=18, unit=YEARS,
           why=N_("更小的孩子不能注册；可以跟着大人来参加活动")),
    Number(key=CHILD, label=N_("几岁以下用儿童规则"), usual=14, least=14, most=18, unit=YEARS,
           why=N_("监护人除了同意书，还要同意儿童个人信息处理规则（个人信息保护法第三十一条）")),
    Number(key=ACCOMPANIED, label=N_("几岁以下要大人陪同"), usual=10, least=0, most=18, unit=YEARS,
           why=N_("监护人同意时要写明由谁陪着来")),
)  # fmt: skip


def is_below(key: str, year: int | None, month: int | None, *, on: date) -> bool:
    """Tell whether somebody is younger than a number says; who left out their birth is of age.

    Args:
        key: Which number.
        year: Year of birth, if known.
        month: Month of birth, if known.
        on: The day that matters.
    """
    return year is not None and rules.age_on(on, year, month) < value_of(key)
