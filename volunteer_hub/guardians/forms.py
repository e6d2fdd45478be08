from __future__ import annotations

from typing import Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than stubs
from wtforms.validators import Length, ValidationError

from volunteer_hub.core.forms import DigitsField, Filled, Form, OneButtonField, mobile
from volunteer_hub.guardians import rules
from volunteer_hub.guardians.rules import Care, Given, GuardianDraft, Relation
from volunteer_hub.volunteers.forms.fields import is_name

RELATIONS: Final = (
    SelectChoice(Relation.MOTHER.value, _l("母亲")),
    SelectChoice(Relation.FATHER.value, _l("父亲")),
    SelectChoice(Relation.GRANDPARENT.value, _l("祖父母、外祖父母")),
    SelectChoice(Relation.OTHER.value, _l("其他监护人")),
)


class AskForm(Form):
    """A volunteer under age says who their guardian is."""

    name = StringField(
        _l("监护人姓名"),
        [
            Filled(_l("请填写监护人的姓名")),
            Length(max=rules.LONGEST_NAME, message=_l("姓名最多 30 个字")),
            is_name,
        ],
    )
    phone = DigitsField(
        _l("监护人手机号"),
        [Filled(_l("请填写监护人的手机号")), mobile],
        description=_l("同意的链接发到这个手机。加密保存，只用来征求同意和紧急联系。"),
    )
    relation = OneButtonField(
        _l("是您的"), [Filled(_l("请选择监护人是您的什么人"))], choices=RELATIONS
    )

    def draft(self) -> GuardianDraft:
        """Return what was filled in, as the plain value that actions take."""
        return GuardianDraft(
            name=self.name.data or "",
            phone=self.phone.data or "",
            relation=Relation(self.relation.data),
        )


class GiveForm(Form):
    """A guardian agrees."""

    agrees = BooleanField(_l("我是监护人，上面的我都看过，同意"))
    agrees_for_child = BooleanField(_l("儿童个人信息处理规则我也看过，同意"))
    companion = OneButtonField(
        _l("谁陪着来"),
        [Filled(_l("请选择谁陪着孩子来"))],
        choices=(
            SelectChoice("self", _l("我自己陪")),
            SelectChoice("other", _l("另一位大人陪")),
        ),
    )
    companion_name = StringField(
        _l("陪同的大人姓名"),
        [Length(max=rules.LONGEST_NAME, message=_l("姓名最多 30 个字")), is_name],
        description=_l("由您自己陪的，不用填"),
    )
    companion_phone = DigitsField(_l("陪同的大人手机号"), [mobile])

    def keep_to(self, care: Care) -> None:
        """Ask only for what the child's age asks for."""
        if not care.is_child:
            del self.agrees_for_child
        if not care.is_accompanied:
            del self.companion, self.companion_name, self.companion_phone

    def validate_companion_name(self, field: Field) -> None:
        """Require a name when somebody else comes along.

        Raises:
            ValidationError: It is not there.
        """
        if self.companion.data == "other" and not field.data:
            raise ValidationError(_("请填写陪同的大人的姓名"))

    def validate_agrees_for_child(self, field: Field) -> None:
        """Require the tick.

        Raises:
            ValidationError: It is not there.
        """
        if not field.data:
            raise ValidationError(_("同意的话，请在这里打勾；不同意，不用做什么"))

    def given(self, guardian_name: str) -> Given:
        """Return what was filled in, as the plain value that actions take."""
        if "companion" not in self:
            return Given(agrees_for_child="agrees_for_child" in self)
        is_other = self.companion.data == "other"
        return Given(
            agrees_for_child="agrees_for_child" in self,
            companion_name=(self.companion_name.data or "") if is_other else guardian_name,
            companion_phone=(self.companion_phone.data or "") if is_other else "",
        )

    def validate_agrees(self, field: Field) -> None:
        """Require the tick.

        Raises:
            ValidationError: It is not there.
        """
        if not field.data:
            raise ValidationError(_("同意的话，请在这里打勾；不同意，不用做什么"))
