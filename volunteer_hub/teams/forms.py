from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than stubs
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from volunteer_hub.core.forms import (
    DigitsField,
    Filled,
    Form,
    OnceForm,
    OneButtonField,
    OneOfField,
    WholeNumberField,
    landline_or_mobile,
)
from volunteer_hub.organisations.rules import Function
from volunteer_hub.teams.rules import INVITE_DAYS, LONGEST_NAME, LONGEST_TEXT, MOST_USES
from volunteer_hub.teams.wording import FUNCTIONS, RANKS

Choices = Iterable[tuple[int, str]]
_LENGTH = Length(max=LONGEST_TEXT, message=_l("最多 %(max)d 个字"))


class JoinTeamForm(Form):
    """Which unit or volunteer team somebody belongs to."""

    organisation_id = SelectField(  # type: ignore[call-arg]  # the stubs are older than the argument
        _l("单位或服务队"),
        [Filled(_l("请选择您的单位或服务队"))],
        choices=[],
        invalid_choice_message=_l("请从列表里选择一项"),
    )

    def offer(self, organisations: Choices) -> None:
        """Fill the list to choose from with ids and names."""
        offered = [(str(number), name) for number, name in organisations]
        self.organisation_id.choices = [("", _("请选择")), *offered]


class AskForm(OnceForm):
    """What somebody says to a team they want to belong to."""

    reason = TextAreaField(
        _l("想对队长说的话"),
        [Optional(), _LENGTH],
        description=_l("例如您会什么、什么时候有空。不写也可以。"),
    )


class TransferForm(JoinTeamForm):
    """To which team somebody goes over."""

    reason = TextAreaField(_l("为什么想转"), [Optional(), _LENGTH])


class FoundingForm(OnceForm):
    """What a new team would be."""

    name = StringField(
        _l("队名"),
        [Filled(_l("请填写队名")), Length(max=LONGEST_NAME, message=_l("最多 %(max)d 个字"))],
        description=_l("例如：银杏医院科普服务大队"),
    )
    rank = OneButtonField(_l("哪一级"), [Filled(_l("请选择是哪一级"))])
    region_code = OneOfField(_l("在哪里"), [Filled(_l("请选择在哪里"))], choices=[])
    purpose = TextAreaField(
        _l("这支队做什么"),
        [Filled(_l("请写一两句这支队做什么")), _LENGTH],
        description=_l("会写在服务队的页面上，大家都看得到"),
    )
    reason = TextAreaField(
        _l("为什么要建"),
        [Filled(_l("请写一写为什么要建这支队")), _LENGTH],
        description=_l("只给审批的人看：有多少人、打算做哪些活动"),
    )

    def offer(self, ranks: Iterable[str], regions: Iterable[tuple[str, str]]) -> None:
        """Fill in what there is to choose from."""
        self.rank.choices = [(rank, _(RANKS[rank])) for rank in ranks]
        self.region_code.choices = list(regions)


class AnswerForm(Form):
    """What is said to whoever asked, with a button for each answer."""

    answer = TextAreaField(
        _l("答复"), [Optional(), _LENGTH], description=_l("申请人看得到。不写也可以。")
    )


class FaceForm(Form):
    """What everybody may read about a team."""

    purpose = TextAreaField(_l("这支队做什么"), [Optional(), _LENGTH])
    how_to_join = TextAreaField(
        _l("怎样加入"), [Optional(), _LENGTH], description=_l("例如：会用电脑，每月能来一次")
    )
    contact_phone = DigitsField(
        _l("公开的联系电话"),
        [Optional(), landline_or_mobile, Length(max=20)],
        description=_l("大家都看得到，请写办公电话，不要写个人手机号"),
    )
    is_open = BooleanField(_l("不用审批，谁都可以直接加入"))


class InviteForm(OnceForm):
    """How long and for how many a link into a team is good."""

    days = OneButtonField(
        _l("几天内有效"),
        [Filled(_l("请选择几天内有效"))],
        choices=[SelectChoice(str(days), str(days)) for days in INVITE_DAYS],
        default="7",
    )
    most_uses = WholeNumberField(
        _l("最多几个人用"),
        [
            InputRequired(_l("请填写最多几个人用")),
            NumberRange(1, MOST_USES, _l("请填写 1 到 %(max)d 之间的数")),
        ],
        default=30,
    )


class FunctionForm(Form):
    """What somebody of a team is from now on."""

    function = OneButtonField(_l("职务"), [Filled(_l("请选择职务"))])

    def offer(self, functions: Iterable[Function]) -> None:
        """Fill in which functions may be given."""
        self.function.choices = [(str(each), _(FUNCTIONS[each])) for each in functions]


class ReasonForm(Form):
    """Why; the people it is about are told."""

    reason = TextAreaField(
        _l("原因"), [Filled(_l("请写一句原因")), _LENGTH], description=_l("会发消息告诉本人")
    )


class ShowPhoneForm(Form):
    """Whether the others of a team see one's number."""

    shows = BooleanField(_l("让队友看到我的电话"))
