"""How it is said what a table holds about people."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import Any, Final

from volunteer_hub.core.text import N_

GONE: Final = N_("已注销")  # what stands where a name stood
PERSON: Final = "person_id"
OF_VOLUNTEER: Final = "volunteer_id>person_id"


class Fate(enum.Enum):
    """What closing an account does to the rows."""

    DELETED = enum.auto()
    BLANKED = enum.auto()
    SEALED = enum.auto()
    KEPT = enum.auto()


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is held.

    Attributes:
        column: Where.
        label: What it is, as a msgid.
        form: How it is put into words (``wording.py``); empty for as it is.
    """

    column: str
    label: str
    form: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Held:
    """The rows of one table that are about a person.

    Attributes:
        table: Its name.
        title: What they are, as a msgid.
        why: What they are for, as a msgid.
        whose: Ways from a row to its person, one of which is enough: columns with ``>`` where a
            reference leads on, or a name that ``owners.py`` knows. Empty when no account has them.
        items: What they hold.
        silent: Columns that say nothing about the person: ids, states of the program.
        fate: What closing the account does to them.
        blank: What columns hold afterwards.
        unless: A column that is true in rows that are an office's own; they are deleted with the
            others and shown to nobody.
        days: The number (core/numbers.py) that says how long they are kept; empty for as long as
            there is the account.
        briefly: How long, in words, where it is less than that and no number anybody sets.
        note: What is kept or said at closing, as a msgid.
        change: The endpoint of the page where the person corrects them.
        is_listed: Whether it stands in the public list; parts of another line do not.
    """

    table: str
    title: str
    why: str
    whose: tuple[str, ...] = (PERSON,)
    items: tuple[Item, ...] = ()
    silent: tuple[str, ...] = ()
    fate: Fate = Fate.DELETED
    blank: dict[str, Any] = field(default_factory=dict)
    unless: str = ""
    days: str = ""
    briefly: str = ""
    note: str = ""
    change: str = ""
    is_listed: bool = True
