from __future__ import annotations

from http import HTTPStatus

from volunteer_hub.core.errors import DomainError
from volunteer_hub.core.text import N_


class NotOverYetError(DomainError):
    """Hours can be confirmed only after the event."""

    code = "event_not_over"
    message = N_("活动还没有结束")
    next_step = N_("请等活动结束后再确认服务时长。")


class AlreadyConfirmedError(DomainError):
    """Somebody confirmed these hours before."""

    code = "hours_already_confirmed"
    message = N_("这场活动的服务时长已经确认过了")
    next_step = N_("请刷新页面查看确认结果。")


class WrongAnswerError(DomainError):
    """An answer for one volunteer cannot stand; the form says which and why."""

    code = "hours_answer_wrong"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = N_("有一位志愿者的时长还不能确认")
    next_step = N_("请看标出的那一行。")

    def __init__(self, assignment_id: int, why: str) -> None:
        super().__init__(why)
        self.assignment_id = assignment_id
        self.why = why


class WrongCorrectionError(DomainError):
    """A record cannot come to that many minutes, or comes to them already."""

    code = "hours_correction_wrong"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = N_("不能改成这个时长")
    next_step = N_("请填写和现在不同、也不超过计划时长的小时数。")


class NotAppealableError(DomainError):
    """Nothing in this place counts against anybody."""

    code = "not_appealable"
    message = N_("这一次没有算您的不是，不用申诉")
    next_step = N_("有别的不对，请在“投诉建议”里告诉我们。")


class SecondLookError(DomainError):
    """Whoever wrote it down, or whom it is about, does not decide whether it is right."""

    code = "second_look"
    message = N_("要由另一位工作人员来定")
    next_step = N_("请本单位的另一位负责人，或者县（市、区）办公室来看。")


class AppealDecidedError(DomainError):
    """Somebody decided about it before."""

    code = "appeal_decided"
    message = N_("这一条已经有人定过了")
    next_step = N_("请刷新看一看。")


class AlreadyGrantedError(DomainError):
    """The hours are confirmed, and what the training grants was granted."""

    code = "already_granted"
    message = N_("这场培训已经确认，不能再改发什么证")
    next_step = N_("发错了的，请在下面逐个收回。")
