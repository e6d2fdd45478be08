from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from volunteer_hub.core.errors import DomainError
from volunteer_hub.core.text import N_


class UnsoundDatesError(DomainError):
    """A science day cannot be announced like this; ``problem`` says why."""

    code = "unsound_dates"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = N_("这个日期不能保存")
    next_step = N_("请按提示修改后再保存。")

    def __init__(self, problem: str, values: Mapping[str, Any]) -> None:
        super().__init__(self.code)
        self.problem, self.values = problem, values
