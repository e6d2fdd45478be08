from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, func, select

from volunteer_hub.accounts.contacts import code_of
from volunteer_hub.accounts.rules import CODE_KIND
from volunteer_hub.core.database import db
from volunteer_hub.core.outbox import Key, OutboxMessage, RecipientKind
from volunteer_hub.core.sealing import unseal

PAGE_SIZE: Final = 20
RECENT_RECIPIENTS: Final = 60
# Codes are for the phone that asked for them, not for whoever reads the list later.
NOT_IN_THE_LIST: Final = (CODE_KIND,)


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the messages, and how many pages there are."""

    messages: list[OutboxMessage]
    number: int
    last: int


def facts_of(message: OutboxMessage) -> dict[str, Any] | None:
    """Return what a message says, sealed values opened; None when the reader's key is gone."""
    said = dict(message.params)
    nonce = said.pop("nonce", None)
    if nonce is not None:
        said["code"] = code_of(nonce)
    sealed = said.pop("sealed", None)
    if sealed is None:
        return said
    opened = unseal(message.recipient_id, sealed)
    return None if opened is None else {**said, **opened}


def latest_params_of(kind: str) -> Mapping[str, Any] | None:
    """Return the values of the latest message of a kind, or None; what is sealed stays sealed."""
    latest = select(func.max(OutboxMessage.id)).where(OutboxMessage.kind == kind)
    found = db.session.scalar(select(OutboxMessage.params).where(OutboxMessage.id.in_(latest)))
    return found if found and not {"sealed", "nonce"} & found.keys() else None


def messages_for_all(number: int, *, to: Key | None = None) -> Page:
    """Return one page of all messages, the newest first, perhaps of one recipient."""
    statement = select(OutboxMessage)
    if to is not None:
        statement = statement.where(
            OutboxMessage.recipient_kind == to[0], OutboxMessage.recipient_id == to[1]
        )
    return page_of(statement, number)


def _in_inbox_of(person_id: int, now: datetime) -> ColumnElement[bool]:
    return and_(
        OutboxMessage.recipient_kind == RecipientKind.PERSON,
        OutboxMessage.recipient_id == person_id,
        OutboxMessage.not_before <= now,
        OutboxMessage.kind.not_in(NOT_IN_THE_LIST),
    )


def messages_of_person(person_id: int, number: int, *, now: datetime) -> Page:
    """Return one page of what this person was told, the newest first."""
    return page_of(select(OutboxMessage).where(_in_inbox_of(person_id, now)), number)


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


def page_of(statement: Select[Any], number: int) -> Page:
    """Return one page of messages, the newest first."""
    count = db.session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    last = max(1, -(-count // PAGE_SIZE))
    number = min(max(1, number), last)
    newest = statement.order_by(OutboxMessage.queued_at.desc(), OutboxMessage.id.desc())
    rows = db.session.scalars(newest.offset((number - 1) * PAGE_SIZE).limit(PAGE_SIZE))
    return Page(list(rows), number, last)
