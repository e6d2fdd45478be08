from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, StringField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from volunteer_hub.accounts import rules as accounts
from volunteer_hub.accounts.forms import ContactField, contact
from volunteer_hub.core.forms import Filled, Form, WholeNumberField
from volunteer_hub.core.numbers import Number


def is_name(_form: object, field: Field) -> None:
    """Accept what a person can be called.

    Raises:
        ValidationError: It is something else.
    """
    if field.data and not accounts.is_name(field.data):
        raise ValidationError(_("姓名里只能有文字，例如 王小明"))


class NameForm(Form):
    """Another name."""

    name = StringField(
        _l("姓名"), [Filled(_l("请填写姓名")), Length(max=accounts.LONGEST_NAME), is_name]
    )


class CloseForm(Form):
    """The last word before an account is closed."""

    is_sure = BooleanField(
        _l("我看清楚了：注销后不能恢复"), [InputRequired(_l("请先勾选，表示您看清楚了"))]
    )


class ContactChangeForm(Form):
    """Another number for somebody who lost theirs."""

    old = ContactField(_l("原来的手机号或邮箱"), [Filled(_l("请填写手机号或邮箱")), contact])
    name = StringField(
        _l("本人姓名"),
        [Optional(), Length(max=accounts.LONGEST_NAME, message=_l("姓名最多 30 个字"))],
        description=_l("几个人合用原号码的，才要填"),
    )
    new = ContactField(_l("新的手机号或邮箱"), [Filled(_l("请填写手机号或邮箱")), contact])
    reason = StringField(
        _l("怎样核实是本人"),
        [
            Filled(_l("请写清楚怎样核实的，例如当面看了身份证")),
            Length(max=200, message=_l("最多 200 个字")),
        ],
    )


class NumberForm(Form):
    """One number of the site."""

    value = WholeNumberField(_l("改成"), [Filled(_l("请填写一个整数，例如 3"))])

    def is_within(self, number: Number) -> bool:
        """Tell whether the value may be taken; say in the form when not."""
        if self.value.data is not None and number.least <= self.value.data <= number.most:
            return True
        self.blame(
            "value",
            _("请填写 %(least)s 到 %(most)s 之间的数", least=number.least, most=number.most),
        )
        return False
