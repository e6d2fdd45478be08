"""Rows of lists of volunteers that units keep: which column is which, and what a row is worth."""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from volunteer_hub.accounts.rules import LONGEST_NAME, is_name, read_contact
from volunteer_hub.core.text import N_, normalise
from volunteer_hub.volunteers.rules import AgeGroup, age_group, is_birth_possible

HEADING_ROWS: Final = 10  # some platforms' files begin with a title and a note
LONGEST_NUMBER: Final = 40
MOST_SKILLS: Final = 20
USUAL_LEVEL: Final = 2


class Column(enum.StrEnum):
    """What a list may say of a person, in the order of the template."""

    NAME = "name"
    PHONE = "phone"
    EMAIL = "email"
    HOME = "home"
    BIRTH = "birth"
    SKILLS = "skills"
    NUMBER = "number"


# The first is how the template has it; the others are how other platforms' files do.
HEADINGS: Final[Mapping[Column, tuple[str, ...]]] = {
    Column.NAME: ("姓名", "名字", "志愿者姓名", "真实姓名", "name"),
    Column.PHONE: ("手机号", "手机", "手机号码", "联系电话", "联系方式", "电话", "phone", "mobile"),
    Column.EMAIL: ("邮箱", "电子邮箱", "电子邮件", "email", "e-mail"),
    Column.HOME: (
        "乡镇街道",
        "乡镇",
        "街道",
        "居住区域",
        "居住地",
        "住址",
        "地址",
        "home",
        "township",
    ),
    Column.BIRTH: ("出生年月", "出生日期", "生日", "birth", "birthmonth"),
    Column.SKILLS: ("特长", "专业技能", "技能", "专长", "skills"),
    Column.NUMBER: ("志愿者编号", "编号", "志愿者号", "注册编号", "volunteernumber", "number"),
}
_BY_HEADING: Final = {word: column for column, words in HEADINGS.items() for word in words}


@dataclass(frozen=True, slots=True)
class Headings:
    """Where a table says what.

    Attributes:
        line: The row of the headings, from 1.
        places: In which column, from 0.
        unused: Headings that nothing is taken from.
    """

    line: int
    places: Mapping[Column, int]
    unused: tuple[str, ...]


def find_headings(rows: Sequence[Sequence[str]]) -> Headings | None:
    """Return the first of the rows that names a name and a way to reach somebody, or None."""
    for line, row in enumerate(rows[:HEADING_ROWS], start=1):
        places: dict[Column, int] = {}
        unused = []
        for place, cell in enumerate(row):
            column = _BY_HEADING.get(_heading_key(cell))
            if column is not None and column not in places:
                places[column] = place
            elif cell:
                unused.append(cell[:40])
        if Column.NAME in places and (Column.PHONE in places or Column.EMAIL in places):
            return Headings(line, places, tuple(unused))
    return None


def _heading_key(cell: str) -> str:
    """Return a heading without its remarks: 姓名（必填）* is 姓名."""
    return re.sub(r"[(\[【].*|[\s*:_-]", "", normalise(cell).lower())


def cells_of(row: Sequence[str], places: Mapping[Column, int]) -> dict[Column, str]:
    """Return what a row says, by column; what it leaves empty is left out."""
    return {
        column: row[place] for column, place in places.items() if place < len(row) and row[place]
    }


@dataclass(frozen=True, slots=True)
class Reason:
    """Something about a row that a person should know.

    Attributes:
        column: Which cell it is about.
        message: A msgid.
        values: What it names.
        is_fatal: Whether the row cannot be taken because of it.
    """

    column: Column
    message: str
    values: Mapping[str, str] = field(default_factory=dict)
    is_fatal: bool = True


@dataclass(slots=True)
class EntryDraft:
    """What a row says of a person, as far as it can be understood.

    Attributes:
        reasons: What is wrong with it, or was left out.
    """

    name: str = ""
    contact: str = ""
    home_region_id: int = 0
    birth_year: int | None = None
    birth_month: int | None = None
    skills: dict[str, int] = field(default_factory=dict)
    number: str = ""
    reasons: list[Reason] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        """Tell whether nothing speaks against taking it."""
        return not any(reason.is_fatal for reason in self.reasons)

    def blame(self, column: Column, message: str, **values: str) -> None:
        """Note why the row cannot be taken."""
        self.reasons.append(Reason(column, message, values))

    def remark(self, column: Column, message: str, **values: str) -> None:
        """Note what is left out although the row can be taken."""
        self.reasons.append(Reason(column, message, values, is_fatal=False))


@dataclass(frozen=True, slots=True)
class Known:
    """What rows are compared with.

    Attributes:
        today: The local day, which decides on ages.
        find_home: Returns the ids of the townships that a text can mean.
        find_skill: Returns the code of the skill of that name, or None.
    """

    today: date
    find_home: Callable[[str], Sequence[int]]
    find_skill: Callable[[str], str | None]


def read_entry(cells: Mapping[Column, str], known: Known, *, is_merged: bool) -> EntryDraft:
    """Return what a row says, with everything that is wrong with it.

    Args:
        cells: What it says, by column.
        known: What it is compared with.
        is_merged: Some of its cells are merged with others, so that they may seem empty.
    """
    draft = EntryDraft()
    for read in (_read_name, _read_contact, _read_number):
        read(draft, cells)
    _read_home(draft, cells, known)
    _read_birth(draft, cells, known)
    _read_skills(draft, cells, known)
    if is_merged and not draft.is_sound:
        draft.blame(Column.NAME, N_("这一行有合并的单元格，请取消合并，每个人各填一行"))
    return draft


