from __future__ import annotations

from http import HTTPStatus

from volunteer_hub.core.errors import DomainError, NotFoundError
from volunteer_hub.core.text import N_


class OfferNotFoundError(NotFoundError):
    """The address belongs to no offer."""

    code = "waiting_offer_not_found"
    message = N_("没有找到这次空位通知")
    next_step = N_("请检查链接是否完整，或打开候补时得到的页面查看。")


class OfferExpiredError(DomainError):
    """The time to answer is over."""

    code = "waiting_offer_expired"
    message = N_("答复的时间已经过了，名额给了后面的人")
    next_step = N_("还想来的话，可以重新候补。")


class OfferGoneError(DomainError):
    """The offer was answered, or taken back."""

    code = "waiting_offer_gone"
    message = N_("这次空位通知已经不能用了")
    next_step = N_("请打开候补时得到的页面，看看现在排在第几位。")


class WaitingClosedError(DomainError):
    """It has begun, so nobody can wait for it any more."""

    code = "waiting_closed"
    message = N_("活动已经开始，不能再候补了")
    next_step = N_("可以到现场问问工作人员有没有空位。")


class PartyTooLargeError(DomainError):
    """So many will never fit."""

    code = "waiting_party_too_large"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = N_("您填的人数比这场活动的全部名额还多")
    next_step = N_("请减少人数再候补。")


class NotWaitingError(DomainError):
    """They do not wait any more: they were let in, or they left."""

    code = "not_waiting"
    message = N_("这位已经不在候补名单上了")
    next_step = N_("请刷新名单再看。")


ERRORS = (WaitingClosedError, PartyTooLargeError)
