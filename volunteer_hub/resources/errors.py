from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, ClassVar

from volunteer_hub.core.errors import DomainError
from volunteer_hub.core.text import N_


class UnsoundResourceError(DomainError):
    """What was filled in does not fit together; ``field`` and ``problem`` say where and why."""

    code = "unsound_resource"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = N_("有几处还不能这样保存")
    next_step = N_("请按提示修改后再保存。")

    def __init__(self, field: str, problem: str, values: Mapping[str, Any] | None = None) -> None:
        super().__init__(self.code)
        self.field, self.problem, self.values = field, problem, values or {}


class NotSharedError(DomainError):
    """Only the organisation that owns it books this resource."""

    code = "resource_not_shared"
    status = HTTPStatus.FORBIDDEN
    message = N_("这一项只供所属单位自己使用")
    next_step = N_("请打电话给所属单位商量，由他们来预订，或换一个可以共用的。")


class HinderedError(DomainError):
    """The resource cannot be had at that time; ``resource`` and ``title`` say which and why."""

    def __init__(self, resource: str = "", title: str = "") -> None:
        super().__init__(self.code)
        self.resource, self.title = resource, title


class TakenError(HinderedError):
    """Somebody else booked it for an overlapping time."""

    code = "resource_taken"
    message = N_("这段时间已经被别人订走了")
    next_step = N_("请换一个时间，或换一个同类的。")


class UnderMaintenanceError(HinderedError):
    """It is being repaired or checked."""

    code = "resource_under_maintenance"
    message = N_("这段时间正在检修，不能预订")
    next_step = N_("请换一个同类的，或请所属单位改一下检修的时间。")


class OutOfDateError(HinderedError):
    """Its inspection or licence ends before that day."""

    code = "resource_out_of_date"
    message = N_("到那一天，年检或驾驶证已经过期，不能预订")
    next_step = N_("请所属单位办好以后，在资料里更新有效期，再来预订。")


class RetiredError(HinderedError):
    """It is out of use."""

    code = "resource_retired"
    message = N_("这一项已经停用，不能预订")
    next_step = N_("请换一个同类的。")


class TooManyRequirementsError(DomainError):
    """One event asks for only so many things."""

    code = "too_many_requirements"
    message = N_("一个活动的需求已经够多了")
    next_step = N_("请先删掉不再需要的几项。")
    most: ClassVar[int] = 30
