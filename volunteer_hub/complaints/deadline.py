"""How long an answer may take: a number the office may change."""

from __future__ import annotations

from typing import Final

from volunteer_hub.complaints.rules import DAYS_KEY
from volunteer_hub.core.numbers import Number
from volunteer_hub.core.text import N_

DAYS: Final = Number(
    key=DAYS_KEY,
    label=N_("投诉建议几个工作日内答复"),
    why=N_("从提交的第二天算起，节假日不算；快到期会提醒"),
    usual=15,
    least=1,
    most=60,
    unit=N_("个工作日"),
)
