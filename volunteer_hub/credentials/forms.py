from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, FileField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than stubs
from wtforms.validators import Length, Optional, ValidationError

from volunteer_hub.catalogue import queries as catalogue
from volunteer_hub.core.forms import DayField, Filled, Form, OneOfField
from volunteer_hub.core.i18n import language
from volunteer_hub.credentials import rules
from volunteer_hub.credentials.rules import CredentialDraft


class ScanField(FileField):
    """A picture or PDF; ``content`` is what is in it, None when nothing was chosen."""

    content: bytes | None = None

    def pre_validate(self, _form: object) -> None:
        """Read the file.

        Raises:
            ValidationError: It is too large, or neither a picture nor a PDF.
        """
        chosen: Any = self.data
        if not getattr(chosen, "filename", ""):
            return
        content = chosen.stream.read(rules.MOST_SCAN_BYTES + 1)
        chosen.close()
        if len(content) > rules.MOST_SCAN_BYTES:
            raise ValidationError(_("文件太大了，最大 4 MB。可以拍得小一点再传。"))
        if rules.scan_type(content) is None:
            raise ValidationError(_("请选 JPG、PNG 图片或者 PDF 文件"))
        self.content = content


class ClaimForm(Form):
    """A volunteer fills in a credential."""

    today: date

    kind = OneOfField(_l("什么证件"), [Filled(_l("请选择是什么证件"))], choices=[])
    number = StringField(
        _l("证件上的编号"),
        [
            Filled(_l("请填写证件上的编号")),
            Length(max=rules.LONGEST_NUMBER, message=_l("编号最多 60 个字")),
        ],
        description=_l("加密保存，页面上只显示最后几位。"),
    )
    issuer = StringField(
        _l("发证单位"), [Optional(), Length(max=80, message=_l("发证单位最多 80 个字"))]
    )
    expires = DayField(_l("有效期到"), [Optional()], description=_l("长期有效的，不用填。"))
    scan = ScanField(
        _l("证件照片"),
        [Optional()],
        description=_l("可以不传，核验时带原件也行。JPG、PNG 或 PDF，最大 4 MB，加密保存。"),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.today = today
        self.kind.choices = [
            SelectChoice("", _("请选择")),
            *(SelectChoice(*each) for each in catalogue.choices("credential", language()).items()),
        ]

    def validate_number(self, field: Field) -> None:
        """Accept what has a letter or a digit.

        Raises:
            ValidationError: It has none.
        """
        if field.data and not rules.written(field.data):
            raise ValidationError(_("请填写证件上的编号"))

    def validate_expires(self, field: DayField) -> None:
        """Accept a day to come.

        Raises:
            ValidationError: It is over, or further away than anybody lives.
        """
        _require_day_to_come(field, self.today)

    def draft(self) -> CredentialDraft:
        """Return what was filled in, as the plain value that actions take."""
        return CredentialDraft(
            kind=self.kind.data or "",
            number=self.number.data or "",
            issuer=self.issuer.data or "",
            expires_on=self.expires.data,
            scan=self.scan.content,
        )


class VerifyForm(Form):
    """A member of staff saw a credential."""

    today: date

    expires = DayField(_l("有效期到"), description=_l("请按证件上写的核对。"))
    is_for_ever = BooleanField(_l("长期有效"))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.today = today

    def validate_expires(self, field: DayField) -> None:
        """Ask for the day unless there is none.

        Raises:
            ValidationError: Neither or both are filled in, or the day is over.
        """
        if field.data is not None and self.is_for_ever.data:
            raise ValidationError(_("有效期和“长期有效”只能选一个"))
        if field.data is None and not self.is_for_ever.data and not field.errors:
            raise ValidationError(_("请填写有效期，或者勾选“长期有效”"))
        _require_day_to_come(field, self.today)


class RejectForm(Form):
    """A member of staff cannot accept a credential."""

    reason = TextAreaField(
        _l("为什么不能通过"),
        [
            Filled(_l("请写明原因，会告诉本人")),
            Length(max=200, message=_l("原因最多 200 个字")),
        ],
        description=_l("例如：照片看不清；编号和证件不一致；已经过期。"),
    )


def _require_day_to_come(field: DayField, today: date) -> None:
    if field.data is not None and field.data < today:
        raise ValidationError(_("这个日子已经过去了，过期的证件不用登记"))
    if field.data is not None and field.data > today + rules.FURTHEST:
        raise ValidationError(_("请看看年份对不对；长期有效的不用填"))
