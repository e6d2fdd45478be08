from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, StringField
from wtforms.validators import Length, ValidationError

from volunteer_hub.accounts import rules
from volunteer_hub.accounts.forms import ExactPasswordField
from volunteer_hub.core.forms import DigitsField, Filled, OnceForm, mobile


class FirstOfficeForm(OnceForm):
    """Who the first person of a new site is."""

    name = StringField(
        _l("您的姓名"), [Filled(_l("请填写您的姓名")), Length(max=rules.LONGEST_NAME)]
    )
    phone = DigitsField(
        _l("手机号"), [Filled(_l("请填写手机号")), mobile], description=_l("以后用它登录")
    )
    password = ExactPasswordField(
        _l("密码"),
        [Filled(_l("请填写密码")), Length(max=1000)],
        description=_l("至少 8 个字，不要求符号和大小写。用一句只有您知道的话最好记。"),
    )

    def validate_name(self, field: Field) -> None:
        """Accept what a person can be called.

        Raises:
            ValidationError: It is something else.
        """
        if field.data and not rules.is_name(field.data):
            raise ValidationError(_("请填写真实姓名，不要有数字和符号"))
