from __future__ import annotations

from http import HTTPStatus

from volunteer_hub.core.errors import DomainError
from volunteer_hub.core.text import N_


class NothingToPlanError(DomainError):
    """No post in question wants anybody any more."""

    code = "nothing_to_plan"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = N_("这个范围里没有还要找人的岗位")
    next_step = N_("岗位都已开始、已满，或者活动还没有发布。请换一个范围。")


class TooManyPlansError(DomainError):
    """Somebody has several plans in the making."""

    code = "too_many_plans"
    message = N_("您已有几份方案正在排")
    next_step = N_("请等它们排完，或者先停掉一份。")


class PlanNotReadyError(DomainError):
    """The plan is not there yet, or never will be."""

    code = "plan_not_ready"
    message = N_("这份方案还没有排好")
    next_step = N_("请等它排完再来决定。")
