from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileAllowed, FileField
from wtforms import BooleanField, RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than stubs
from wtforms.validators import Optional

from volunteer_hub.assignments.rules import (
    LONGEST_LEAD,
    MOST_STEPS,
    SHORTEST_LEAD,
    Step,
    Steps,
    in_order,
)
from volunteer_hub.core.forms import Filled, Form, WholeNumberField
from volunteer_hub.core.loading import Row

MINUTE: Final = timedelta(minutes=1)
UNITS: Final = {"d": timedelta(days=1), "h": timedelta(hours=1), "m": MINUTE}
_UNIT_CHOICES: Final = (
    SelectChoice("d", _l("天")),
    SelectChoice("h", _l("小时")),
    SelectChoice("m", _l("分钟")),
)
LARGEST_FILE: Final = 200_000


class RemindersForm(Form):
    """The reminders before the shifts of some events; ``fields`` has a line for each."""

    @classmethod
    def lines(cls, steps: Steps) -> Any:  # noqa: ANN401 - fields of its own
        """Return the form of as many lines as there may be, filled with steps."""
        fields: dict[str, Any] = {}
        for number in range(MOST_STEPS):
            step = steps[number] if number < len(steps) else None
            amount, unit = _written(step) if step else (None, "h")
            fields[f"amount_{number}"] = WholeNumberField(_l("提前"), [Optional()], default=amount)
            fields[f"unit_{number}"] = RadioField(_l("单位"), choices=_UNIT_CHOICES, default=unit)
            fields[f"asks_{number}"] = BooleanField(
                _l("请志愿者确认能不能来"), default=step.asks if step else False
            )
        return type(cls.__name__, (cls,), fields)

    def rows(self) -> Iterator[tuple[Any, Any, Any]]:
        """Yield the fields of each line: how much, of what, whether it asks."""
        for number in range(MOST_STEPS):
            yield tuple(self[f"{part}_{number}"] for part in ("amount", "unit", "asks"))

    def steps(self) -> Steps:
        """Return what was filled in; lines without an amount are left out."""
        return in_order(
            Step(amount.data * UNITS[unit.data], bool(asks.data))
            for amount, unit, asks in self.rows()
            if amount.data
        )

    def validate(self, extra_validators: Any = None) -> bool:  # noqa: ANN401 - as WTForms has it
        """Tell whether the form can be used: no reminder comes a month early or at the last."""
        is_fine = super().validate(extra_validators)
        for amount, unit, _asks in self.rows():
            if amount.data is None or amount.errors or unit.errors:
                continue
            lead = min(max(amount.data, 0), 50_000) * UNITS[unit.data]
            if not SHORTEST_LEAD <= lead <= LONGEST_LEAD:
                self.blame(amount.name, _("请填写 30 分钟到 30 天之间的时间"))
                is_fine = False
        return is_fine


def _written(step: Step) -> tuple[int, str]:
    """Return a lead as somebody would write it: 3 days, 24 hours, 90 minutes."""
    return int(step.name[:-1]), step.name[-1]


class WorkdaysForm(Form):
    """A file of holidays and of weekends worked instead."""

    file = FileField(
        _l("CSV 文件"),
        [Filled(_l("请选择文件")), FileAllowed(["csv"], _l("请选择 CSV 文件"))],
        description=_l("列：day、kind（rest 或 work）、name、published（0 表示还没公布）、source"),
    )

    def read(self) -> list[Row] | None:
        """Return the rows of the file, or None when it is no text."""
        raw = self.file.data.read(LARGEST_FILE)
        for encoding in ("utf-8-sig", "gb18030"):
            try:
                return list(csv.DictReader(io.StringIO(raw.decode(encoding))))
            except (UnicodeDecodeError, csv.Error):
                continue
        return None
