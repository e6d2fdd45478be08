"""Messages about what somebody said is wrong."""

from __future__ import annotations

from typing import Final

from flask_babel import gettext as _

from volunteer_hub.core.text import N_
from volunteer_hub.notifications import kinds
from volunteer_hub.notifications.kinds import Kind
from volunteer_hub.notifications.topics import Topic
from volunteer_hub.notifications.wording import Draft, Facts
from volunteer_hub.recognition.appeals import AGREED, REFUSED


def _agreed(facts: Facts) -> Draft:
    event = facts.text("event")
    lines = [_("您说“%(event)s”记得不对，另一位负责人看过，已经改了，不再算您的。", event=event)]
    return Draft(_("申诉有结果：已更正"), lines, _("看看记录"))


def _agreed_sms(facts: Facts) -> str:
    return str(_("您申诉的“%(event)s”已更正，不再算您的：", event=facts.short("event")))


def _refused(facts: Facts) -> Draft:
    event = facts.text("event")
    lines = [
        _("您说“%(event)s”记得不对，另一位负责人看过，没有改。", event=event),
        _("还不同意的，请写“投诉建议”。"),
    ]
    return Draft(_("申诉有结果：没有更正"), lines, _("看看记录"))


def _refused_sms(facts: Facts) -> str:
    return str(_("您申诉的“%(event)s”看过了，没有更正：", event=facts.short("event")))


KINDS: Final = (
    Kind(
        name=AGREED,
        label=N_("申诉：已更正"),
        topic=Topic.RECORD,
        wording=_agreed,
        sms=_agreed_sms,
        needs=frozenset({"event"}),
    ),
    Kind(
        name=REFUSED,
        label=N_("申诉：没有更正"),
        topic=Topic.RECORD,
        wording=_refused,
        sms=_refused_sms,
        needs=frozenset({"event"}),
    ),
)


def register() -> None:
    """Add these kinds."""
    kinds.register(*KINDS)
