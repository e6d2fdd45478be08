"""Messages, written in the transaction of their cause and delivered later by the worker.

A message is for one recipient. Over which channels it goes is decided when its turn comes
(``notifications``), so that an address or a wish changed meanwhile still counts.
"""

from __future__ import annotations

import enum
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    JSON,
    Index,
    SmallInteger,
    String,
    Text,
    bindparam,
    cast,
    column,
    func,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from volunteer_hub.core.database import Model, db, enum_column, run

Key = tuple["RecipientKind", int]
ROWS_AT_ONCE: Final = 500
_COLUMNS: Final = (
    "kind",
    "recipient_kind",
    "recipient_id",
    "params",
    "dedupe_key",
    "queued_at",
    "not_before",
    "expires_at",
    "priority",
    "route_at",
    "emergency",
    "batch",
    "over",
)


class RecipientKind(enum.StrEnum):
    """Whose name and address a message looks up when it is delivered."""

    PERSON = "person"
    REGISTRATION = "registration"
    OFFICE = "office"
    GUARDIAN = "guardian"
    CONTACT = "contact"


class Means(enum.StrEnum):
    """The channels that reach one person; their names are those of the channels."""

    SMS = "sms"
    EMAIL = "email"


class Priority(enum.IntEnum):
    """Who goes first when many messages wait."""

    URGENT = 0
    HIGH = 1
    NORMAL = 2
    LOW = 3


class OutboxMessage(Model):
    """A message to one recipient. Holds ids, never addresses.

    Attributes:
        not_before: From when on it may be read and sent.
        route_at: When the worker chooses its channels; None once it did.
        dropped: Why it goes over no channel although it should, or None.
        emergency: Why it overrides quiet hours, limits and wishes, or None.
        batch: What it was queued together with, for the progress of many.
        over: The one channel that may carry it, where only one may.
        read_at: When its reader said they have seen it on the site.
    """

    __tablename__ = "outbox_message"
    __table_args__ = (
        Index(None, "recipient_kind", "recipient_id"),
        Index(
            "ix_outbox_message_to_route",
            "priority",
            "route_at",
            "id",
            sqlite_where=text("route_at IS NOT NULL"),
            postgresql_where=text("route_at IS NOT NULL"),
        ),
        Index(
            "ix_outbox_message_expiring",
            "expires_at",
            sqlite_where=text("route_at IS NOT NULL"),
            postgresql_where=text("route_at IS NOT NULL"),
        ),
    )

    kind: Mapped[str] = mapped_column(String(40))
    recipient_kind: Mapped[RecipientKind] = mapped_column(enum_column(RecipientKind))
    recipient_id: Mapped[int]
    params: Mapped[dict[str, Any]] = mapped_column(JSON)
    dedupe_key: Mapped[str | None] = mapped_column(String(120), unique=True)
    queued_at: Mapped[datetime]
    not_before: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    priority: Mapped[int] = mapped_column(SmallInteger, default=Priority.NORMAL)
    route_at: Mapped[datetime | None]
    routed_at: Mapped[datetime | None]
    dropped: Mapped[str | None] = mapped_column(String(20))
    emergency: Mapped[str | None] = mapped_column(Text)
    batch: Mapped[str | None] = mapped_column(String(60), index=True)
    over: Mapped[str | None] = mapped_column(String(20))
    read_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A message to be queued.

    Attributes:
        kind: Which wording to use; see ``notifications.kinds``.
        to: Recipient kind and id; the address is looked up when the message is delivered.
        params: What the wording needs: titles, ISO moments, paths of this site; nothing personal.
        dedupe_key: When given, a second message with the same key is not queued.
        not_before: The first moment it may be sent, when that is later than now.
        expires_at: After this moment the message is no use and is dropped; kinds have a usual one.
        emergency: Why nothing may hold this message up: no quiet hours, no limit, no wish.
        batch: A name shared by messages that are sent together.
        over: The one channel that may carry it, whatever its recipient wants.
    """

    kind: str
    to: Key
    params: dict[str, Any] = field(default_factory=dict)
    dedupe_key: str | None = None
    not_before: datetime | None = None
    expires_at: datetime | None = None
    emergency: str | None = None
    batch: str | None = None
    over: str | None = None


@dataclass(frozen=True, slots=True)
class Usual:
    """What holds for messages of a kind that says nothing else."""

    priority: Priority = Priority.NORMAL
    lifetime: timedelta | None = None


_usual: dict[str, Usual] = {}


def register_usual(kind: str, usual: Usual) -> None:
    """Say how urgent messages of a kind are, and for how long they are any use."""
    _usual[kind] = usual


def enqueue(
    kind: str,
    *,
    to: Key,
    now: datetime,
    dedupe_key: str | None = None,
    expires_at: datetime | None = None,
    params: dict[str, Any] | None = None,
) -> None:
    """Queue a message; it is sent only if the surrounding transaction is kept.

    The arguments are those of ``Draft``; ``now`` is the moment of the cause.
    """
    draft = Draft(
        kind=kind, to=to, params=params or {}, dedupe_key=dedupe_key, expires_at=expires_at
    )
    enqueue_all([draft], now=now)


def enqueue_all(drafts: Sequence[Draft], *, now: datetime) -> None:
    """Queue messages; whoever has many does so in several transactions, of a thousand each.

    Two transactions that queue the same key at the same time leave one message.

    Args:
        drafts: What to queue.
        now: The moment of the cause.

    Raises:
        ValueError: An emergency has no reason.
    """
    # In one order, so that two transactions never wait for each other's keys in a circle.
    rows = sorted((_row(each, now) for each in drafts), key=lambda row: row["dedupe_key"] or "")
    is_postgresql = db.engine.dialect.name == "postgresql"
    for start in range(0, len(rows), ROWS_AT_ONCE):
        some = rows[start : start + ROWS_AT_ONCE]
        if is_postgresql:
            run(_insert_from_json(), {"rows": json.dumps([_in_json(row) for row in some])})
        else:
            db.session.execute(_insert(sqlite), some)


def _insert(dialect: Any) -> Any:  # noqa: ANN401 - either dialect's own statement
    statement = dialect.insert(OutboxMessage.__table__)
    return statement.on_conflict_do_nothing(index_elements=["dedupe_key"])


@cache
def _insert_from_json() -> Any:  # noqa: ANN401 - SQLAlchemy has no better name for it
    """Return the statement that inserts all rows of one JSON text, in their order.

    Many rows for an ordinary INSERT are sent and answered one by one, which costs the program twice
    the time and lets it and the database wait for each other at every row.
    """
    table = OutboxMessage.__table__
    given = [column(name, table.c[name].type) for name in _COLUMNS]
    rows = func.json_to_recordset(cast(bindparam("rows", type_=Text), postgresql.JSON))
    found = rows.table_valued(*given, name="queued").render_derived(with_types=True)
    chosen = select(*(found.c[name] for name in _COLUMNS))
    statement = postgresql.insert(OutboxMessage).from_select(
        _COLUMNS, chosen, include_defaults=False
    )
    return statement.on_conflict_do_nothing(index_elements=["dedupe_key"])


def _in_json(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row whose moments are written as their columns keep them."""
    return {
        name: _as_kept(value) if isinstance(value, datetime) else value
        for name, value in row.items()
    }


