from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from volunteer_hub.accounts.models import Person
from volunteer_hub.core.database import db
from volunteer_hub.core.outbox import OutboxMessage, RecipientKind
from volunteer_hub.core.sealing import unseal
from volunteer_hub.notifications.recipients import Key, Recipient

PAGE_SIZE = 20
RECENT_RECIPIENTS = 60
# Codes are for the phone that asked for them, not for whoever reads the list later.
NOT_IN_THE_LIST = ("sign_in_code",)


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the messages, and how many pages there are."""

    messages: list[OutboxMessage]
    number: int
    last: int


def people_to_write_to(person_ids: Collection[int]) -> dict[int, Recipient]:
    """Return how to reach these people, without those who erased their account."""
    statement = select(Person.id, Person.name, Person.phone, Person.email).where(
        Person.id.in_(person_ids), Person.erased_at.is_(None)
    )
    rows = db.session.execute(statement)
    return {row.id: Recipient(row.name, row.phone, row.email) for row in rows}


def facts_of(message: OutboxMessage) -> dict[str, Any] | None:
    """Return what a message says, sealed values opened; None when the reader's key is gone."""
    sealed = message.params.get("sealed")
    if sealed is None:
        return message.params
    opened = unseal(message.recipient_id, sealed)
    return None if opened is None else {**message.params, **opened}


def is_due(now: datetime) -> ColumnElement[bool]:
    """Return the condition that a message waits to be sent and nobody is at it."""
    return and_(
        OutboxMessage.sent_at.is_(None),
        OutboxMessage.failed_at.is_(None),
        OutboxMessage.not_before <= now,
        or_(OutboxMessage.claimed_until.is_(None), OutboxMessage.claimed_until <= now),
    )


def has_due_messages(*, now: datetime) -> bool:
    """Tell whether there is anything to send; asked before a writer's turn is taken."""
    return db.session.scalar(select(OutboxMessage.id).where(is_due(now)).limit(1)) is not None


def messages_for_all(number: int, *, to: Key | None = None) -> Page:
    """Return one page of all messages, the newest first, perhaps of one recipient."""
    statement = select(OutboxMessage)
    if to is not None:
        statement = statement.where(
            OutboxMessage.recipient_kind == to[0], OutboxMessage.recipient_id == to[1]
        )
    return _page(statement, number)


def messages_of_person(person_id: int, number: int, *, now: datetime) -> Page:
    """Return one page of what this person was told, the newest first."""
    statement = select(OutboxMessage).where(
        OutboxMessage.recipient_kind == RecipientKind.PERSON,
        OutboxMessage.recipient_id == person_id,
        OutboxMessage.not_before <= now,
        OutboxMessage.kind.not_in(NOT_IN_THE_LIST),
    )
    return _page(statement, number)


def recent_recipients() -> list[Key]:
    """Return who was written to, the latest first."""
    latest = func.max(OutboxMessage.id)
    statement = (
        select(OutboxMessage.recipient_kind, OutboxMessage.recipient_id)
        .group_by(OutboxMessage.recipient_kind, OutboxMessage.recipient_id)
        .order_by(latest.desc())
        .limit(RECENT_RECIPIENTS)
    )
    return [(kind, recipient_id) for kind, recipient_id in db.session.execute(statement)]


def _page(statement: Select[Any], number: int) -> Page:
    count = db.session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    last = max(1, -(-count // PAGE_SIZE))
    number = min(max(1, number), last)
    newest = statement.order_by(OutboxMessage.queued_at.desc(), OutboxMessage.id.desc())
    rows = db.session.scalars(newest.offset((number - 1) * PAGE_SIZE).limit(PAGE_SIZE))
    return Page(list(rows), number, last)
