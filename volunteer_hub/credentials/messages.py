"""The kinds of messages about credentials."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from flask_babel import gettext as _

from volunteer_hub.catalogue import queries as catalogue
from volunteer_hub.core.formats import day
from volunteer_hub.core.i18n import language
from volunteer_hub.core.text import N_
from volunteer_hub.notifications import kinds
from volunteer_hub.notifications.kinds import Kind
from volunteer_hub.notifications.topics import Topic
from volunteer_hub.notifications.wording import Draft, Facts, cut, line

CREDENTIAL: Final = frozenset({"credential"})
SHORT: Final = 14


def _name(facts: Facts) -> str:
    return catalogue.name_of("credential", facts.text("credential"), language())


def _until(facts: Facts) -> str:
    text = facts.text("until")
    return day(date.fromisoformat(text), with_year=True) if text else ""


def _expiring(facts: Facts) -> Draft:
    name = _name(facts)
    lines = [
        _("您登记的%(credential)s到 %(day)s 就到期了。", credential=name, day=_until(facts)),
        _("到期以后，要这个证件的岗位就不能报名了。换了新证，请在“我的证件”里登记。"),
    ]
    return Draft(_("证件快到期了：%(credential)s", credential=name), lines, _("我的证件"))


def _expiring_sms(facts: Facts) -> str:
    name = cut(_name(facts), SHORT)
    return str(
        _("您的%(credential)s %(day)s到期，换证后请登记：", credential=name, day=_until(facts))
    )


def _verified(facts: Facts) -> Draft:
    name = _name(facts)
    lines = [_("您登记的%(credential)s已经核验通过，需要它的岗位可以报名了。", credential=name)]
    return Draft(_("证件核验通过：%(credential)s", credential=name), lines, _("我的证件"))


def _verified_sms(facts: Facts) -> str:
    return str(_("您的%(credential)s已核验通过。", credential=cut(_name(facts), SHORT)))


def _rejected(facts: Facts) -> Draft:
    name = _name(facts)
    lines = [
        _("您登记的%(credential)s没有通过核验。", credential=name),
        *line(_("原因："), facts.text("reason")),
        _("改好后可以再登记一次；有疑问请联系办公室。"),
    ]
    return Draft(_("证件没有通过核验：%(credential)s", credential=name), lines, _("我的证件"))


def _rejected_sms(facts: Facts) -> str:
    return str(_("您的%(credential)s没有通过核验，详情：", credential=cut(_name(facts), SHORT)))


KINDS: Final = (
    Kind(
        name="credential_expiring",
        label=N_("证件快到期"),
        topic=Topic.REMINDERS,
        wording=_expiring,
        sms=_expiring_sms,
        needs=CREDENTIAL | {"until"},
        lifetime=timedelta(days=7),
        sample={"credential": "first_aid", "until": "2026-10-05"},
    ),
    Kind(
        name="credential_verified",
        label=N_("证件核验通过"),
        topic=Topic.RECORD,
        wording=_verified,
        sms=_verified_sms,
        needs=CREDENTIAL,
        lifetime=timedelta(days=30),
        sample={"credential": "first_aid"},
    ),
    Kind(
        name="credential_rejected",
        label=N_("证件没有通过核验"),
        topic=Topic.RECORD,
        wording=_rejected,
        sms=_rejected_sms,
        needs=CREDENTIAL,
        may=frozenset({"reason"}),
        lifetime=timedelta(days=30),
        sample={"credential": "first_aid"},
    ),
)


def register() -> None:
    """Add these kinds."""
    kinds.register(*KINDS)