def _read_name(draft: EntryDraft, cells: Mapping[Column, str]) -> None:
    name = " ".join(normalise(cells.get(Column.NAME, "")).split())
    # In a table names of two characters are spaced to the width of three.
    name = re.sub(r"(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff])", "", name)
    if not name:
        draft.blame(Column.NAME, N_("没有填姓名"))
    elif len(name) > LONGEST_NAME:
        draft.blame(Column.NAME, N_("姓名最多 30 个字"))
    elif not is_name(name):
        draft.blame(Column.NAME, N_("请填写真实姓名，不要有数字和符号"))
    draft.name = name


def _read_contact(draft: EntryDraft, cells: Mapping[Column, str]) -> None:
    for column in (Column.PHONE, Column.EMAIL):
        text = cells.get(column, "")
        if not text:
            continue
        contact = read_contact(text)
        if contact is not None:
            draft.contact = contact
            return
        if re.fullmatch(r"\d(\.\d+)?E\+?\d+", normalise(text).upper()):
            draft.blame(column, N_("手机号被表格软件改成了科学计数，请把这一列设为文本再填"))
        elif column is Column.PHONE:
            draft.blame(column, N_("“%(text)s”不是 11 位手机号"), text=text[:30])
        else:
            draft.blame(column, N_("“%(text)s”不是邮箱地址"), text=text[:30])
        return
    draft.blame(Column.PHONE, N_("手机号和邮箱至少填一个"))


def _read_number(draft: EntryDraft, cells: Mapping[Column, str]) -> None:
    number = "".join(normalise(cells.get(Column.NUMBER, "")).upper().split())
    if "E+" in number:
        draft.blame(Column.NUMBER, N_("编号被表格软件改成了科学计数，请把这一列设为文本再填"))
    elif len(number) > LONGEST_NUMBER or not re.fullmatch(r"[A-Z0-9\u4e00-\u9fff./-]*", number):
        draft.blame(Column.NUMBER, N_("编号最多 40 位，只有字母、数字和汉字"))
    else:
        draft.number = number


def _read_home(draft: EntryDraft, cells: Mapping[Column, str], known: Known) -> None:
    text = normalise(cells.get(Column.HOME, ""))
    if not text:
        draft.blame(Column.HOME, N_("没有填住在哪个乡镇或街道"))
        return
    found = known.find_home(text)
    if len(found) == 1:
        draft.home_region_id = found[0]
    elif found:
        draft.blame(
            Column.HOME, N_("有几个地方叫“%(text)s”，请在前面加上县（市、区）"), text=text[:30]
        )
    else:
        draft.blame(Column.HOME, N_("没有叫“%(text)s”的乡镇或街道"), text=text[:30])


def _read_birth(draft: EntryDraft, cells: Mapping[Column, str], known: Known) -> None:
    text = cells.get(Column.BIRTH, "")
    if not text:
        return
    born = read_month(text)
    if born is None or not is_birth_possible(known.today, *born):
        draft.blame(Column.BIRTH, N_("请把出生年月写成 1985-03 这样"))
        return
    draft.birth_year, draft.birth_month = born
    if age_group(known.today, *born) is AgeGroup.CHILD:
        draft.blame(Column.BIRTH, N_("未满 14 周岁，要由监护人陪着来登记"))


def read_month(text: str) -> tuple[int, int | None] | None:
    """Return year and month as people write them, 1985年3月, 1985.3, 198503, or None."""
    plain = normalise(text)
    found = re.fullmatch(r"(\d{4})(?:(?:[-/.年])(\d{1,2}))?(?:[-/.月](?:\d{1,2}日?)?.*)?年?", plain)
    found = found or re.fullmatch(r"(\d{4})(\d{2})(?:\d{2})?", plain)
    if found is None:
        return None
    month = int(found[2]) if found[2] else None
    return (int(found[1]), month) if month is None or 1 <= month <= 12 else None


def _read_skills(draft: EntryDraft, cells: Mapping[Column, str], known: Known) -> None:
    words = re.split(r"[、，,；;/|\s]+", normalise(cells.get(Column.SKILLS, "")))
    unknown = []
    for word in [word for word in words if word][:MOST_SKILLS]:
        code = known.find_skill(word)
        if code is None:
            unknown.append(word[:20])
        else:
            draft.skills[code] = USUAL_LEVEL
    if unknown:
        draft.remark(
            Column.SKILLS, N_("没认出的特长：%(words)s，登记后可以再补"), words="、".join(unknown)
        )


def packed(cells: Mapping[Column, str], reasons: Iterable[Reason]) -> dict[str, Any]:
    """Return a row and what there is to say about it, as it is kept."""
    return {
        "cells": {str(column): text for column, text in cells.items()},
        "reasons": [
            [str(each.column), each.message, dict(each.values), each.is_fatal] for each in reasons
        ],
    }


def unpacked(kept: Mapping[str, Any]) -> tuple[dict[Column, str], list[Reason]]:
    """Return a row and what there is to say about it."""
    cells = {Column(word): text for word, text in kept["cells"].items()}
    return cells, [
        Reason(Column(word), message, values, is_fatal)
        for word, message, values, is_fatal in kept["reasons"]
    ]
