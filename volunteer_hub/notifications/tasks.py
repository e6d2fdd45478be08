from __future__ import annotations

import logging
import uuid
from dataclasses import dataclass
from datetime import datetime

from volunteer_hub.core.transaction import transaction
from volunteer_hub.notifications import actions, channels, queries, wording
from volunteer_hub.notifications.recipients import Recipient, find_recipients
from volunteer_hub.notifications.wording import Message

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Letter:
    """A claimed message, ready to be handed over."""

    message_id: int
    recipient: Recipient
    message: Message


def deliver(now: datetime) -> None:
    """Send what waits in the outbox; any number of workers may do so at once.

    Nothing is sent inside a transaction, so a slow channel holds up nobody. A worker that dies
    between sending and marking leaves a message that is sent once more after its lease: better
    twice than never.
    """
    channel = channels.current()
    if channel is None or not queries.has_due_messages(now=now):
        return
    worker = uuid.uuid4().hex
    with transaction():
        actions.give_up_late_messages(now=now)
        letters = _open_letters(worker, now)
    for letter in letters:
        _hand_over(channel, letter, worker, now)


def _open_letters(worker: str, now: datetime) -> list[Letter]:
    """Return claimed messages in words, and give up those that cannot be put into any."""
    claimed = actions.claim_messages(worker, now=now)
    known = find_recipients((each.recipient_kind, each.recipient_id) for each in claimed)
    letters = []
    for row in claimed:
        recipient = known.get((row.recipient_kind, row.recipient_id))
        facts = queries.facts_of(row)
        if recipient is None or facts is None:
            actions.mark_failed(row.id, worker, "nobody to write to", now=now)
            continue
        try:
            message = wording.render(row.kind, facts, recipient.name)
        except (LookupError, ValueError) as error:
            log.exception("message %s cannot be worded", row.id)
            actions.mark_failed(row.id, worker, f"no wording: {error}", now=now)
            continue
        letters.append(Letter(row.id, recipient, message))
    return letters


def _hand_over(channel: channels.Channel, letter: Letter, worker: str, now: datetime) -> None:
    try:
        channel.send(letter.recipient, letter.message)
    except Exception as error:
        # A channel talks to the outside world, which fails in ways no list of ours has.
        log.warning("message %s failed: %s", letter.message_id, type(error).__name__)
        with transaction():
            actions.put_back(letter.message_id, worker, str(error)[:500], now=now)
        return
    with transaction():
        actions.mark_sent(letter.message_id, worker, now=now)
