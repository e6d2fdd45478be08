"""What the city decides for itself about hours that somebody vouches for."""

from __future__ import annotations

from typing import Final

from volunteer_hub.core.numbers import Number
from volunteer_hub.core.text import N_

TWO_ABOVE: Final = Number(
    key="hours.two_above", label=N_("补录超过几小时要两人复核"), usual=4, least=0, most=24,
    why=N_("超过这个数，要两位不同的负责人都同意；申请人和本人不算"), unit=N_("小时"),
)  # fmt: skip
NOTICE_WORKDAYS: Final = Number(
    key="hours.notice_workdays", label=N_("补录公示至少几个工作日"), usual=5, least=1, most=30,
    why=N_("和下面的天数比，取较晚的那天"), unit=N_("个工作日"),
)  # fmt: skip
NOTICE_DAYS: Final = Number(
    key="hours.notice_days", label=N_("补录公示至少几天"), usual=7, least=1, most=60,
    why=N_("和上面的工作日比，取较晚的那天；公示期满没有异议才记入"),
)  # fmt: skip
CLAIM_DAYS: Final = Number(
    key="hours.claim_days", label=N_("活动结束后多少天内可以补录"), usual=60, least=1, most=365,
    why=N_("再晚就难以核实了"),
)  # fmt: skip
ALL: Final = (TWO_ABOVE, NOTICE_WORKDAYS, NOTICE_DAYS, CLAIM_DAYS)
