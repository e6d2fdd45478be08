"""What the page that shows every component fills its fields with (development only)."""

from __future__ import annotations

from typing import ClassVar

from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    FileField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TelField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, ListWidget

from volunteer_hub.core.forms import Filled, Form

DAYS = {str(number): f"周{day}" for number, day in enumerate("一二三四五六日")}
SKILLS = {
    "robot": "机器人",
    "talk": "科普讲解",
    "phone": "教老人用手机",
    "drive": "驾驶",
    "photo": "拍照摄影",
    "first_aid": "急救",
}
PLACES = {
    "元宝区": {"1": "金山镇"},
    "宽甸县": {"3": "长甸镇"},
}


class _Chips(SelectMultipleField):
    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class StyleForm(Form):
    """One field of every kind."""

    hint: ClassVar[str] = "参加的人一看就懂，例如：大篷车进宽甸"

    title = StringField("活动名称", [Filled("请填写活动名称")], description=hint)
    phone = TelField("手机号", [Filled("请填写手机号")])
    password = PasswordField("密码", [Filled("请填写密码")])
    code = StringField("签到码", [Optional()])
    on = DateField("哪一天", [Filled("请选择日期")])
    at = TimeField("几点开始", [Filled("请选择时间")])
    places = IntegerField("需要几名志愿者", default=4, description="大篷车每车最多坐 7 人")
    place = SelectField("在哪里", choices=PLACES)
    about = TextAreaField("活动介绍", [Optional()])
    answer = RadioField(
        "您能来吗", choices={"yes": "我能参加", "maybe": "还不确定", "no": "这次去不了"}
    )
    days = _Chips("哪几天有空", choices=DAYS)
    skills = _Chips("您会什么", choices=SKILLS)
    agree = BooleanField("我已阅读并同意个人信息保护政策")
    photo = FileField("现场照片", [Optional()])


def filled_form() -> StyleForm:
    """Return the form as someone half-way through would have it."""
    return StyleForm(
        formdata=None, data={"answer": "yes", "skills": ["robot", "talk"], "days": ["5", "6"]}
    )


def failing_form() -> StyleForm:
    """Return the form as it looks after an empty submit."""
    form = StyleForm(formdata=MultiDict(), prefix="bad-")
    form.validate()
    return form
