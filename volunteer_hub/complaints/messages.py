"""The kinds of messages about complaints; what was said stands only on the pages."""

from __future__ import annotations

from typing import Final

from flask_babel import gettext as _

from volunteer_hub.core.text import N_
from volunteer_hub.notifications import kinds
from volunteer_hub.notifications.kinds import Kind
from volunteer_hub.notifications.topics import Topic
from volunteer_hub.notifications.wording import Draft, Facts


def _answered(_facts: Facts) -> Draft:
    lines = [_("您的投诉建议有答复了。不满意的话，可以在那一页接着说。")]
    return Draft(_("您的投诉建议有答复了"), lines, _("看答复"))


def _answered_sms(_facts: Facts) -> str:
    return str(_("您的投诉建议有答复了："))


def _due(facts: Facts) -> Draft:
    lines = [_("有一件投诉建议要在 %(day)s 前答复。", day=facts.text("until"))]
    return Draft(_("投诉建议快到答复期限"), lines, _("去处理"))


def _due_sms(facts: Facts) -> str:
    return str(_("有一件投诉建议要在 %(day)s 前答复：", day=facts.text("until")))


KINDS: Final = (
    Kind(
        name="complaint_answered",
        label=N_("投诉建议有答复"),
        topic=Topic.ACCOUNT,
        wording=_answered,
        sms=_answered_sms,
    ),
    Kind(
        name="complaint_due",
        label=N_("投诉建议快到期"),
        topic=Topic.ORGANISING,
        wording=_due,
        sms=_due_sms,
        needs=frozenset({"until"}),
        sample={"until": "2026-10-05"},
    ),
)


def register() -> None:
    """Add these kinds."""
    kinds.register(*KINDS)
