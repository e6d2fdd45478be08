"""What is held, put into words a person reads."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final

from flask_babel import gettext as _

from volunteer_hub.accounts import rules as accounts
from volunteer_hub.catalogue import queries as catalogue
from volunteer_hub.complaints import rules as complaints
from volunteer_hub.core import formats, sealing
from volunteer_hub.core.i18n import language
from volunteer_hub.core.text import N_
from volunteer_hub.notifications import kinds
from volunteer_hub.organisations import queries as organisations
from volunteer_hub.people.queries import exports_in_words
from volunteer_hub.people.rules.entries import unpacked
from volunteer_hub.people.wording import shape_in_words
from volunteer_hub.privacy import queries
from volunteer_hub.privacy.registry import Held
from volunteer_hub.recognition.rules import ClaimState, EntryKind
from volunteer_hub.regions import queries as regions
from volunteer_hub.teams.wording import ENDINGS, STATES

PURPOSES: Final = {
    "privacy_notice": N_("个人信息保护政策"),
    "volunteer_terms": N_("志愿服务须知"),
    "code_of_conduct": N_("志愿者行为准则"),
    "suggestions": N_("系统推荐活动"),
    "share_national": N_("提供给全国志愿服务平台"),
    "share_insurance": N_("提供给保险公司"),
}
_WEEKDAYS: Final = (
    N_("周一"), N_("周二"), N_("周三"), N_("周四"), N_("周五"), N_("周六"), N_("周日"),
)  # fmt: skip
_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "purpose": PURPOSES,
    "channel": {"web": N_("网上"), "paper": N_("纸质"), "phone": N_("电话"), "link": N_("链接"),
                "list": N_("名单")},
    "function": {"organiser": N_("活动负责人"), "team_leader": N_("服务队队长"),
                 "deputy": N_("副队长"), "member": N_("成员")},
    "ending": ENDINGS,
    "asked": STATES,
    "followed": {"place": N_("地方"), "campaign": N_("专项行动"), "skill": N_("特长"),
                 "team": N_("服务队")},
    "means": {"sms": N_("短信"), "email": N_("邮件"), "site": N_("站内")},
    "delivery": {"waiting": N_("等待发送"), "sent": N_("已发出"), "failed": N_("没有送到"),
                 "expired": N_("过期未发")},
    "wish": {"audience": N_("服务对象"), "campaign": N_("专项行动")},
    "judged": {"claimed": N_("等待核验"), "verified": N_("已核验"), "rejected": N_("没有通过")},
    "relation": {"father": N_("父亲"), "mother": N_("母亲"), "grandparent": N_("祖父母"),
                 "other": N_("其他监护人")},
    "place": {"invited": N_("等您答复"), "accepted": N_("已安排"), "declined": N_("婉拒"),
              "withdrawn": N_("已取消"), "expired": N_("邀请过期"), "cancelled": N_("活动取消")},
    "source": {"sign_up": N_("自己报名"), "matcher": N_("系统推荐"), "organiser": N_("负责人邀请")},
    "hours_kind": {"timed": N_("签到计时"), "added": N_("补录"), "no_show": N_("未到")},
    "claim_state": {str(state): state.label for state in ClaimState},
    "entry_kind": {str(kind): kind.label for kind in EntryKind},
    "mark": {"tag": N_("标签"), "note": N_("备注")},
    "registered": {"confirmed": N_("已报名"), "waiting": N_("候补"),
                   "cancelled": N_("已取消")},
    "complaint": {str(kind): label for kind, label in complaints.KINDS.items()},
    "complaint_state": {str(state): label for state, label in complaints.STATES.items()},
    "direction": {"in": N_("进"), "out": N_("出")},
}  # fmt: skip


def _region(value: Any) -> str:  # noqa: ANN401 - what the column holds
    return regions.path_of(value)


def _device(value: Any) -> str:  # noqa: ANN401
    kind, _plus, app = str(value).partition("+")
    name = _(accounts.DEVICE_NAMES.get(kind, N_("其他设备")))
    return f"{name}{_('（微信）') if app else ''}"


def _skill(value: Any) -> str:  # noqa: ANN401
    return catalogue.name_of("skill", value, language())


def _credential(value: Any) -> str:  # noqa: ANN401
    return catalogue.name_of("credential", value, language())


def _message(value: Any) -> str:  # noqa: ANN401
    kind = kinds.find_kind(value)
    return str(_(kind.label)) if kind else str(value)


def _weekday(value: Any) -> str:  # noqa: ANN401
    return str(_(_WEEKDAYS[value]))


def _minute(value: Any) -> str:  # noqa: ANN401
    return f"{value // 60:02}:{value % 60:02}"


def _listed(value: Any) -> str:  # noqa: ANN401
    cells, _reasons = unpacked(json.loads(value))
    return "，".join(cells.values())


def _file(value: Any) -> str:  # noqa: ANN401
    return str(_("有，下载的文件里带着")) if value else ""


_FORMS: Final[Mapping[str, Callable[[Any], str]]] = {
    "region": _region,
    "device": _device,
    "skill": _skill,
    "credential": _credential,
    "message": _message,
    "weekday": _weekday,
    "minute": _minute,
    "hours": lambda value: f"{formats.hours_of(value)} {_('小时')}",
    "file": _file,
    "listed": _listed,
}


def _organisations(ids: set[int]) -> Mapping[int, str]:
    found = organisations.organisations_by_id(ids)
    return {key: each.shown_name(language()) for key, each in found.items()}


def _exports(ids: set[int]) -> Mapping[int, str]:
    found = exports_in_words(ids)
    return {key: f"{shape_in_words(shape)[1]} {day}" for key, (shape, day) in found.items()}


# Read for all rows at once, so that a long list costs one statement.
_LOOKED_UP: Final[Mapping[str, Callable[[set[int]], Mapping[int, str]]]] = {
    "post": queries.posts_in_words,
    "event": queries.events_in_words,
    "organisation": _organisations,
    "export": _exports,
}


def in_words(held: Held, rows: Iterable[Mapping[str, Any]]) -> list[list[tuple[str, str]]]:
    """Return rows as label and text, in the reader's language; what is empty is left out."""
    there = list(rows)
    names = {
        item.column: _LOOKED_UP[item.form](
            {row[item.column] for row in there if row[item.column] is not None}
        )
        for item in held.items
        if item.form in _LOOKED_UP and there
    }
    return [
        [
            (str(_(item.label)), text)
            for item in held.items
            if (text := _text(row, item.column, item.form, names))
        ]
        for row in there
    ]


def _text(
    row: Mapping[str, Any], column: str, form: str, names: Mapping[str, Mapping[int, str]]
) -> str:
    value = row[column]
    if value is None or value == "":
        return ""
    if form == "sealed":
        return ", ".join(str(each) for each in unsealed(row).values())
    if column in names:
        return names[column].get(value, "")
    if form in _FORMS:
        return _FORMS[form](value)
    known = _WORDS.get(form, {})
    return str(_(known[value])) if value in known else plain(value)


def plain(value: object) -> str:
    """Return a value as a person reads it."""
    if isinstance(value, bool):
        return str(_("是") if value else _("否"))
    if isinstance(value, datetime):
        return f"{formats.day(value, with_year=True)} {formats.clock_time(value)}"
    if isinstance(value, date):
        return formats.day(value, with_year=True)
    return str(value)


def unsealed(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an entry of the audit sealed for its person."""
    if row.get("sealed") is None or row.get("sealed_for") is None:
        return {}
    return sealing.unseal(row["sealed_for"], row["sealed"]) or {}
