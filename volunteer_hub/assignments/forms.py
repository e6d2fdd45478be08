from __future__ import annotations

from collections.abc import Iterator

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than stubs
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from volunteer_hub.assignments.rules import Source
from volunteer_hub.core.forms import Form, WholeNumberField

MOST_PICKS = 200
LARGEST_ID = 2**31 - 1


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
            if _is_id(post) and _is_id(volunteer):
                yield int(post), int(volunteer), source


class AddForm(Form):
    """One volunteer for one post, found by name."""

    post_id = WholeNumberField(
        _l("岗位"), [InputRequired(_l("请选择岗位")), NumberRange(1, LARGEST_ID, _l("请选择岗位"))]
    )
    volunteer_id = WholeNumberField(
        _l("志愿者"),
        [InputRequired(_l("请选择志愿者")), NumberRange(1, LARGEST_ID, _l("请选择志愿者"))],
    )
    how = RadioField(
        _l("怎么加"),
        choices=[
            SelectChoice("invite", _l("发邀请，等答复")),
            SelectChoice("phone", _l("电话里已经答应了")),
        ],
        default="invite",
    )


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 12
