from __future__ import annotations

from http import HTTPStatus

from volunteer_hub.core.errors import DomainError
from volunteer_hub.core.text import N_


class NotMinorError(DomainError):
    """An adult needs no guardian."""

    code = "not_minor"
    message = N_("您已满 18 周岁，不需要监护人同意")
    next_step = N_("可以直接报名活动了。")


class OwnPhoneError(DomainError):
    """The number given for the guardian is the child's own."""

    code = "own_phone"
    message = N_("这是您自己的手机号")
    next_step = N_("请填监护人的手机号，同意的链接会发给监护人。")


class AskedTooOftenError(DomainError):
    """A guardian would get one message after the other."""

    code = "asked_too_often"
    status = HTTPStatus.TOO_MANY_REQUESTS
    message = N_("今天已经发过几次了")
    next_step = N_("请监护人看看收到的短信；没收到的，请明天再发，或请办公室帮忙。")


class CareMissingError(DomainError):
    """A guardian left out what the child's age asks for."""

    code = "care_missing"
    message = N_("还差一项：孩子年龄小，要同意儿童规则，并写明谁陪着来")
    next_step = N_("请打开链接，把每一项都填上。")


class ConsentClosedError(DomainError):
    """The link was used before, is too old, or what it asks for was taken back."""

    code = "consent_closed"
    message = N_("这个链接已经用过，或者过期了")
    next_step = N_("要改变决定，请让孩子在“监护人同意”页重新发一个链接，或联系办公室。")
