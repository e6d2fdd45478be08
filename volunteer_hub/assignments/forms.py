from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than stubs
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from volunteer_hub.assignments.models import FollowKind
from volunteer_hub.assignments.rules import Source
from volunteer_hub.core.forms import (
    ChipsField,
    DigitsField,
    Filled,
    Form,
    LocalMomentField,
    OnceForm,
    OneOfField,
    WholeNumberField,
    mobile,
)
from volunteer_hub.core.text import LARGEST, read_id

MOST_PICKS = 200
MOST_WISHES = 30


class ReasonForm(Form):
    """Why someone cannot come, or is taken off; may always stay empty."""

    reason = StringField(
        _l("想说说原因吗？"),
        [Optional(), Length(max=100, message=_l("请不要超过 100 个字"))],
        description=_l("不填也没关系"),
    )
    key = HiddenField()

    def text(self) -> str:
        """Return what was said, perhaps nothing."""
        return self.reason.data or ""


class RemovalForm(ReasonForm):
    """Why an organiser takes someone off; the volunteer reads it."""

    reason = StringField(
        _l("原因"),
        [Optional(), Length(max=100, message=_l("请不要超过 100 个字"))],
        description=_l("志愿者会看到，例如：这一场改到室内，人手够了"),
    )


class PicksForm(Form):
    """Whom to ask for which post: pairs like 12:34, post first."""

    proposed = SelectMultipleField(validate_choice=False)
    further = SelectMultipleField(validate_choice=False)

    def picks(self) -> list[tuple[int, int, Source]]:
        """Return what was ticked as post, volunteer, source; what is no pair is left out."""
        found = [
            *self._pairs(self.proposed.data, Source.MATCHER),
            *self._pairs(self.further.data, Source.ORGANISER),
        ]
        return found[:MOST_PICKS]

    @staticmethod
    def _pairs(values: list[str] | None, source: Source) -> Iterator[tuple[int, int, Source]]:
        for value in values or ():
            post, _colon, volunteer = value.partition(":")
            post_id, volunteer_id = read_id(post), read_id(volunteer)
            if post_id is not None and volunteer_id is not None:
                yield post_id, volunteer_id, source


class AddForm(Form):
    """One volunteer for one post, found by name."""

    post_id = WholeNumberField(
        _l("岗位"), [InputRequired(_l("请选择岗位")), NumberRange(1, LARGEST, _l("请选择岗位"))]
    )
    volunteer_id = WholeNumberField(
        _l("志愿者"),
        [InputRequired(_l("请选择志愿者")), NumberRange(1, LARGEST, _l("请选择志愿者"))],
    )
    how = RadioField(
        _l("怎么加"),
        choices=[
            SelectChoice("invite", _l("发邀请，等答复")),
            SelectChoice("phone", _l("电话里已经答应了")),
        ],
        default="invite",
    )


class SwapForm(Form):
    """With whom to swap, and where they have their place."""

    post_id = OneOfField(_l("想换到哪个岗位"), [Filled(_l("请选择岗位"))], choices=[])
    phone = DigitsField(
        _l("对方的手机号"),
        [Filled(_l("请填写对方的手机号")), mobile],
        description=_l("请先和对方说好。对方要已经答应了那个岗位。"),
    )
    key = HiddenField()

    def offer(self, posts: Iterable[tuple[int, str]]) -> None:
        """Fill the list of posts."""
        named = [SelectChoice(str(post_id), name) for post_id, name in posts]
        self.post_id.choices = [SelectChoice("", _("请选择")), *named]


class ChangeForm(OnceForm):
    """What happens to an event that cannot be as planned, and why."""

    what = RadioField(
        _l("怎么办"),
        [InputRequired(_l("请选择改期还是取消"))],
        choices=[
            SelectChoice("move", _l("改到别的时间")),
            SelectChoice("cancel", _l("取消，不办了")),
        ],
    )
    starts_at = LocalMomentField(
        _l("新的开始时间"), description=_l("改期时填；活动时长不变，班次一起移动")
    )
    reason = TextAreaField(
        _l("原因"),
        [
            Filled(_l("请写明原因，大家会看到")),
            Length(max=200, message=_l("最多 %(max)s 个字", max=200)),
        ],
        description=_l("一句话就好，例如：今天有暴雨，路不好走"),
    )
    version = WholeNumberField(widget=HiddenInput())

    def validate(self, extra_validators: Any = None) -> bool:  # noqa: ANN401 - as WTForms has it
        """Tell whether the form can be used; moving needs a time."""
        is_fine = super().validate(extra_validators)
        if self.what.data == "move" and not self.starts_at.data and not self.starts_at.errors:
            self.blame("starts_at", _("请选择新的开始时间"))
            return False
        return is_fine

    def accept_newer(self, version: int) -> None:
        """Let the next submit count for the version that was saved in between."""
        self.version.raw_data = None
        self.version.data = version


class TripChangeForm(ChangeForm):
    """What happens to stops of a trip that cannot be as planned, and why."""

    stops = ChipsField(
        _l("哪几站"),
        [Filled(_l("请选择哪几站"))],
        choices=[],
        description=_l("还没办的都替您选上了；已经办过的不在这里"),
    )
    stamp = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as WTForms has it
        super().__init__(*args, **kwargs)
        del self.version
        self.starts_at.label.text = _("其中第一站的新开始时间")
        self.starts_at.description = _("改期时填；选中的各站移动同样的时间，班次一起移动")

    def chosen(self) -> list[int]:
        """Return the ids of the stops that were chosen."""
        return [int(each) for each in self.stops.data or ()]

    def accept_newer_stamp(self, stamp: str) -> None:
        """Let the next submit count for what was saved in between."""
        self.stamp.raw_data = None
        self.stamp.data = stamp


class FollowForm(Form):
    """What a person wants to hear of."""

    campaign = ChipsField(_l("专项行动"), [Optional()], choices=[])
    skill = ChipsField(_l("用得上的特长"), [Optional()], choices=[])
    place = ChipsField(_l("乡镇、街道"), [Optional()], choices=[])
    team = ChipsField(_l("单位和服务队"), [Optional()], choices=[])

    def wishes(self) -> list[tuple[FollowKind, str]]:
        """Return what was chosen as kind and code."""
        return [(kind, code) for kind in FollowKind for code in self[kind.value].data or ()]

    def validate(self, extra_validators: Any = None) -> bool:  # noqa: ANN401 - as WTForms has it
        """Tell whether the form can be used; nobody follows everything."""
        is_fine = super().validate(extra_validators)
        if len(self.wishes()) > MOST_WISHES:
            self.refuse(_("最多关注 %(most)s 项，请去掉几个。", most=MOST_WISHES))
            return False
        return is_fine
