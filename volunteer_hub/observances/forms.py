from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import Length, Optional

from volunteer_hub.core.forms import DayField, Filled, Form


class AnnouncedForm(Form):
    """What the notice says about one science day in one year."""

    first = DayField(_l("从哪天"), [Filled(_l("请选择开始日期"))])
    last = DayField(_l("到哪天"), [Filled(_l("请选择结束日期"))])
    source = StringField(
        _l("依据"),
        [Optional(), Length(max=200, message=_l("最多 %(max)s 个字", max=200))],
        description=_l("哪份通知，例如：国科发才〔2027〕1号"),
    )
