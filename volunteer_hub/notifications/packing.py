"""Making a parcel of a delivery: words in its reader's language, and addresses of this site."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from volunteer_hub.core.outbox import OutboxMessage, RecipientKind
from volunteer_hub.core.tokens import link_token, read_link_token
from volunteer_hub.notifications import kinds, queries
from volunteer_hub.notifications.channels import Parcel
from volunteer_hub.notifications.models import Delivery
from volunteer_hub.notifications.recipients import Recipient
from volunteer_hub.notifications.topics import TOPICS, Means, Topic
from volunteer_hub.notifications.wording import Message

LOCALES: Final = {"zh": "zh_Hans_CN", "en": "en"}


def pack(delivery: Delivery, recipient: Recipient | None, *, now: datetime) -> Parcel | None:
    """Return a delivery ready to be handed over, or None when there is nobody to write to.

    Raises:
        WordingError: It cannot be put into words.
    """
    row = delivery.message
    facts = queries.facts_of(row)
    if recipient is None or facts is None:
        return None
    with force_locale(LOCALES.get(recipient.language, LOCALES["zh"])):
        message = _named(kinds.render(row.kind, facts, recipient.name), recipient)
    return Parcel(
        key=f"vh-{delivery.id}-{delivery.round}",
        kind=row.kind,
        recipient=recipient,
        message=message,
        url=full_address(message.path) if message.path else None,
        unsubscribe_url=_unsubscribe_url(row, delivery.channel),
        now=now,
    )


def _named(message: Message, recipient: Recipient) -> Message:
    """Return a message whose short text says whom it is for, where a family shares the phone."""
    if not (recipient.shares_phone and recipient.name):
        return message
    short = _("%(name)s：%(text)s", name=recipient.name, text=message.short)
    return replace(message, short=short, variables={**message.variables, "to": recipient.name})


def full_address(path: str) -> str:
    """Return the address of a page of this site, as people outside reach it."""
    return f"{current_app.config['PUBLIC_URL']}{path}"


def _unsubscribe_url(row: OutboxMessage, channel: str) -> str | None:
    """Return where a mail's reader refuses more of its topic, where that is a choice."""
    topic = kinds.kind_named(row.kind).topic
    if channel != Means.EMAIL or TOPICS[topic].is_fixed:
        return None
    if row.recipient_kind is not RecipientKind.PERSON:
        return None
    return full_address(f"/unsubscribe/{topic}/{unsubscribe_token(topic, row.recipient_id)}")


def unsubscribe_token(topic: Topic, person_id: int) -> str:
    """Return what stands for a person's wish to get no more mail of a topic, and for that alone."""
    return link_token(f"unsubscribe:{topic}", person_id)


def read_unsubscribe_token(topic: Topic, token: str) -> int | None:
    """Return whose token it is, or None when it was not made here for this topic."""
    return read_link_token(f"unsubscribe:{topic}", token)
