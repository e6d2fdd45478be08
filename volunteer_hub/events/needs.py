"""What a post asks of people besides skills, as part of its form."""

from __future__ import annotations

from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than stubs
from wtforms.validators import NumberRange, Optional

from volunteer_hub.catalogue import queries as catalogue
from volunteer_hub.core.forms import Form, OneButtonField, OneOfField, WholeNumberField
from volunteer_hub.core.i18n import language
from volunteer_hub.events import rules
from volunteer_hub.events.drafts import PostDraft, Risk

RISKS: Final = (
    SelectChoice(Risk.NONE.value, _l("一般岗位")),
    SelectChoice(Risk.DANGER.value, _l("有风险：只安排成年人")),
    SelectChoice(Risk.EMERGENCY.value, _l("应急任务：只安排应急预备队的成年人")),
)


class PostNeeds(Form):
    """Who may be given a post."""

    risk = OneButtonField(_l("有没有风险"), choices=RISKS, default=Risk.NONE.value)
    needs_car = BooleanField(_l("要自己开车来"))
    credential_code = OneOfField(
        _l("要有什么证件"),
        choices=[],
        default="",
        description=_l("只接受证件已核验、到班次结束时还有效的志愿者。"),
    )

    min_experienced = WholeNumberField(
        _l("要几位老手带"),
        [
            Optional(),
            NumberRange(
                0, rules.MAX_PEOPLE, _l("请填写 0 到 %(most)s 之间的数", most=rules.MAX_PEOPLE)
            ),
        ],
        description=_l(
            "老手：近 400 天服务满 30 小时。推荐人选时，同一班次先凑够；不够也照样能报名。"
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as WTForms has it
        super().__init__(*args, **kwargs)
        names = dict(catalogue.choices("credential", language()))
        chosen = catalogue.find_entry("credential", self.credential_code.data)
        if chosen is not None:  # it may be out of use
            names.setdefault(chosen.code, chosen.name(language()))
        self.credential_code.choices = [
            SelectChoice("", _("不要求证件")),
            *(SelectChoice(*each) for each in names.items()),
        ]

    def needs(self) -> dict[str, Any]:
        """Return what was filled in, by the names of the draft."""
        return {
            "risk": Risk(self.risk.data),
            "needs_car": self.needs_car.data,
            "credential_code": self.credential_code.data or "",
            "min_experienced": self.min_experienced.data or 0,
        }


def needs_values(draft: PostDraft) -> dict[str, Any]:
    """Return what a saved post needs as the values a form starts from."""
    return {
        "risk": draft.risk.value,
        "needs_car": draft.needs_car,
        "credential_code": draft.credential_code,
        "min_experienced": draft.min_experienced or None,
    }
