from __future__ import annotations

from http import HTTPStatus

from volunteer_hub.core.errors import DomainError, NotFoundError
from volunteer_hub.core.text import N_


class TicketNotFoundError(NotFoundError):
    """No ticket has this code, or it was replaced by a newer one."""

    code = "ticket_not_found"
    message = N_("没有找到这张票")
    next_step = N_("请核对票码，或重新打开短信里的链接；也可以在门口报姓名，请工作人员查找。")


class FullError(DomainError):
    """Others took the last places."""

    code = "registration_full"
    message = N_("名额刚刚报满了")
    next_step = N_("可以加入候补，有了空位按先后通知您。")


class EventCancelledError(DomainError):
    """The event will not take place."""

    code = "registration_event_cancelled"
    message = N_("这场活动已取消")
    next_step = N_("请看看别的活动。")


class RegistrationEndedError(DomainError):
    """The event is over."""

    code = "registration_ended"
    message = N_("这场活动已经结束，不能再报名了")
    next_step = N_("请看看别的活动。")


class NoRegistrationNeededError(DomainError):
    """People simply come."""

    code = "registration_not_needed"
    message = N_("这场活动不用报名")
    next_step = N_("请按时间直接来，到门口扫一扫海报上的二维码就行。")


class TooManyCompanionsError(DomainError):
    """More companions than the event takes with one registration."""

    code = "too_many_companions"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = N_("陪同的人数超过了这场活动的上限")
    next_step = N_("请减少陪同人数，或请其他人另外报名。")


class TooLateToWithdrawError(DomainError):
    """The event has begun, so the place cannot go to anyone else."""

    code = "too_late_to_withdraw"
    message = N_("活动已经开始，不用再取消报名了")
    next_step = N_("来不了也没关系，欢迎下次再来。")
