"""Errors that a person can act on."""

from __future__ import annotations

from http import HTTPStatus
from typing import ClassVar

from volunteer_hub.core.text import N_


class DomainError(Exception):
    """A request that the rules refuse. Subclass it; do not raise it.

    ``message`` says what happened and ``next_step`` what the person can do; both are msgids.
    """

    code: ClassVar[str]
    status: ClassVar[HTTPStatus] = HTTPStatus.CONFLICT
    message: ClassVar[str]
    next_step: ClassVar[str]


class NotFoundError(DomainError):
    """No such thing, or not for this person to know of."""

    code = "not_found"
    status = HTTPStatus.NOT_FOUND
    message = N_("没有找到这个页面")
    next_step = N_("请检查链接是否完整，或回到首页重新查找。")


class SignedOutError(DomainError):
    """Nobody is signed in any more where somebody has to be."""

    code = "signed_out"
    status = HTTPStatus.UNAUTHORIZED
    message = N_("您已退出登录")
    next_step = N_("请重新登录，再做一次。")


class ForbiddenError(DomainError):
    """The person is known, and may not do this."""

    code = "forbidden"
    status = HTTPStatus.FORBIDDEN
    message = N_("您的账号不能做这件事")
    next_step = N_("请换一个有权限的账号登录，或请活动负责人帮忙。")


class BusyError(DomainError):
    """Many people are writing at this moment."""

    code = "busy"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    message = N_("现在使用的人很多，这一步还没有办成")
    next_step = N_("什么都没有丢。请等几秒，再按一次按钮。")
    retry_after_s: ClassVar[int] = 5


class StalePageError(DomainError):
    """The page was open for too long, or the form came from elsewhere."""

    code = "stale_page"
    status = HTTPStatus.BAD_REQUEST
    message = N_("这个页面打开太久了，为了安全没有提交")
    next_step = N_("请返回上一页，刷新后再提交一次。")


class TooManyTriesError(DomainError):
    """The same thing was tried too often in a short time."""

    code = "too_many_tries"
    status = HTTPStatus.TOO_MANY_REQUESTS
    message = N_("这里刚才试得太多，请稍等")
    next_step = N_("过几分钟再打开就好。正在活动现场的，请直接到签到台，工作人员帮您办。")
