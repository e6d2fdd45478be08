from __future__ import annotations

from volunteer_hub.core.errors import DomainError
from volunteer_hub.core.text import N_


class StillResponsibleError(DomainError):
    """They run an organisation or work in an office, so that others depend on the account."""

    code = "still_responsible"
    message = N_("您还负责着单位、服务队或办公室的事")
    next_step = N_("请先请办公室把这些事交给别人，再来注销。")


class CannotWithdrawError(DomainError):
    """There is no such consent that still holds."""

    code = "cannot_withdraw"
    message = N_("这一项已经撤回，或您没有同意过")
    next_step = N_("回到“我的信息”就能看到现在的情况。")


class NeedsClosingError(DomainError):
    """Without this consent there can be no account."""

    code = "needs_closing"
    message = N_("没有这一项同意，就不能保留账号")
    next_step = N_("不再同意个人信息保护政策的，请注销账号。")


class SecondPersonError(DomainError):
    """Whoever asked for it, or whom it is about, decides."""

    code = "second_person"
    message = N_("要由另一位工作人员来核实")
    next_step = N_("请办公室里没有提交这件事、也不是本人的同事打开这一页。")


class AlreadyDecidedError(DomainError):
    """It was decided before."""

    code = "already_decided"
    message = N_("这一件已经处理过了")
    next_step = N_("回到列表就能看到现在的情况。")
