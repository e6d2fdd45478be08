from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than stubs
from wtforms.validators import Length

from volunteer_hub.complaints import rules
from volunteer_hub.complaints.rules import Draft, Kind
from volunteer_hub.core.forms import Filled, Form, OnceForm, OneButtonField, OneOfField
from volunteer_hub.regions import queries as regions

_TOO_LONG = Length(max=rules.LONGEST_TEXT, message=_l("最多 2000 个字，请短一些"))
_TOO_MANY = _l("最多 20 个字")


class FileForm(OnceForm):
    """Anybody says what is wrong or could be better."""

    kind = OneButtonField(
        _l("是什么事"),
        [Filled(_l("请选择是什么事"))],
        choices=[SelectChoice(kind.value, _l(label)) for kind, label in rules.KINDS.items()],
    )
    text = TextAreaField(_l("请说一说"), [Filled(_l("请写几句话")), _TOO_LONG])
    county = OneOfField(_l("是哪里的事"), choices=[], validators=[])
    contact = StringField(
        _l("怎样联系您"),
        [Length(max=rules.LONGEST_CONTACT, message=_l("最多 60 个字"))],
        description=_l("可以不填。电话或邮箱，加密保存，只用来答复这一件。"),
    )

    @classmethod
    def opened(cls) -> FileForm:
        """Return the form with the counties there are."""
        form = cls()
        form.county.choices = [SelectChoice("", _l("全市，或说不清"))] + [
            SelectChoice(str(county.id), county.short_name) for county in regions.counties()
        ]
        return form

    def draft(self) -> Draft:
        """Return what was filled in, as the plain value that actions take."""
        return Draft(
            kind=Kind(self.kind.data),
            text=self.text.data or "",
            contact=self.contact.data or "",
            county_id=int(self.county.data) if self.county.data else None,
        )


class TrackForm(Form):
    """The number and the code that were written down."""

    number = StringField(
        _l("编号"), [Filled(_l("请填写编号，例如 TS000123")), Length(max=20, message=_TOO_MANY)]
    )
    code = StringField(
        _l("查询码"), [Filled(_l("请填写查询码，共 8 位")), Length(max=20, message=_TOO_MANY)]
    )


class SayForm(Form):
    """A few words more."""

    text = TextAreaField(_l("还想说的"), [Filled(_l("请写几句话")), _TOO_LONG])


class AnswerForm(Form):
    """What the office says."""

    text = TextAreaField(_l("答复"), [Filled(_l("请写答复")), _TOO_LONG])


class NoteForm(Form):
    """What only the office reads."""

    text = TextAreaField(_l("内部记录"), [Filled(_l("请写几句话")), _TOO_LONG])
