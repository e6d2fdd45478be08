"""The kinds of messages that only attendees get."""

from __future__ import annotations

from typing import Final

from flask_babel import gettext as _

from volunteer_hub.core.text import N_
from volunteer_hub.notifications import kinds
from volunteer_hub.notifications.kinds import Kind
from volunteer_hub.notifications.topics import Topic
from volunteer_hub.notifications.wording import Draft, Facts, where_and_when, which_event

WHERE_AND_WHEN: Final = frozenset({"when", "until", "place", "post", "meeting", "bring"})


def _reminder(facts: Facts) -> Draft:
    event = facts.text("event")
    lines = [
        _("您报名的“%(event)s”快到了。", event=event),
        *where_and_when(facts),
        _(
            "到场时请出示入场码；没带手机，说姓名也可以。来不了，请在入场码页面取消，把名额让给别人。"
        ),
    ]
    return Draft(_("提醒您：%(event)s", event=event), lines, _("查看入场码"))


def _reminder_sms(facts: Facts) -> str:
    return str(_("提醒您：%(event)s。入场码：", event=which_event(facts, with_place=True)))


def register() -> None:
    """Add these kinds."""
    kinds.register(
        Kind(
            name="registration_reminder",
            label=N_("活动前提醒观众"),
            topic=Topic.REMINDERS,
            wording=_reminder,
            sms=_reminder_sms,
            needs=frozenset({"event"}),
            may=WHERE_AND_WHEN,
        )
    )
