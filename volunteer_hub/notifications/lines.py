"""Messages as staff look at them: how far each got, nothing personal readable."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask_babel import gettext as _

from volunteer_hub.core.formats import mask_name, mask_phone
from volunteer_hub.core.outbox import Key, OutboxMessage
from volunteer_hub.core.text import N_
from volunteer_hub.notifications import kinds, queries
from volunteer_hub.notifications.models import Delivery, DeliveryState
from volunteer_hub.notifications.recipients import Recipient, find_recipients

CHANNELS_IN_WORDS: Final = {
    "development": N_("开发环境"),
    "email": N_("邮件"),
    "sms": N_("短信"),
    "wecom": N_("企业微信"),
    "dingtalk": N_("钉钉"),
    "feishu": N_("飞书"),
    "webhook": N_("其他系统"),
}
DROPPED_IN_WORDS: Final = {
    "expired": N_("轮到它时已经过期"),
    "nobody": N_("收件人已不在"),
    "unreachable": N_("没有能送到的渠道"),
    "unworded": N_("没有这种消息的措辞"),
}


@dataclass(frozen=True, slots=True)
class Way:
    """One delivery of a message.

    Attributes:
        delivery_id: Of the delivery.
        channel: Its name in words.
        state: waiting, sent, failed or expired.
        attempts: How often it was tried.
        due_at: When it is tried next; None when it is over.
        error: What went wrong last, or None.
        can_go_again: Whether sending it again would be of use.
    """

    delivery_id: int
    channel: str
    state: str
    attempts: int
    due_at: datetime | None
    error: str | None
    can_go_again: bool


@dataclass(frozen=True, slots=True)
class MessageLine:
    """One message.

    Attributes:
        message_id: Of the message.
        queued_at: When its cause was.
        label: Its kind in words.
        about: The title of the event it is about, or nothing.
        recipient: Whom it is for, masked.
        emergency: Why it overrides everything, or None.
        waits_until: When its channels are chosen, or None when they are.
        dropped: Why it went over no channel, in words, or None.
        can_go_again: Whether giving it another turn would be of use.
        ways: Its deliveries.
    """

    message_id: int
    queued_at: datetime
    label: str
    about: str
    recipient: str
    emergency: str | None
    waits_until: datetime | None
    dropped: str | None
    can_go_again: bool
    ways: tuple[Way, ...]


def channel_in_words(name: str) -> str:
    """Return what people call a channel."""
    return str(_(CHANNELS_IN_WORDS[name])) if name in CHANNELS_IN_WORDS else name


def key_of(message: OutboxMessage) -> Key:
    """Return whom a message is for."""
    return message.recipient_kind, message.recipient_id


def label_of(recipient: Recipient | None) -> str:
    """Return a recipient as staff see them, nothing personal readable."""
    if recipient is None:
        return str(_("收件人已不在"))
    if recipient.is_group:
        return str(_("办公室"))
    return " ".join((mask_name(recipient.name), mask_phone(recipient.phone)))


def state_of(message: OutboxMessage, deliveries: Iterable[Delivery]) -> str:
    """Return how far a message got over all its channels: waiting, sent or failed."""
    states = {delivery.state for delivery in deliveries}
    if message.route_at is not None or DeliveryState.WAITING in states:
        return "waiting"
    is_lost = message.dropped is not None or states & {DeliveryState.FAILED, DeliveryState.EXPIRED}
    return "failed" if is_lost else "sent"


def lines_of(messages: list[OutboxMessage], *, now: datetime) -> list[MessageLine]:
    """Return these messages as lines, in three queries however many there are."""
    known = find_recipients(key_of(each) for each in messages)
    deliveries = queries.deliveries_of([each.id for each in messages])
    return [
        _line(each, known.get(key_of(each)), deliveries.get(each.id, []), now) for each in messages
    ]


def _line(
    row: OutboxMessage, to: Recipient | None, deliveries: list[Delivery], now: datetime
) -> MessageLine:
    kind = kinds.find_kind(row.kind)
    is_of_use = row.expires_at is None or row.expires_at > now
    dropped = _(DROPPED_IN_WORDS[row.dropped]) if row.dropped else None
    return MessageLine(
        message_id=row.id,
        queued_at=row.queued_at,
        label=str(_(kind.label)) if kind else row.kind,
        about=str(row.params.get("event") or ""),
        recipient=label_of(to),
        emergency=row.emergency,
        waits_until=row.route_at,
        dropped=dropped,
        can_go_again=row.dropped in ("nobody", "unreachable") and is_of_use,
        ways=tuple(_way(each, is_of_use=is_of_use) for each in deliveries),
    )


def _way(delivery: Delivery, *, is_of_use: bool) -> Way:
    return Way(
        delivery_id=delivery.id,
        channel=channel_in_words(delivery.channel),
        state=str(delivery.state.value),
        attempts=delivery.attempts,
        due_at=delivery.due_at if delivery.finished_at is None else None,
        error=delivery.last_error,
        can_go_again=delivery.state is DeliveryState.FAILED and is_of_use,
    )
