from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from flask import current_app
from sqlalchemy.exc import DBAPIError

from volunteer_hub.core import jobs, outbox
from volunteer_hub.core.errors import BusyError
from volunteer_hub.core.transaction import transaction
from volunteer_hub.notifications import actions, channels, packing, queries, rules
from volunteer_hub.notifications.actions import delivering, routing
from volunteer_hub.notifications.channels import (
    Channel,
    ChannelDownError,
    HandOver,
    Parcel,
    RefusedError,
)
from volunteer_hub.notifications.models import Delivery
from volunteer_hub.notifications.recipients import Recipient, find_recipients
from volunteer_hub.notifications.wording import WordingError

log = logging.getLogger(__name__)
AT_ONCE: Final = 0.0
# Beyond half of the lease the rest of a batch is given back: another worker may have it.
MOST_OF_A_BATCH_S: Final = delivering.LEASE.total_seconds() / 2
# Each try may wait five seconds for other writers; all of them fit into the other half.
NOTE_TRIES: Final = 10
NOTE_PAUSE_S: Final = 1.0
SWEEP_EVERY: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Load:
    """A claimed delivery, ready to be handed over."""

    delivery_id: int
    parcel: Parcel


def reached(_point: str) -> None:
    """Do nothing: the tests let a worker die here, at every point of its round by name."""


def route(now: datetime) -> float | None:
    """Choose the channels of messages whose turn it is; any number of workers may do so at once.

    Returns:
        0 when more messages wait for their turn, None when that was all.
    """
    if not queries.has_messages_to_route(now=now):
        return None
    with transaction():
        expired = actions.expire_unrouted(now=now)
        routed = actions.route_messages(
            list(channels.all_of_them().values()),
            most_a_day=current_app.config["MESSAGES_A_DAY"],
            now=now,
        )
        reached("routing")
    reached("routed")
    is_more = routed == routing.ROUTED_AT_ONCE or expired == routing.EXPIRED_AT_ONCE
    return AT_ONCE if is_more else None


def deliver(channel_name: str, now: datetime) -> float | None:
    """Send what waits for one channel; any number of workers may do so at once.

    Nothing is sent inside a transaction, so a slow channel holds up nobody. A worker that dies
    between sending and marking leaves the one delivery it had in flight, which is made once more
    after the lease, under the same key: better twice than never.

    Returns:
        Seconds until there is more to do, None when that was all.
    """
    channel = channels.find(channel_name)
    if channel is None or not queries.has_due_deliveries(channel_name, now=now):
        return None
    worker = uuid.uuid4().hex
    with transaction():
        actions.expire_deliveries(now=now)
        turn = actions.take_turn(channel, now=now)
        loads = _load(channel, worker, turn.most, now) if turn.most else []
        reached("claiming")
    reached("claimed")
    if loads and not _hand_over_all(channel, loads, worker, now):
        return None
    if loads and turn.was_down:
        with transaction():
            actions.note_channel_up(channel_name)
    return turn.wait.total_seconds()


def _load(channel: Channel, worker: str, most: int, now: datetime) -> list[Load]:
    """Return claimed deliveries in words, and end those that cannot be put into any."""
    claimed = actions.claim_deliveries(channel.name, worker, most=most, now=now)
    known = find_recipients((d.message.recipient_kind, d.message.recipient_id) for d in claimed)
    loads = []
    for delivery in claimed:
        row = delivery.message
        recipient = known.get((row.recipient_kind, row.recipient_id))
        parcel, trouble = _try_to_pack(delivery, recipient, now)
        if parcel is None:
            actions.mark_failed(delivery.id, worker, trouble, now=now)
        else:
            loads.append(Load(delivery.id, parcel))
    return loads


def _try_to_pack(
    delivery: Delivery, recipient: Recipient | None, now: datetime
) -> tuple[Parcel | None, str]:
    """Return the parcel, or what stands against it."""
    if delivery.attempts > rules.MOST_ATTEMPTS:
        return None, "gave up: every worker that had it in hand ended"
    try:
        return packing.pack(delivery, recipient, now=now), "nobody to write to"
    except WordingError as error:
        log.exception("message %s cannot be worded", delivery.message_id)
        return None, f"no wording: {error}"


def _hand_over_all(channel: Channel, loads: list[Load], worker: str, now: datetime) -> bool:
    """Hand over what was claimed; tell whether the other side was there."""
    started_s = time.monotonic()
    left = [load.delivery_id for load in loads]
    try:
        with channel.connect() as hand_over:
            for load in loads:
                if jobs.is_stopping() or time.monotonic() - started_s > MOST_OF_A_BATCH_S:
                    break
                _hand_over(hand_over, load, worker, now)
                left.remove(load.delivery_id)
    except ChannelDownError as error:
        log.warning(
            "channel %s is down: %s", channel.name, rules.without_personal_values(str(error))
        )
        with transaction():
            actions.release(left, worker)
            actions.note_channel_down(channel.name, str(error), pause=error.pause, now=now)
        return False
    if left:
        with transaction():
            actions.release(left, worker)
    return True


def _hand_over(hand_over: HandOver, load: Load, worker: str, now: datetime) -> None:
    """Hand one parcel over and note what became of it.

    Raises:
        ChannelDownError: It was not looked at.
    """
    try:
        remote_id = hand_over(load.parcel)
    except ChannelDownError:
        raise
    except RefusedError as error:
        why = str(error)
        _note(lambda: actions.mark_failed(load.delivery_id, worker, why, now=now))
        return
    except Exception as error:
        # A channel talks to the outside world, which fails in ways no list of ours has.
        log.warning("delivery %s failed: %s", load.delivery_id, type(error).__name__)
        why = str(error)
        _note(lambda: actions.put_back(load.delivery_id, worker, why, now=now))
        return
    reached("sent")
    _note(lambda: actions.mark_sent(load.delivery_id, worker, remote_id, now=now))
    reached("marked")


def _note(write: Callable[[], None]) -> None:
    """Note what became of a delivery, also when the database is busy or away for a moment.

    What was sent and not noted is sent again, so a worker tries as long as its lease may last.
    """
    for _ in range(NOTE_TRIES - 1):
        try:
            with transaction():
                write()
        except (BusyError, DBAPIError) as error:
            log.warning("noting a delivery failed, trying again: %s", type(error).__name__)
            jobs.pause(NOTE_PAUSE_S)
        else:
            return
    with transaction():
        write()


def sweep(now: datetime) -> None:
    """Put in order what was left behind, and tell the office what did not arrive."""
    failed = queries.failed_since(now - SWEEP_EVERY)
    with transaction():
        actions.drop_what_waits_for_nothing(list(channels.all_of_them()), now=now)
        if failed:
            params = {"failed": sum(failed.values()), "channels": "、".join(sorted(failed)),
                      "path": "/admin/messages?shelf=failed"}  # fmt: skip
            outbox.enqueue(
                "delivery_trouble",
                to=outbox.to_office(),
                now=now,
                dedupe_key=f"delivery_trouble:{now:%Y%m%d%H}",
                params=params,
            )
