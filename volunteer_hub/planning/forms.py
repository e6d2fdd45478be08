from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, SelectMultipleField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than stubs
from wtforms.validators import InputRequired, NumberRange, Optional
from wtforms.widgets import HiddenInput

from volunteer_hub.core.forms import (
    DayField,
    Form,
    OnceForm,
    OneButtonField,
    OneOfField,
    WholeNumberField,
)
from volunteer_hub.core.text import LARGEST, read_id
from volunteer_hub.planning.rules import Effort, Reach
from volunteer_hub.planning.weighing import NUMBERS, WEIGHED

MOST_TICKS = 500


class PlanForm(OnceForm):
    """What is to be planned."""

    reach = OneButtonField(
        _l("排哪些活动"),
        [InputRequired(_l("请选择范围"))],
        choices=[
            SelectChoice(Reach.WEEK, _l("这一周")),
            SelectChoice(Reach.CAMPAIGN, _l("一个专项行动")),
            SelectChoice(Reach.ALL, _l("我管的全部")),
            SelectChoice(Reach.EVENT, _l("一场活动")),
        ],
        default=Reach.WEEK,
    )
    campaign = OneOfField(_l("专项行动"), [Optional()], choices=[], validate_choice=True)
    on = DayField(widget=HiddenInput())
    event_id = WholeNumberField(
        validators=[Optional(), NumberRange(1, LARGEST)], widget=HiddenInput()
    )

    def offer(self, campaigns: Iterable[tuple[str, str]]) -> None:
        """Fill the list of campaigns."""
        named = [SelectChoice(code, name) for code, name in campaigns]
        self.campaign.choices = [SelectChoice("", _("请选择")), *named]

    def validate(self, extra_validators: object = None) -> bool:
        """Tell whether the form can be used; a campaign or an event must be named where meant."""
        is_fine = super().validate(extra_validators)
        if self.reach.data == Reach.CAMPAIGN and not self.campaign.data:
            self.blame("campaign", _("请选择专项行动"))
            return False
        if self.reach.data == Reach.EVENT and not self.event_id.data:
            self.blame("reach", _("请从活动的“找志愿者”页开始"))
            return False
        return is_fine


class RowsForm(Form):
    """Which proposals are confirmed; all of them when the button for all is pressed."""

    picked = SelectMultipleField(validate_choice=False)
    everything = HiddenField()
    goes_on = BooleanField(_l("婉拒或没答复的，自动接着问下一批，直到人够"))

    def rows(self) -> list[int]:
        """Return the ids that were ticked."""
        return _ids(self.picked.data)


class AgainForm(OnceForm):
    """What is to be otherwise in the next plan."""

    locked = SelectMultipleField(validate_choice=False)
    left_out = SelectMultipleField(validate_choice=False)
    effort = OneButtonField(
        _l("算多久"),
        choices=[
            SelectChoice(Effort.USUAL, _l("照常")),
            SelectChoice(Effort.FAST, _l("快一点")),
            SelectChoice(Effort.GREEDY, _l("马上要")),
        ],
        default=Effort.USUAL,
    )

    def locked_rows(self) -> list[int]:
        """Return the proposals that are to stay."""
        return _ids(self.locked.data)

    def left_out_people(self) -> list[int]:
        """Return the volunteers to do without."""
        return _ids(self.left_out.data)

    def weights(self) -> dict[str, int | None]:
        """Return what is to count how much; None where nothing was said."""
        return {name: self[name].data for name in WEIGHED}


for _weight, _number in zip(WEIGHED, NUMBERS, strict=True):
    _bounds = NumberRange(
        _number.least,
        _number.most,
        _l("请填 %(least)s 到 %(most)s 的数", least=_number.least, most=_number.most),
    )
    setattr(AgainForm, _weight, WholeNumberField(_l(_number.label), [Optional(), _bounds],
                                                 description=_l(_number.why)))  # fmt: skip


def _ids(values: list[str] | None) -> list[int]:
    found = (read_id(value) for value in (values or [])[:MOST_TICKS])
    return [each for each in found if each is not None]
