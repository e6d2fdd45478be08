from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import insert, or_, select, update

from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.database import db
from volunteer_hub.core.outbox import OutboxMessage, Priority, RecipientKind
from volunteer_hub.notifications import kinds, queries, rules
from volunteer_hub.notifications.channels.base import Channel
from volunteer_hub.notifications.models import Delivery, DeliveryState
from volunteer_hub.notifications.queries import Wish
from volunteer_hub.notifications.recipients import Recipient, find_recipients
from volunteer_hub.notifications.topics import TOPICS, Means, Topic

log = logging.getLogger(__name__)
ROUTED_AT_ONCE: Final = 200
EXPIRED_AT_ONCE: Final = 5000
# Takes everything, and nothing of it leaves the system.
DEVELOPMENT: Final = "development"


@dataclass(frozen=True, slots=True)
class Desk:
    """What has to be known to find the way of some messages.

    Attributes:
        channels: The ways there are.
        recipients: The readers that are still there.
        wishes: What they said about topics and channels.
        counts: How many messages that could have waited each person got today; changed here.
        most_a_day: How many those may be.
        now: The moment.
    """

    channels: Collection[Channel]
    recipients: dict[tuple[RecipientKind, int], Recipient]
    wishes: dict[int, dict[Wish, bool]]
    counts: dict[int, int]
    most_a_day: int
    now: datetime


def expire_unrouted(*, now: datetime) -> int:
    """Drop messages that are no use any more before their turn came, some thousands at a time.

    Returns:
        How many; fewer than ``EXPIRED_AT_ONCE`` means that was all.
    """
    late = (
        select(OutboxMessage.id)
        .where(OutboxMessage.route_at.is_not(None), OutboxMessage.expires_at <= now)
        .limit(EXPIRED_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    statement = (
        update(OutboxMessage)
        .where(OutboxMessage.id.in_(late))
        .values(route_at=None, routed_at=now, dropped="expired")
        .returning(OutboxMessage.id)
    )
    dropped = db.session.scalars(statement.execution_options(synchronize_session=False))
    return len(dropped.all())


def route_messages(channels: Collection[Channel], *, most_a_day: int, now: datetime) -> int:
    """Choose the channels of messages whose turn it is, the most urgent first.

    What must not go out at this hour, or is one too many for its reader today, gets another turn
    later. Nothing leaves the system here, so a crash undoes all of it.

    Args:
        channels: The ways there are.
        most_a_day: How many messages that can wait a person gets in a day.
        now: The moment.

    Returns:
        How many messages had their turn; fewer than ``ROUTED_AT_ONCE`` means that was all.
    """
    statement = (
        select(OutboxMessage)
        .where(
            OutboxMessage.route_at <= now,
            or_(OutboxMessage.expires_at.is_(None), OutboxMessage.expires_at > now),
        )
        .order_by(OutboxMessage.priority, OutboxMessage.route_at, OutboxMessage.id)
        .limit(ROUTED_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    messages = list(db.session.scalars(statement))
    if not messages:
        return 0
    people = {m.recipient_id for m in messages if m.recipient_kind is RecipientKind.PERSON}
    today = rules.start_of_day(now.astimezone(LOCAL))
    desk = Desk(
        channels=channels,
        recipients=find_recipients((m.recipient_kind, m.recipient_id) for m in messages),
        wishes=queries.wishes_of(people),
        counts=queries.sent_since(people, today),
        most_a_day=most_a_day,
        now=now,
    )
    deliveries: list[dict[str, Any]] = []
    for message in messages:
        deliveries += _route(message, desk)
    db.session.flush()
    if deliveries:
        db.session.execute(insert(Delivery), deliveries)
    return len(messages)


def _route(message: OutboxMessage, desk: Desk) -> list[dict[str, Any]]:
    """Give a message its deliveries, or another turn; return the deliveries."""
    kind = kinds.find_kind(message.kind)
    recipient = desk.recipients.get((message.recipient_kind, message.recipient_id))
    if kind is None or recipient is None:
        return _end(message, desk.now, dropped="nobody" if kind else "unworded")
    later = _later(message, desk)
    if later is not None:
        message.route_at = later
        return []
    chosen = _choose(message, kind.topic, recipient, desk)
    if not chosen:
        is_on_site = (
            TOPICS[kind.topic].is_in_inbox and message.recipient_kind is RecipientKind.PERSON
        )
        return _end(message, desk.now, dropped=None if is_on_site else "unreachable")
    if message.recipient_kind is RecipientKind.PERSON and message.priority >= Priority.NORMAL:
        desk.counts[message.recipient_id] = desk.counts.get(message.recipient_id, 0) + 1
    _end(message, desk.now, dropped=None)
    return [_delivery(message, channel, desk.now) for channel in chosen]


def _end(message: OutboxMessage, now: datetime, *, dropped: str | None) -> list[dict[str, Any]]:
    message.route_at, message.routed_at, message.dropped = None, now, dropped
    return []


def _later(message: OutboxMessage, desk: Desk) -> datetime | None:
    """Return when the message gets another turn, or None when it is now."""
    local_now = desk.now.astimezone(LOCAL)
    is_urgent = message.priority <= Priority.URGENT
    release = rules.release_at(local_now, is_urgent=is_urgent, deadline=_deadline(message))
    if release > local_now:
        return release
    is_one_too_many = (
        message.recipient_kind is RecipientKind.PERSON
        and message.priority >= Priority.NORMAL
        and desk.counts.get(message.recipient_id, 0) >= desk.most_a_day
    )
    return rules.next_morning(local_now) if is_one_too_many else None


def _deadline(message: OutboxMessage) -> datetime | None:
    """Return when the message comes too late: when it expires, or what it is about begins."""
    moments = [message.expires_at] if message.expires_at else []
    begins = message.params.get("when")
    if isinstance(begins, str):
        try:
            moments.append(datetime.fromisoformat(begins))
        except ValueError:
            log.warning("message %s has an odd moment", message.id)
    return min(moments, default=None)


def _choose(
    message: OutboxMessage, topic: Topic, recipient: Recipient, desk: Desk
) -> list[Channel]:
    said = desk.wishes.get(message.recipient_id, {}) if _is_to_person(message) else {}
    return [
        channel
        for channel in desk.channels
        if channel.reaches(recipient)
        and _may_use(channel.name, recipient)
        and (message.over in (None, channel.name) or channel.name == DEVELOPMENT)
        and (message.emergency is not None or _is_wanted(channel.name, topic, said))
    ]


def _is_to_person(message: OutboxMessage) -> bool:
    return message.recipient_kind is RecipientKind.PERSON


def _may_use(channel: str, recipient: Recipient) -> bool:
    """Tell whether a channel may be used: invented people must not have real numbers rung."""
    return channel == DEVELOPMENT or not recipient.is_demo


def _is_wanted(channel: str, topic: Topic, said: dict[Wish, bool]) -> bool:
    about = TOPICS[topic]
    if channel not in set(Means):
        return True
    means = Means(channel)
    usual = means in about.means
    return usual if about.is_fixed else said.get((topic, means), usual)


def _delivery(message: OutboxMessage, channel: Channel, now: datetime) -> dict[str, Any]:
    return {
        "message_id": message.id,
        "channel": channel.name,
        "state": DeliveryState.WAITING,
        "priority": message.priority,
        "due_at": now,
        "expires_at": message.expires_at,
    }
