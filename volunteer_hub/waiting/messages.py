"""What people who wait are written."""

from __future__ import annotations

from typing import Final

from flask_babel import gettext as _

from volunteer_hub.core.outbox import Priority
from volunteer_hub.core.text import N_
from volunteer_hub.notifications import kinds
from volunteer_hub.notifications.kinds import Kind
from volunteer_hub.notifications.topics import Topic
from volunteer_hub.notifications.wording import Draft, Facts, where_and_when, which_event

WHERE_AND_WHEN: Final = frozenset({"when", "until", "place", "post", "meeting", "bring"})


def _joined(facts: Facts) -> Draft:
    event = facts.text("event")
    lines = [
        _("“%(event)s”已经满了，您在候补名单上。", event=event),
        _("您排在第 %(position)s 位。", position=facts.number("position")),
        *where_and_when(facts),
        _("有了空位，我们按先后通知您，请在时限内答复。不想等了，也请告诉我们。"),
    ]
    return Draft(_("已加入候补：%(event)s", event=event), lines, _("查看排在第几位"))


def _joined_sms(facts: Facts) -> str:
    return str(
        _(
            "您已加入候补%(event)s，排在第 %(position)s 位。查看：",
            event=which_event(facts),
            position=facts.number("position"),
        )
    )


def _offer(facts: Facts) -> Draft:
    event, deadline = facts.text("event"), facts.moment("deadline")
    lines = [
        _("“%(event)s”有空位了，给您留着。", event=event),
        _("请在 %(deadline)s 前告诉我们来不来；过了时间，名额会让给下一位。", deadline=deadline),
        *where_and_when(facts),
    ]
    return Draft(_("有空位了：%(event)s", event=event), lines, _("我来，或者不来了"))


def _offer_sms(facts: Facts) -> str:
    return str(
        _(
            "有空位了：“%(event)s”。请在 %(deadline)s 前答复：",
            event=facts.short("event"),
            deadline=facts.moment("deadline"),
        )
    )


def register() -> None:
    """Add these kinds."""
    kinds.register(
        Kind(
            name="waiting_joined",
            label=N_("已加入候补"),
            topic=Topic.BOOKINGS,
            wording=_joined,
            sms=_joined_sms,
            needs=frozenset({"event", "position"}),
            may=WHERE_AND_WHEN,
            sample={"position": 3},
        ),
        Kind(
            name="waiting_offer",
            label=N_("候补有了空位"),
            topic=Topic.BOOKINGS,
            wording=_offer,
            sms=_offer_sms,
            needs=frozenset({"event", "deadline"}),
            may=WHERE_AND_WHEN,
            priority=Priority.HIGH,
        ),
    )
