"""Whom a row is about: somebody new, somebody known, or somebody it only seems to be."""

from __future__ import annotations

from typing import Protocol

from volunteer_hub.core.text import N_, normalise
from volunteer_hub.people.rules.entries import Column, EntryDraft


class Known(Protocol):
    """Somebody in the register."""

    @property
    def person_id(self) -> int:
        """Who."""

    @property
    def name(self) -> str:
        """What they are called."""

    @property
    def contact(self) -> str:
        """How they are reached."""

    @property
    def is_volunteer(self) -> bool:
        """Whether they are a volunteer, or only have an account."""


def blame_double(draft: EntryDraft, column: Column, line: int) -> None:
    """Note that a row is about somebody whom an earlier row is about."""
    if column is Column.NUMBER:
        draft.blame(column, N_("和第 %(line)s 行是同一个编号"), line=str(line))
    else:
        draft.blame(column, N_("和第 %(line)s 行是同一个手机号或邮箱"), line=str(line))


def who_it_is(draft: EntryDraft, by_contact: Known | None, by_number: Known | None) -> int | None:
    """Return who of the register a row is about, or None; what does not fit is noted.

    Args:
        draft: What the row says.
        by_contact: Who has its contact.
        by_number: Who stands under its number.
    """
    if by_contact is None and by_number is None:
        return None
    if by_contact is not None and not _is_called(by_contact, draft):
        draft.blame(
            Column.PHONE,
            N_("这个手机号或邮箱登记的是另一个姓名；一家人共用的，请换各自的"),
        )
        return None
    if by_number is not None and not _is_called(by_number, draft):
        draft.blame(Column.NUMBER, N_("这个编号登记的是另一个姓名"))
        return None
    if by_contact and by_number and by_contact.person_id != by_number.person_id:
        draft.blame(Column.NUMBER, N_("手机号和编号登记的是两个人"))
        return None
    known = by_contact or by_number
    if known is None:
        return None
    if not known.is_volunteer:
        draft.remark(Column.PHONE, N_("已有账号，还不是志愿者：请本人登录后自己加入"))
    elif by_contact is None:
        draft.remark(Column.PHONE, N_("编号相同，手机号和登记的不同；没有改动，请本人登录后自己改"))
    return known.person_id


def _is_called(known: Known, draft: EntryDraft) -> bool:
    return _plain(known.name) == _plain(draft.name)


def _plain(name: str) -> str:
    return "".join(normalise(name).lower().split())
