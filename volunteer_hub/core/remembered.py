"""What hardly ever changes is read once per process, and what a page asks twice once per page."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, func, select

from volunteer_hub.core.audit import AuditEntry
from volunteer_hub.core.database import db

T = TypeVar("T")
Version = tuple[int, datetime]


def once_per_transaction(key: Hashable, make: Callable[[], T]) -> T:
    """Return the value for this key, made at most once in the session's current transaction.

    A page that is only read is one transaction, so this is "once per page" for readers; a writer's
    transaction begins afresh and reads again.
    """
    session = db.session()
    seen = session.info.get(key)
    if seen is not None and seen[0] is session.get_transaction():
        value: T = seen[1]
        return value
    value = make()
    session.info[key] = (session.get_transaction(), value)
    return value


class Remembered(Generic[T]):
    """A value made of reference rows, read again only when they were loaded or edited anew.

    Whoever writes the rows notes it in the audit under ``load_action``. One small query per
    transaction, shared by all remembered values, asks for the latest notes; so other processes see
    a change with their next page.
    """

    everything: ClassVar[list[Remembered[Any]]] = []

    def __init__(self, read: Callable[[], T], *, load_action: str) -> None:
        """Say what is remembered.

        Args:
            read: Reads the rows and makes the value, which nobody changes afterwards.
            load_action: The action under which the audit notes that the rows changed.
        """
        self._read = read
        self._load_action = load_action
        self._kept: WeakKeyDictionary[Engine, tuple[Version | None, T]] = WeakKeyDictionary()
        self.was_written = False
        self.everything.append(self)

    def get(self) -> T:
        """Return the value as the rows are now."""
        return once_per_transaction(self, self._newest)

    def _newest(self) -> T:
        version = once_per_transaction("versions", _versions).get(self._load_action)
        kept = self._kept.get(db.engine)
        if kept is None or kept[0] != version:
            kept = (version, self._read())
            self._kept[db.engine] = kept
        return kept[1]

    def forget(self) -> None:
        """Read again at the next call, for whoever has just written the rows."""
        info = db.session().info
        info.pop(self, None)
        info.pop("versions", None)
        self._kept.pop(db.engine, None)
        self.was_written = True


def _versions() -> dict[str, Version]:
    """Return the latest note of every kind of load: its id and moment."""
    actions = [each._load_action for each in Remembered.everything]
    statement = (
        select(AuditEntry.action, func.max(AuditEntry.id), func.max(AuditEntry.at))
        .where(AuditEntry.action.in_(actions))
        .group_by(AuditEntry.action)
    )
    return {action: (newest, at) for action, newest, at in db.session.execute(statement)}


def forget_what_was_written() -> None:
    """Forget values whose rows this process wrote, for tests that put the whole database back."""
    for each in Remembered.everything:
        if each.was_written:
            each.forget()
            each.was_written = False
