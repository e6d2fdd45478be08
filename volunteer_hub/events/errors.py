from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from volunteer_hub.core.errors import DomainError
from volunteer_hub.core.text import N_


@dataclasses.dataclass(frozen=True, slots=True)
class FieldProblem:
    """Why what was filled in somewhere cannot be; ``message`` is a msgid with the values it names.

    ``field`` is the name of the draft's field, or empty when no single field is to blame.
    """

    field: str
    message: str
    values: Mapping[str, Any] = dataclasses.field(default_factory=dict)


class UnsoundPlanError(DomainError):
    """What was filled in does not fit together; ``problems`` says where."""

    code = "unsound_plan"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = N_("有几处还不能这样保存")
    next_step = N_("请按提示修改后再保存。")

    def __init__(self, problems: Sequence[FieldProblem]) -> None:
        super().__init__(self.code)
        self.problems = tuple(problems)


class EventChangedError(DomainError):
    """Somebody else saved the event after this page was opened."""

    code = "event_changed"
    message = N_("您填写的时候，有人刚刚改过这个活动")
    next_step = N_("您填的内容都在。请和现在的内容对照一下，再按一次保存，就以您填的为准。")


class EventClosedError(DomainError):
    """The event was cancelled, or its hours are confirmed: its plan is history."""

    code = "event_closed"
    message = N_("这个活动已经取消或已经确认，不能再改了")
    next_step = N_("如果还要办同样的活动，请在活动页上按“复制一场”。")


class SomebodySignedUpError(DomainError):
    """Somebody agreed, was asked, registered or waits: they have to be told."""

    code = "somebody_signed_up"
    message = N_("已经有人报名、候补或受邀，不能撤回")
    next_step = N_("不办了请取消活动，要改时间请用“临时变动”，我们会通知每个人。")


class InSeriesError(DomainError):
    """The event belongs to a series already."""

    code = "in_series"
    message = N_("这个活动已经属于一个系列")
    next_step = N_("请修改活动，并选“这一场和以后的”或“全部”；要另起一个系列，请先复制一场。")


class NotReadyError(DomainError):
    """Something that must be there before publishing is missing; ``checks`` says what."""

    code = "not_ready"
    message = N_("还差几项，活动暂时不能发布")
    next_step = N_("请在活动页上把“待完成”的几项补上，再按发布。")

    def __init__(self, checks: Sequence[Any]) -> None:
        super().__init__(self.code)
        self.checks = tuple(checks)


class PlanInUseError(DomainError):
    """Volunteers belong to the post or shift, so it cannot go."""

    code = "plan_in_use"
    message = N_("已经有志愿者报名或受邀，这里不能删除")
    next_step = N_("您可以把人数改少，或者先和志愿者商量，请他们退出。")


class TooManyPartsError(DomainError):
    """One event has only so many shifts, and one shift only so many posts."""

    code = "too_many_parts"
    message = N_("一个活动的班次和岗位已经够多了")
    next_step = N_("请合并几个班次或岗位；活动很大时，可以分成几个活动来办。")