def _as_kept(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat()


def let_lapse(dedupe_key: str, *, now: datetime) -> None:
    """Send a message no more, if it is not on its way: what it says does not hold any longer."""
    is_waiting = (OutboxMessage.dedupe_key == dedupe_key, OutboxMessage.route_at.is_not(None))
    db.session.execute(update(OutboxMessage).where(*is_waiting).values(expires_at=now))


def queued_keys(keys: Collection[str]) -> set[str]:
    """Return those of the keys under which a message was queued before."""
    found: set[str] = set()
    ordered = sorted(keys)
    for start in range(0, len(ordered), ROWS_AT_ONCE):
        some = ordered[start : start + ROWS_AT_ONCE]
        statement = select(OutboxMessage.dedupe_key).where(OutboxMessage.dedupe_key.in_(some))
        found |= {key for key in db.session.scalars(statement) if key is not None}
    return found


def _row(draft: Draft, now: datetime) -> dict[str, Any]:
    if draft.emergency is not None and not draft.emergency.strip():
        raise ValueError("an emergency needs a reason")
    usual = _usual.get(draft.kind, Usual())
    not_before = max(draft.not_before or now, now)
    expires_at = draft.expires_at
    if expires_at is None and usual.lifetime is not None:
        expires_at = not_before + usual.lifetime
    kind_of_recipient, recipient_id = draft.to
    return {
        "kind": draft.kind,
        "recipient_kind": kind_of_recipient,
        "recipient_id": recipient_id,
        "params": draft.params,
        "dedupe_key": draft.dedupe_key,
        "queued_at": now,
        "not_before": not_before,
        "expires_at": expires_at,
        "priority": int(Priority.URGENT if draft.emergency else usual.priority),
        "route_at": not_before,
        "emergency": draft.emergency,
        "batch": draft.batch,
        "over": draft.over,
    }


def to_person(person_id: int) -> Key:
    """Return the recipient for a person with an account."""
    return RecipientKind.PERSON, person_id


def to_guardian(consent_id: int) -> Key:
    """Return the recipient key of whoever was asked for consent."""
    return RecipientKind.GUARDIAN, consent_id


def to_contact(code_id: int) -> Key:
    """Return the recipient for whoever has the number or address that a code was made for."""
    return RecipientKind.CONTACT, code_id


def to_registration(registration_id: int) -> Key:
    """Return the recipient for an attendee without an account."""
    return RecipientKind.REGISTRATION, registration_id


def to_office() -> Key:
    """Return the office as a whole: its chat groups and whatever else listens for it."""
    return RecipientKind.OFFICE, 0
