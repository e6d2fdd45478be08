from __future__ import annotations

import enum
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    String,
    and_,
    func,
    literal,
    or_,
    select,
    type_coerce,
    union_all,
)

from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.outbox import OutboxMessage
from volunteer_hub.notifications.models import ChannelState, Delivery, DeliveryState
from volunteer_hub.notifications.queries.inbox import Page, page_of


class Shelf(enum.StrEnum):
    """How far messages got, as the office looks at them."""

    ALL = "all"
    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class MessageFilter:
    """Which messages the office looks at."""

    shelf: Shelf = Shelf.ALL
    kind: str | None = None
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the deliveries of several messages are, and how many messages wait for their turn."""

    to_route: int = 0
    waiting: int = 0
    sent: int = 0
    failed: int = 0
    expired: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.to_route + self.waiting + self.sent + self.failed + self.expired


def is_fresh(channel: str, now: datetime) -> ColumnElement[bool]:
    """Return the condition that a delivery is due and nobody has it in hand or ever dropped it."""
    return and_(
        Delivery.channel == channel,
        Delivery.finished_at.is_(None),
        Delivery.due_at <= now,
        Delivery.claimed_until.is_(None),
        _is_of_use(now),
    )


def is_abandoned(channel: str, now: datetime) -> ColumnElement[bool]:
    """Return the condition that the worker that had a delivery in hand is gone."""
    return and_(
        Delivery.channel == channel,
        Delivery.claimed_until <= now,
        Delivery.finished_at.is_(None),
        _is_of_use(now),
    )


def _is_of_use(now: datetime) -> ColumnElement[bool]:
    return or_(Delivery.expires_at.is_(None), Delivery.expires_at > now)


def is_stale(now: datetime) -> ColumnElement[bool]:
    """Return the condition that a delivery is no use any more, and that nobody has it in hand."""
    return and_(
        Delivery.finished_at.is_(None),
        Delivery.expires_at <= now,
        or_(Delivery.claimed_until.is_(None), Delivery.claimed_until <= now),
    )


def has_due_deliveries(channel: str, *, now: datetime) -> bool:
    """Tell whether there is anything to do; asked before a writer's turn is taken."""
    conditions = (is_fresh(channel, now), is_abandoned(channel, now), is_stale(now))
    return any(
        db.session.scalar(select(Delivery.id).where(each).limit(1)) is not None
        for each in conditions
    )


def has_messages_to_route(*, now: datetime) -> bool:
    """Tell whether any message has its turn; asked before a writer's turn is taken."""
    statement = select(OutboxMessage.id).where(OutboxMessage.route_at <= now).limit(1)
    return db.session.scalar(statement) is not None


def lock_delivery(delivery_id: int) -> Delivery:
    """Return a delivery, held until the end of the transaction.

    Raises:
        NotFoundError: There is none of that id.
    """
    found = db.session.get(Delivery, delivery_id, with_for_update=True)
    if found is None:
        raise NotFoundError
    return found


def lock_message(message_id: int) -> OutboxMessage:
    """Return a message, held until the end of the transaction.

    Raises:
        NotFoundError: There is none of that id.
    """
    found = db.session.get(OutboxMessage, message_id, with_for_update=True)
    if found is None:
        raise NotFoundError
    return found


def messages_in(wanted: MessageFilter, number: int) -> Page:
    """Return one page of the messages the office asked for, the newest first."""
    statement = select(OutboxMessage)
    if wanted.kind:
        statement = statement.where(OutboxMessage.kind == wanted.kind)
    if wanted.channel:
        statement = statement.where(_has_delivery(Delivery.channel == wanted.channel))
    return page_of(statement.where(_is_on(wanted)), number)


def _is_on(wanted: MessageFilter) -> ColumnElement[bool]:
    over = Delivery.channel == wanted.channel if wanted.channel else Delivery.id.is_not(None)
    states = {
        Shelf.SENT: _has_delivery(over, Delivery.state == DeliveryState.SENT),
        Shelf.FAILED: _has_delivery(over, Delivery.state == DeliveryState.FAILED),
        Shelf.WAITING: or_(
            OutboxMessage.route_at.is_not(None),
            _has_delivery(over, Delivery.state == DeliveryState.WAITING),
        ),
        Shelf.DROPPED: or_(
            OutboxMessage.dropped.is_not(None),
            _has_delivery(over, Delivery.state == DeliveryState.EXPIRED),
        ),
    }
    return states.get(wanted.shelf, OutboxMessage.id.is_not(None))


def _has_delivery(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return OutboxMessage.id.in_(select(Delivery.message_id).where(*conditions))


def deliveries_of(message_ids: Collection[int]) -> dict[int, list[Delivery]]:
    """Return the deliveries of these messages, by message, in the order they were made."""
    statement = select(Delivery).where(Delivery.message_id.in_(message_ids)).order_by(Delivery.id)
    found: dict[int, list[Delivery]] = {}
    for row in db.session.scalars(statement):
        found.setdefault(row.message_id, []).append(row)
    return found


def counts_by_shelf() -> dict[Shelf, int]:
    """Return how many deliveries and messages without any stand on each shelf."""
    by_state = select(type_coerce(Delivery.state, String), func.count()).group_by(Delivery.state)
    to_route = select(literal("to_route"), func.count()).where(OutboxMessage.route_at.is_not(None))
    dropped = select(literal("dropped"), func.count()).where(OutboxMessage.dropped.is_not(None))
    counts = dict(db.session.execute(union_all(by_state, to_route, dropped)).all())
    return {
        Shelf.WAITING: counts.get("waiting", 0) + counts["to_route"],
        Shelf.SENT: counts.get("sent", 0),
        Shelf.FAILED: counts.get("failed", 0),
        Shelf.DROPPED: counts.get("expired", 0) + counts["dropped"],
    }


def progress_of(batch: str) -> Progress:
    """Return how far what was queued together got."""
    of_batch = select(OutboxMessage.id).where(OutboxMessage.batch == batch)
    to_route = db.session.scalar(
        select(func.count(OutboxMessage.id)).where(
            OutboxMessage.batch == batch, OutboxMessage.route_at.is_not(None)
        )
    )
    statement = (
        select(Delivery.state, func.count())
        .where(Delivery.message_id.in_(of_batch))
        .group_by(Delivery.state)
    )
    counts = {state.value: count for state, count in db.session.execute(statement)}
    return Progress(to_route=to_route or 0, **counts)


def progress_of_batches(limit: int) -> list[tuple[str, datetime, Progress]]:
    """Return what was queued together, the latest first, with the moment and how far it got."""
    statement = (
        select(OutboxMessage.batch, func.max(OutboxMessage.queued_at))
        .where(OutboxMessage.batch.is_not(None))
        .group_by(OutboxMessage.batch)
        .order_by(func.max(OutboxMessage.queued_at).desc())
        .limit(limit)
    )
    return [
        (batch, at, progress_of(batch))
        for batch, at in db.session.execute(statement)
        if batch is not None
    ]


def failed_since(since: datetime) -> dict[str, int]:
    """Return how many deliveries failed for good since a moment, by channel."""
    statement = (
        select(Delivery.channel, func.count())
        .where(Delivery.state == DeliveryState.FAILED, Delivery.finished_at > since)
        .group_by(Delivery.channel)
    )
    return dict(db.session.execute(statement).all())


def channels_that_are_down() -> list[ChannelState]:
    """Return the channels whose other side is away, by name."""
    statement = (
        select(ChannelState)
        .where(ChannelState.down_since.is_not(None))
        .order_by(ChannelState.channel)
    )
    return list(db.session.scalars(statement))
