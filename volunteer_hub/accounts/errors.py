from __future__ import annotations

from http import HTTPStatus

from volunteer_hub.core.errors import DomainError
from volunteer_hub.core.text import N_


class ContactTakenError(DomainError):
    """Somebody has an account with this phone number or e-mail address."""

    code = "contact_taken"
    message = N_("这个手机号或邮箱已经有账号了")
    next_step = N_("请用验证码登录。")


class SameNameError(DomainError):
    """Somebody of this name is reached by this phone already: it is them."""

    code = "same_name_at_phone"
    message = N_("这个号码下已经有一位同名的")
    next_step = N_("是同一个人的，请直接登录，不用再登记。")


class PhoneFullError(DomainError):
    """So many people are behind one phone already that it must be a mistake."""

    code = "phone_full"
    message = N_("这个号码已经有 8 个人合用了")
    next_step = N_("请换一个号码，或者填邮箱。")


class DemoKeepsOpenError(DomainError):
    """An invented person is for everybody to try out, so nobody may lock the others out."""

    code = "demo_keeps_open"
    message = N_("演示账号大家都要用，不能加第二步验证")
    next_step = N_("正式使用的账号可以加。")


class DemoNumberError(DomainError):
    """An invented person is found by their number, so nobody may change it."""

    code = "demo_number"
    message = N_("演示账号大家都要用，不能换号码")
    next_step = N_("正式使用的账号可以换。")


class SecondFactorStandsError(DomainError):
    """There is a second factor; whoever has not got it must not put their own in its place."""

    code = "second_factor_stands"
    status = HTTPStatus.CONFLICT
    message = N_("第二步验证已经设好了")
    next_step = N_("要换手机的，请先用现在的验证码或纸上的备用码取消。")


class DemoOverError(DomainError):
    """There is no demo person in this role, because demo data is not loaded."""

    code = "demo_over"
    status = HTTPStatus.NOT_FOUND
    message = N_("这里没有演示账号")
    next_step = N_("请用手机号登录，或先加入志愿者。")
