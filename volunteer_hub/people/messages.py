"""The message to people whom an organisation entered."""

from __future__ import annotations

from typing import Final

from flask_babel import gettext as _

from volunteer_hub.core.text import N_
from volunteer_hub.notifications import kinds
from volunteer_hub.notifications.kinds import Kind
from volunteer_hub.notifications.topics import Topic
from volunteer_hub.notifications.wording import Draft, Facts
from volunteer_hub.people.actions.entering import ENTERED


def _entered(facts: Facts) -> Draft:
    lines = [
        _(
            "%(organisation)s替您登记成了科普志愿者。",
            organisation=facts.text("organisation"),
        ),
        _(
            "请用这个手机号或邮箱登录，看一看须知，再告诉我们愿不愿意。不愿意的，点一下就不再打扰您。"
        ),
    ]
    return Draft(_("请您确认：愿不愿意当科普志愿者"), lines, _("看一看，再答复"))


def _entered_sms(facts: Facts) -> str:
    return str(
        _(
            "%(organisation)s替您登记成了科普志愿者，愿不愿意请点开答复：",
            organisation=facts.short("organisation"),
        )
    )


KINDS: Final = (
    Kind(
        name=ENTERED,
        label=N_("请被登记的人确认"),
        topic=Topic.BOOKINGS,
        wording=_entered,
        sms=_entered_sms,
        needs=frozenset({"organisation"}),
        sample={"organisation": "凤城市科协志愿服务队"},
    ),
)


def register() -> None:
    """Add these kinds."""
    kinds.register(*KINDS)
