"""The kinds of messages about missing check-outs and claims."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from flask_babel import gettext as _

from volunteer_hub.core.outbox import Priority
from volunteer_hub.core.text import N_
from volunteer_hub.notifications import kinds
from volunteer_hub.notifications.kinds import Kind
from volunteer_hub.notifications.topics import Topic
from volunteer_hub.notifications.wording import Draft, Facts


def _departure(facts: Facts) -> Draft:
    event = facts.text("event")
    lines = [
        _("您在“%(event)s”签到了，但没有签退。", event=event),
        _("请在 4 小时内告诉我们您几点离开，负责人确认后才能记时长。"),
    ]
    return Draft(_("请确认离开时间：%(event)s", event=event), lines, _("填写离开时间"))


def _departure_sms(facts: Facts) -> str:
    return str(_("您在“%(event)s”没有签退，请填离开时间：", event=facts.short("event")))


def _to_agree(facts: Facts) -> Draft:
    event = facts.text("event")
    lines = [_("“%(event)s”有一份补录时长的申请，等您复核。", event=event)]
    return Draft(_("补录待复核：%(event)s", event=event), lines, _("去复核"))


def _to_agree_sms(facts: Facts) -> str:
    return str(_("“%(event)s”有补录时长等您复核：", event=facts.short("event")))


def _settled(facts: Facts) -> Draft:
    event = facts.text("event")
    lines = [_("您在“%(event)s”的补录申请办完了，结果请看申请页。", event=event)]
    return Draft(_("补录申请有结果：%(event)s", event=event), lines, _("看结果"))


def _settled_sms(facts: Facts) -> str:
    return str(_("您在“%(event)s”的补录申请有结果：", event=facts.short("event")))


KINDS: Final = (
    Kind(
        name="departure_missing",
        label=N_("请志愿者填离开时间"),
        topic=Topic.RECORD,
        wording=_departure,
        sms=_departure_sms,
        needs=frozenset({"event"}),
        priority=Priority.HIGH,
        lifetime=timedelta(hours=4),
    ),
    Kind(
        name="claim_to_agree",
        label=N_("补录时长待复核"),
        topic=Topic.ORGANISING,
        wording=_to_agree,
        sms=_to_agree_sms,
        needs=frozenset({"event"}),
    ),
    Kind(
        name="claim_settled",
        label=N_("补录申请有结果"),
        topic=Topic.RECORD,
        wording=_settled,
        sms=_settled_sms,
        needs=frozenset({"event"}),
        priority=Priority.LOW,
    ),
)


def register() -> None:
    """Add these kinds."""
    kinds.register(*KINDS)
