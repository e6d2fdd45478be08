from __future__ import annotations

from http import HTTPStatus

from volunteer_hub.core.errors import DomainError
from volunteer_hub.core.text import N_


class TripChangedError(DomainError):
    """Somebody else saved the trip or one of its stops after this page was opened."""

    code = "trip_changed"
    message = N_("您填写的时候，有人刚刚改过这个行程")
    next_step = N_("您填的内容都在。请和现在的安排对照一下，再按一次保存，就以您填的为准。")


class TripNotReadyError(DomainError):
    """Something that must be there before publishing is missing at some stop."""

    code = "trip_not_ready"
    message = N_("还差几项，行程暂时不能发布")
    next_step = N_("请把每一站“待完成”的几项补上，再按发布。")


class TripUnderWayError(DomainError):
    """The trip was published, so it cannot be thrown away."""

    code = "trip_under_way"
    status = HTTPStatus.CONFLICT
    message = N_("行程已经发布，不能删除")
    next_step = N_("不办了的话，请用“临时有变”取消，我们会通知每个人。")
