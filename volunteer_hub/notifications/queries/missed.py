"""Messages that reached nobody, so that somebody can ring instead."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, or_, select

from volunteer_hub.core.database import db
from volunteer_hub.core.outbox import Key, OutboxMessage
from volunteer_hub.notifications.models import Delivery, DeliveryState

AT_ONCE: Final = 500


def lost_among(dedupe_keys: Collection[str]) -> set[str]:
    """Return those of the keys whose message failed on every way it took and was not read."""
    found: set[str] = set()
    ordered = sorted(dedupe_keys)
    for start in range(0, len(ordered), AT_ONCE):
        statement = select(OutboxMessage.dedupe_key).where(
            OutboxMessage.dedupe_key.in_(ordered[start : start + AT_ONCE]), _is_lost()
        )
        found |= {key for key in db.session.scalars(statement) if key is not None}
    return found


def missed_by(
    keys: Collection[Key], kinds: Collection[str], *, about: str, since: datetime
) -> set[Key]:
    """Return who of these people and attendees got none of the messages about an event.

    Args:
        keys: Whom to ask about.
        kinds: Which kinds of messages.
        about: The event's title.
        since: Only messages queued from this moment on.
    """
    columns = OutboxMessage.recipient_kind, OutboxMessage.recipient_id, OutboxMessage.params
    lost: set[Key] = set()
    ordered = sorted(keys)
    for start in range(0, len(ordered), AT_ONCE):
        statement = select(*columns).where(
            _is_to(ordered[start : start + AT_ONCE]),
            OutboxMessage.kind.in_(kinds),
            OutboxMessage.queued_at >= since,
            _is_lost(),
        )
        lost |= {
            (kind, recipient_id)
            for kind, recipient_id, params in db.session.execute(statement)
            if params.get("event") == about
        }
    return lost


def _is_to(keys: Collection[Key]) -> ColumnElement[bool]:
    return or_(
        *(
            and_(
                OutboxMessage.recipient_kind == kind,
                OutboxMessage.recipient_id.in_([number for of, number in keys if of is kind]),
            )
            for kind in sorted({kind for kind, _id in keys})
        )
    )


def _is_lost() -> ColumnElement[bool]:
    """Return the condition that a message ended everywhere, nowhere well, and nobody read it."""
    mine = select(Delivery.id).where(Delivery.message_id == OutboxMessage.id)
    has_hope = mine.where(Delivery.state.in_((DeliveryState.SENT, DeliveryState.WAITING)))
    return and_(
        OutboxMessage.route_at.is_(None),
        OutboxMessage.read_at.is_(None),
        or_(OutboxMessage.dropped.is_not(None), mine.exists()),
        ~has_hope.exists(),
    )
