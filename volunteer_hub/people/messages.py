"""The message to people whom an organisation entered."""

from __future__ import annotations

from typing import Final

from flask_babel import gettext as _

from volunteer_hub.core.outbox import Priority
from volunteer_hub.core.text import N_
from volunteer_hub.notifications import kinds
from volunteer_hub.notifications.kinds import Kind
from volunteer_hub.notifications.standard import LONGEST_NEWS
from volunteer_hub.notifications.topics import Topic
from volunteer_hub.notifications.wording import Draft, Facts, cut
from volunteer_hub.people.actions.desk import WRITTEN
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


def _desk(facts: Facts) -> Draft:
    lines = [*facts.text("text").splitlines(), facts.text("organisation")]
    return Draft(facts.text("title"), lines, _("打开网站"))


def _desk_sms(facts: Facts) -> str:
    said = " ".join(facts.text("text").split())
    return str(_("%(title)s：%(text)s", title=facts.short("title"), text=cut(said, LONGEST_NEWS)))


KINDS: Final = (
    Kind(
        name=WRITTEN,
        label=N_("负责人写给许多人的消息"),
        topic=Topic.NEWS,
        wording=_desk,
        sms=_desk_sms,
        needs=frozenset({"title", "text", "organisation"}),
        priority=Priority.LOW,
        sample={
            "title": "周六集合改到北门",
            "text": "周六早上八点在科技馆北门集合，带好水杯。",
            "organisation": "凤城市科协志愿服务队",
        },
    ),
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
