"""The kinds of messages about guardians' consent; names are on the page behind the link alone."""

from __future__ import annotations

from typing import Final

from flask_babel import gettext as _

from volunteer_hub.core.outbox import Priority
from volunteer_hub.core.text import N_
from volunteer_hub.notifications import kinds
from volunteer_hub.notifications.kinds import Kind
from volunteer_hub.notifications.topics import Topic
from volunteer_hub.notifications.wording import Draft, Facts


def _request(_facts: Facts) -> Draft:
    lines = [
        _("有一位未满 18 周岁的孩子想当科普志愿者，填了您是监护人。"),
        _("请点开看一看，再决定同不同意。链接七天内有效，只能用一次。"),
    ]
    return Draft(_("请您看看：孩子想当科普志愿者"), lines, _("查看并决定"))


def _request_sms(_facts: Facts) -> str:
    return str(_("孩子想当科普志愿者，填了您是监护人。同不同意请点："))


def _agreed(_facts: Facts) -> Draft:
    lines = [_("监护人已经同意您当科普志愿者，现在可以报名活动了。")]
    return Draft(_("监护人同意了"), lines, _("看看适合我的活动"))


def _agreed_sms(_facts: Facts) -> str:
    return str(_("监护人同意了，现在可以报名活动："))


def _receipt(_facts: Facts) -> Draft:
    lines = [_("您已同意孩子当科普志愿者。想再看一遍，或者要撤回同意，随时点开这个链接。")]
    return Draft(_("您已同意，随时可以撤回"), lines, _("查看或撤回"))


def _receipt_sms(_facts: Facts) -> str:
    return str(_("您已同意孩子当科普志愿者。查看或撤回："))


def _withdrew(_facts: Facts) -> Draft:
    lines = [_("监护人撤回了同意，不再给您安排新的活动。已经报上的，请和监护人、负责人商量。")]
    return Draft(_("监护人撤回了同意"), lines, _("查看"))


def _withdrew_sms(_facts: Facts) -> str:
    return str(_("监护人撤回了同意，不再安排新的活动："))


KINDS: Final = (
    Kind(
        name="guardian_request",
        label=N_("请监护人同意"),
        topic=Topic.BOOKINGS,
        wording=_request,
        sms=_request_sms,
        priority=Priority.HIGH,
    ),
    Kind(
        name="guardian_agreed",
        label=N_("监护人同意了"),
        topic=Topic.BOOKINGS,
        wording=_agreed,
        sms=_agreed_sms,
    ),
    Kind(
        name="guardian_receipt",
        label=N_("给监护人的回执"),
        topic=Topic.BOOKINGS,
        wording=_receipt,
        sms=_receipt_sms,
    ),
    Kind(
        name="guardian_withdrew",
        label=N_("监护人撤回了同意"),
        topic=Topic.BOOKINGS,
        wording=_withdrew,
        sms=_withdrew_sms,
    ),
)


def register() -> None:
    """Add these kinds."""
    kinds.register(*KINDS)
