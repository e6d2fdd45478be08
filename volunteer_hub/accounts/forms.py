from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, HiddenField, PasswordField, StringField
from wtforms.validators import Length, ValidationError

from volunteer_hub.accounts import rules
from volunteer_hub.core.forms import DigitsField, Filled, Form
from volunteer_hub.core.text import normalise


class ContactField(StringField):
    """A mobile number or an e-mail address, in its one spelling once it is understood."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take what was typed, in its one spelling if it is a contact."""
        super().process_formdata(valuelist)
        if isinstance(self.data, str):
            self.data = rules.read_contact(self.data) or self.data

    @property
    def typed(self) -> str:
        """The contact, in its one spelling once the form was found valid."""
        return self.data or ""


def contact(_form: object, field: Field) -> None:
    """Accept a mobile number or an e-mail address.

    Raises:
        ValidationError: It is neither.
    """
    if field.data and rules.read_contact(field.data) is None:
        raise ValidationError(_("请填写 11 位手机号（例如 138 0013 8000），或完整的邮箱地址"))


class ExactPasswordField(PasswordField):
    """A password, taken exactly as typed: no spaces are cut off."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as WTForms has it
        kwargs["filters"] = ()
        super().__init__(*args, **kwargs)

    @property
    def typed(self) -> str:
        """The password, exactly."""
        return self.data or ""


class CodeRequestForm(Form):
    """Where a one-time code goes."""

    contact = ContactField(
        _l("手机号"),
        [Filled(_l("请填写手机号或邮箱")), contact],
        description=_l("也可以填邮箱"),
    )
    next = HiddenField()


class PasswordSignInForm(Form):
    """Contact and password."""

    contact = ContactField(
        _l("手机号"),
        [Filled(_l("请填写手机号或邮箱")), contact],
        description=_l("也可以填邮箱"),
    )
    password = ExactPasswordField(
        _l("密码"), [Filled(_l("请填写密码")), Length(max=1000, message=_l("密码太长了"))]
    )
    next = HiddenField()


class CodeForm(Form):
    """The code that was sent; the contact too when this browser does not know it."""

    contact = ContactField(_l("手机号"), [Filled(_l("请填写手机号或邮箱")), contact])
    code = DigitsField(_l("验证码"), [Filled(_l("请填写收到的 6 位验证码"))])

    def validate_code(self, field: Field) -> None:
        """Accept six digits.

        Raises:
            ValidationError: It is something else.
        """
        text = normalise(field.data or "")
        if not (len(text) == rules.CODE_DIGITS and text.isascii() and text.isdigit()):
            raise ValidationError(_("验证码是 6 位数字"))


class WhoForm(Form):
    """Which of the people behind one phone sits in front of the browser."""

    person = HiddenField(validators=[Filled(_l("请选择您是哪一位"))])


class NumberForm(Form):
    """Another number or address of one's own, with the codes that were sent."""

    contact = ContactField(
        _l("新的手机号"),
        [Filled(_l("请填写新的手机号或邮箱")), contact],
        description=_l("也可以填邮箱"),
    )
    code = DigitsField(_l("发到新号码的验证码"))
    old_code = DigitsField(_l("发到原号码的验证码"))
    shares = BooleanField(_l("是，和家人合用这个号码"))


class DemoSignInForm(Form):
    """Whose part to play."""

    role = HiddenField(validators=[Filled(_l("请选择一个身份"))])


class NewPasswordForm(Form):
    """Another password, and the one before unless a code was just used."""

    current = ExactPasswordField(
        _l("原密码"), [Filled(_l("请填写原密码")), Length(max=1000, message=_l("密码太长了"))]
    )
    password = ExactPasswordField(
        _l("新密码"),
        [Filled(_l("请填写新密码")), Length(max=1000, message=_l("密码太长了"))],
        description=_l("至少 8 个字，不要求符号和大小写。用一句只有您知道的话最好记。"),
    )


class SecondForm(Form):
    """A code of the app on the phone, or one from paper."""

    code = StringField(
        _l("验证码"),
        [Filled(_l("请填写验证器上的 6 位数字")), Length(max=20, message=_l("验证码没有这么长"))],
        filters=[lambda text: normalise(text).replace(" ", "") if text else text],
    )
