"""The messages about talks: to a speaker who is asked, to whoever asked."""

from __future__ import annotations

from datetime import date
from typing import Final

from flask_babel import gettext as _

from volunteer_hub.core.formats import day
from volunteer_hub.core.text import N_
from volunteer_hub.notifications import kinds
from volunteer_hub.notifications.kinds import Kind
from volunteer_hub.notifications.topics import Topic
from volunteer_hub.notifications.wording import Draft, Facts, where_and_when
from volunteer_hub.talks.actions import ANSWERED, ASKED

_OUTCOMES: Final = {
    "accepted": N_("“%(talk)s”的主讲人答应了。"),
    "declined": N_("“%(talk)s”的主讲人这次来不了。"),
    "proposed": N_("“%(talk)s”的主讲人想换一天。"),
}


def _asked(facts: Facts) -> Draft:
    lines = [
        _("想请您在“%(event)s”讲“%(talk)s”。", event=facts.text("event"), talk=facts.text("talk")),
        *where_and_when(facts),
        _("能来、来不了、想换一天，点开按一下就行，不用说原因。"),
    ]
    return Draft(_("想请您讲一次"), lines, _("看一看，再答复"))


def _asked_sms(facts: Facts) -> str:
    said = _("想请您讲“%(talk)s”，%(when)s。", talk=facts.short("talk"), when=facts.moment("when"))
    return f"{said}{_('请答复：')}"


def _answered(facts: Facts) -> Draft:
    lines = [_(_OUTCOMES[facts.text("outcome")], talk=facts.text("talk")), facts.text("event")]
    if facts.text("on"):
        on = day(date.fromisoformat(facts.text("on")))
        lines.append(_("想换到：%(day)s", day=on))
    return Draft(_("主讲人答复了"), lines, _("看一看"))


def _answered_sms(facts: Facts) -> str:
    return str(_(_OUTCOMES[facts.text("outcome")], talk=facts.short("talk")))


_TALK: Final = "来电和链接，怎样分辨真假"
KINDS: Final = (
    Kind(
        name=ASKED,
        label=N_("请人讲课"),
        topic=Topic.INVITATIONS,
        wording=_asked,
        sms=_asked_sms,
        needs=frozenset({"talk", "event", "when", "until", "post"}),
        may=frozenset({"place", "meeting", "bring"}),
        sample={"talk": _TALK},
    ),
    Kind(
        name=ANSWERED,
        label=N_("主讲人的答复"),
        topic=Topic.ORGANISING,
        wording=_answered,
        sms=_answered_sms,
        needs=frozenset({"talk", "event", "outcome"}),
        may=frozenset({"on"}),
        sample={"talk": _TALK, "outcome": "accepted", "on": ""},
    ),
)


def register() -> None:
    """Add these kinds."""
    kinds.register(*KINDS)
