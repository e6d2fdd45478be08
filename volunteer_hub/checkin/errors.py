from __future__ import annotations

from http import HTTPStatus

from volunteer_hub.core.errors import DomainError
from volunteer_hub.core.text import N_


class BadScanError(DomainError):
    """The request is not a scan as the scanner's page sends it."""

    code = "bad_scan"
    status = HTTPStatus.BAD_REQUEST
    message = N_("这次扫码的内容不完整，没有记下来")
    next_step = N_("请刷新签到页面，再扫一次；也可以按姓名查找。")


class ScanTooLargeError(DomainError):
    """The request is far larger than any scan."""

    code = "scan_too_large"
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    message = N_("这次扫码的内容太长，没有记下来")
    next_step = N_("请确认扫的是入场码；也可以按姓名查找。")


class DoorNotOpenError(DomainError):
    """The event was not published, so nobody can have come."""

    code = "door_not_open"
    message = N_("活动还没有发布，现在不能签到")
    next_step = N_("请先发布活动。")


class DoorClosedError(DomainError):
    """The hours were confirmed, so who came stands fast."""

    code = "door_closed"
    message = N_("服务时长已经确认，签到记录不再改动")
    next_step = N_("要更正，请找主办单位的负责人或所在县（市、区）的办公室。")


class CannotUndoError(DomainError):
    """What came after it stands in the way, or it changed nothing in the first place."""

    code = "cannot_undo"
    message = N_("这一条现在不能撤销")
    next_step = N_("如果后面又签退了，请先撤销签退。")


class CountBelowZeroError(DomainError):
    """Nobody is left to take off the counter."""

    code = "count_below_zero"
    message = N_("计数已经是 0，不能再减")
    next_step = N_("按姓名或扫码签到的人，请在“最近签到”里撤销。")


class PosterClosedError(DomainError):
    """The poster's page takes check-ins only around the event."""

    code = "poster_closed"
    message = N_("现在不能在这里签到")
    next_step = N_("活动开始前 2 小时到结束后 2 小时可以签到；有疑问请找现场工作人员。")


class NotAtTheDoorError(DomainError):
    """Somebody who is not checked in cannot bring companions."""

    code = "not_at_the_door"
    message = N_("请先给自己签到")
    next_step = N_("签到后，再给同来的家人签到。")


class UndoTooLateError(DomainError):
    """Phones at the door take back only what was done a short while ago."""

    code = "undo_too_late"
    message = N_("超过 15 分钟，不能在手机上撤销")
    next_step = N_("请负责人在“签到”页的“最近签到”里撤销。")


class BatchTooLargeError(DomainError):
    """More scans than one transaction may hold; the phone sends them in parts."""

    code = "batch_too_large"
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    message = N_("一次上传的记录太多")
    next_step = N_("手机会自动分批再传，不用做什么。")


class DeviceRefusedError(DomainError):
    """The phone was taken off, or its time is over."""

    code = "device_refused"
    status = HTTPStatus.FORBIDDEN
    message = N_("这部手机不能再给这场活动签到")
    next_step = N_(
        "没上传的记录都还在手机里：请导出交给负责人；要继续扫码，请负责人重新给一个登记码。"
    )


class UnknownDeviceError(DomainError):
    """Nothing shows that this is an enrolled phone."""

    code = "unknown_device"
    status = HTTPStatus.UNAUTHORIZED
    message = N_("这部手机还没有登记")
    next_step = N_("请负责人在“扫码手机”页生成登记码，用这部手机扫一下。")


class EnrolmentUsedError(DomainError):
    """A code that enrols a phone works once, for some minutes."""

    code = "enrolment_used"
    status = HTTPStatus.GONE
    message = N_("这个登记码已经用过或过期了")
    next_step = N_("请负责人在“扫码手机”页再生成一个。")


class CannotSettleError(DomainError):
    """The button belongs to another kind of conflict."""

    code = "cannot_settle"
    message = N_("这一条不能这样处理")
    next_step = N_("请刷新本页，再选一次。")
