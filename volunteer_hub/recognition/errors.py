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


class DepartureClosedError(DomainError):
    """When somebody left is for the organiser to say by now."""

    code = "departure_closed"
    message = N_("现在不能再填离开时间了")
    next_step = N_("请联系活动负责人，由负责人确认。")


class WrongDepartureError(DomainError):
    """Nobody left before they came, in the future, or long after the shift."""

    code = "departure_wrong"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = N_("离开时间不对")
    next_step = N_("请填签到以后、班次结束后不久的时间，不能晚于现在。")


class WrongClaimError(DomainError):
    """These hours cannot be asked for; the form says why."""

    code = "hours_claim_wrong"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = N_("这段时长不能补录")
    next_step = N_("请看标出的那一项。")

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class ClaimThereError(DomainError):
    """There is an open claim for this activity already."""

    code = "hours_claim_there"
    message = N_("这场活动已经有一份补录申请")
    next_step = N_("请等它办完，或先撤回再重新申请。")


class ClaimSettledError(DomainError):
    """Somebody settled the claim meanwhile."""

    code = "hours_claim_settled"
    message = N_("这份补录申请已经办完了")
    next_step = N_("请刷新页面看结果。")


class NotYoursToAgreeError(DomainError):
    """Nobody agrees to their own hours, nor twice."""

    code = "hours_claim_own"
    status = HTTPStatus.FORBIDDEN
    message = N_("补录要由另一个人复核")
    next_step = N_("请找另一位负责人或办公室的同事来办：申请人、本人和第一位复核人都不能再复核。")


class NoticeOverError(DomainError):
    """The public notice is over, or has not begun."""

    code = "hours_notice_over"
    message = N_("这份补录不在公示期内")
    next_step = N_("有疑问请用“投诉建议”告诉我们。")
