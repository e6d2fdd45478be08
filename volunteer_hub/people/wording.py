"""What lists of people and their columns are called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from flask_babel import gettext as _

from volunteer_hub.core import sheets
from volunteer_hub.core.text import N_
from volunteer_hub.people.models import ListRow, PeopleList
from volunteer_hub.people.rules import entries
from volunteer_hub.people.rules.entries import HEADINGS, Column, Reason
from volunteer_hub.people.rules.shapes import Shape
from volunteer_hub.people.rules.stages import Stage
from volunteer_hub.people.rules.twins import Likeness

COLUMNS: Final = {
    Column.NAME: N_("姓名"),
    Column.PHONE: N_("手机号"),
    Column.EMAIL: N_("邮箱"),
    Column.HOME: N_("乡镇街道"),
    Column.BIRTH: N_("出生年月"),
    Column.SKILLS: N_("特长"),
    Column.NUMBER: N_("志愿者编号"),
}
STAGES: Final = {
    Stage.READING: (N_("正在看"), "calm"),
    Stage.READY: (N_("等您决定"), "warn"),
    Stage.TAKING: (N_("正在登记"), "calm"),
    Stage.DONE: (N_("已登记"), "good"),
    Stage.DROPPED: (N_("已放弃"), "grey"),
    Stage.BROKEN: (N_("文件损坏"), "bad"),
}
# What stands in the columns, for whoever fills the template in. Files stay Chinese.
_HELP: Final = (
    ("姓名", "必填", "王示例", "真实姓名"),
    ("手机号", "和邮箱至少填一个", "13800000000", "11 位；一个号码只能登记一个人"),
    ("邮箱", "和手机号至少填一个", "li@example.cn", ""),
    ("乡镇街道", "必填", "凤城市通远堡镇", "有重名的，前面写上县（市、区）"),
    ("出生年月", "选填", "1985-03", "不满 18 周岁的，还要监护人同意；不满 14 周岁的不能这样登记"),
    ("特长", "选填", "智能手机教学、摄影", "几样之间用顿号隔开"),
    ("志愿者编号", "选填", "", "全国志愿服务信息系统或本单位的编号，用来认出同一个人"),
)


def template_bytes(kind: str) -> bytes:
    """Return the empty table that people fill in."""
    header = [words[0] for words in HEADINGS.values()]
    if kind == "csv":
        return sheets.csv_bytes(header, [])
    notes = ("填写说明", [("列", "要不要填", "例子", "说明"), *_HELP])
    return sheets.xlsx_bytes("名单", header, [], notes=notes)


def wrong_rows_bytes(kind: str, rows: Iterable[ListRow]) -> bytes:
    """Return the rows that could not be taken, each with what is wrong, ready to be sent again."""
    header = [words[0] for words in HEADINGS.values()] + ["问题", "原来的行"]
    lines = _wrong_lines(rows)
    if kind == "csv":
        return sheets.csv_bytes(header, lines)
    return sheets.xlsx_bytes("有问题的行", header, lines)


def _wrong_lines(rows: Iterable[ListRow]) -> Iterator[list[str]]:
    for row in rows:
        cells, reasons = entries.unpacked(row.kept)
        yield [
            *(cells.get(column, "") for column in Column),
            "；".join(in_words(reason) for reason in reasons),
            str(row.line),
        ]


def in_words(reason: Reason) -> str:
    """Return what is to be said about a row: 手机号：和第 3 行是同一个手机号或邮箱."""
    return f"{_(COLUMNS[reason.column])}：{_(reason.message, **reason.values)}"


def shown_row(row: ListRow) -> dict[str, object]:
    """Return a row as pages show it."""
    cells, reasons = entries.unpacked(row.kept)
    return {
        "line": row.line,
        "verdict": row.verdict,
        "cells": {str(column): cells.get(column, "") for column in Column},
        "reasons": [in_words(reason) for reason in reasons],
    }


def stage_in_words(of: PeopleList) -> tuple[str, str]:
    """Return the stage of a list in words, and the tone it is said in."""
    word, tone = STAGES[of.stage]
    return _(word), tone


# What goes to others, to whom, and why.
SHAPES: Final = {
    "national": (N_("全国志愿服务平台批量注册"), N_("全国志愿服务信息系统"),
                 N_("有了全国统一的编号，您的服务时长在全国都查得到。")),
    "insurance": (N_("志愿者保险投保名册"), N_("承保志愿者保险的保险公司"),
                  N_("参加有风险的活动前，单位要替您买保险。")),
    "phones": (N_("打印的电话单"), N_("打印的人"), N_("打电话联系志愿者用。")),
    "team": (N_("服务队花名册"), N_("本单位、本队"), N_("队里安排和联系志愿服务用。")),
}  # fmt: skip
GIVEN: Final = {
    "name": N_("姓名"),
    "phone": N_("手机号"),
    "email": N_("邮箱"),
    "home": N_("住在哪个乡镇"),
    "birth": N_("出生年月"),
    "skills": N_("特长"),
    "register_number": N_("志愿者编号"),
    "teams": N_("所在的单位和服务队"),
    "joined_on": N_("加入时间"),
}


def shape_in_words(code: str) -> tuple[str, str, str]:
    """Return what a kind of file is called, whom it goes to, and why."""
    name, recipient, why = SHAPES.get(code, (code, "", ""))
    return str(_(name)), str(_(recipient)) if recipient else "", str(_(why)) if why else ""


def given_in_words(shape: Shape) -> list[str]:
    """Return what of a person a kind of file gives away."""
    return [str(_(GIVEN[source])) for source in shape.gives]


ALIKE: Final = {
    Likeness.SAME_NAME: N_("姓名相同，住在一个乡镇"),
    Likeness.SAME_SOUND: N_("姓名读音相同，住在一个乡镇"),
    Likeness.NEAR_SOUND: N_("姓名读音相近，同年同月生，住在一个乡镇"),
}


def why_alike(why: Likeness) -> str:
    """Return why two records may be one person's."""
    return str(_(ALIKE[why]))
