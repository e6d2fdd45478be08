"""What a post asks of people besides skills, as part of its form."""

from __future__ import annotations

from typing import Any, Final

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than stubs

from volunteer_hub.core.forms import Form
from volunteer_hub.events.drafts import PostDraft, Risk
from volunteer_hub.volunteers.forms import OneButtonField

RISKS: Final = (
    SelectChoice(Risk.NONE.value, _l("一般岗位")),
    SelectChoice(Risk.DANGER.value, _l("有风险：只安排成年人")),
    SelectChoice(Risk.EMERGENCY.value, _l("应急任务：只安排应急预备队的成年人")),
)


class PostNeeds(Form):
    """Who may be given a post."""

    risk = OneButtonField(_l("有没有风险"), choices=RISKS, default=Risk.NONE.value)
    needs_car = BooleanField(_l("要自己开车来"))

    def needs(self) -> dict[str, Any]:
        """Return what was filled in, by the names of the draft."""
        return {"risk": Risk(self.risk.data), "needs_car": self.needs_car.data}


def needs_values(draft: PostDraft) -> dict[str, Any]:
    """Return what a saved post needs as the values a form starts from."""
    return {"risk": draft.risk.value, "needs_car": draft.needs_car}
