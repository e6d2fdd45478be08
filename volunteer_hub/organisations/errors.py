from __future__ import annotations

from http import HTTPStatus

from volunteer_hub.core.errors import DomainError
from volunteer_hub.core.text import N_


class NoOfficeThereError(DomainError):
    """Offices are of the city or of a county; this region is neither."""

    code = "no_office_there"
    message = N_("只有市和县（市、区）设办公室")
    next_step = N_("请填写市或县（市、区）的行政区划代码，例如 210600。")


class SetUpOverError(DomainError):
    """The link for the first account was used, is too old, or never was one."""

    code = "set_up_over"
    status = HTTPStatus.GONE
    message = N_("这个链接已经用过，或超过了 24 小时")
    next_step = N_(
        "已经有账号的，请直接登录；还没有的，请在服务器上再运行一次 python3 run.py init。"
    )
