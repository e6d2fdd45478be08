"""The kind of message about a number that the office changed."""

from __future__ import annotations

from flask_babel import gettext as _

from volunteer_hub.core.text import N_
from volunteer_hub.notifications import kinds
from volunteer_hub.notifications.kinds import Kind
from volunteer_hub.notifications.topics import Topic
from volunteer_hub.notifications.wording import Draft, Facts


def _changed(_facts: Facts) -> Draft:
    lines = [
        _("两位工作人员核实后，更换了您登录用的手机号或邮箱，原来的设备都已退出。"),
        _("不是您要求的，请马上联系办公室。"),
    ]
    return Draft(_("登录用的号码换好了"), lines, _("我的账号"))


def _changed_sms(_facts: Facts) -> str:
    return str(_("您登录用的号码换好了，不是您要求的请马上联系办公室："))


def register() -> None:
    """Add this kind."""
    kinds.register(
        Kind(
            name="contact_changed",
            label=N_("登录用的号码换好了"),
            topic=Topic.ACCOUNT,
            wording=_changed,
            sms=_changed_sms,
        )
    )
