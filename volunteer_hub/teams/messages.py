"""The messages about teams: to whoever answers, to whoever asked, to members."""

from __future__ import annotations

from typing import Final

from flask_babel import gettext as _

from volunteer_hub.core.text import N_
from volunteer_hub.notifications import kinds
from volunteer_hub.notifications.kinds import Kind
from volunteer_hub.notifications.topics import Topic
from volunteer_hub.notifications.wording import Draft, Facts
from volunteer_hub.teams.actions import ANSWERED, ASKED, CHANGED

_ASKS: Final = {
    "join": N_("有人申请加入“%(team)s”。"),
    "transfer": N_("有人申请转到“%(team)s”。"),
    "found": N_("有人申请在“%(team)s”下面建一支服务队。"),
}
_OUTCOMES: Final = {
    "accepted": N_("您已加入“%(team)s”。"),
    "declined": N_("“%(team)s”这次没有同意您的申请。"),
    "founded": N_("“%(team)s”已经建好，您是队长。"),
    "not_founded": N_("建“%(team)s”的申请这次没有同意。"),
}
_CHANGES: Final = {
    "organiser": N_("您现在是“%(team)s”的活动负责人。"),
    "team_leader": N_("您现在是“%(team)s”的队长。"),
    "deputy": N_("您现在是“%(team)s”的副队长。"),
    "member": N_("您现在是“%(team)s”的队员，不再担任职务。"),
    "removed": N_("您已不在“%(team)s”里。"),
    "dissolved": N_("“%(team)s”已经解散。"),
}
_KEPT: Final = N_("您的服务时长和记录都在，不受影响。")


def _asked(facts: Facts) -> Draft:
    said = _(_ASKS[facts.text("about")], team=facts.text("team"))
    return Draft(_("服务队有一份申请"), [said, _("请看一看，再答复。")], _("看一看"))


def _asked_sms(facts: Facts) -> str:
    said = _(_ASKS[facts.text("about")], team=facts.short("team"))
    return f"{said}{_('请答复：')}"


def _answered(facts: Facts) -> Draft:
    lines = [_(_OUTCOMES[facts.text("outcome")], team=facts.text("team"))]
    if facts.text("answer"):
        lines.append(_("答复：%(answer)s", answer=facts.text("answer")))
    return Draft(_("服务队的答复"), lines, _("看一看"))


def _answered_sms(facts: Facts) -> str:
    return str(_(_OUTCOMES[facts.text("outcome")], team=facts.short("team")))


def _changed(facts: Facts) -> Draft:
    change = facts.text("change")
    lines = [_(_CHANGES[change], team=facts.text("team"))]
    if facts.text("why"):
        lines.append(_("原因：%(reason)s", reason=facts.text("why")))
    if change in ("removed", "dissolved"):
        lines.append(_(_KEPT))
    return Draft(_("服务队有变动"), lines, _("看一看"))


def _changed_sms(facts: Facts) -> str:
    return str(_(_CHANGES[facts.text("change")], team=facts.short("team")))


_TEAM: Final = "银杏医院科普服务大队"
KINDS: Final = (
    Kind(
        name=ASKED,
        label=N_("服务队有人申请"),
        topic=Topic.ORGANISING,
        wording=_asked,
        sms=_asked_sms,
        needs=frozenset({"team", "about"}),
        sample={"team": _TEAM, "about": "join"},
    ),
    Kind(
        name=ANSWERED,
        label=N_("服务队申请的答复"),
        topic=Topic.BOOKINGS,
        wording=_answered,
        sms=_answered_sms,
        needs=frozenset({"team", "outcome"}),
        may=frozenset({"answer"}),
        sample={"team": _TEAM, "outcome": "accepted", "answer": "欢迎，周六见。"},
    ),
    Kind(
        name=CHANGED,
        label=N_("服务队里的职务和去留"),
        topic=Topic.BOOKINGS,
        wording=_changed,
        sms=_changed_sms,
        needs=frozenset({"team", "change"}),
        may=frozenset({"why"}),
        sample={"team": _TEAM, "change": "dissolved", "why": "并入市级支队"},
    ),
)


def register() -> None:
    """Add these kinds."""
    kinds.register(*KINDS)
