from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import joinedload

from volunteer_hub.core import audit
from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.database import db
from volunteer_hub.core.outbox import OutboxMessage, Priority
from volunteer_hub.notifications import queries, rules
from volunteer_hub.notifications.channels.base import Channel
from volunteer_hub.notifications.errors import MessageExpiredError, NotFailedError
from volunteer_hub.notifications.models import ChannelState, Delivery, DeliveryState

# A batch must be sent well within the lease, or another worker takes it up again.
BATCH: Final = 10
LEASE: Final = timedelta(minutes=3)
LONGEST_PAUSE: Final = timedelta(hours=1)
EXPIRED_AT_ONCE: Final = 5000
AGAIN_AT_ONCE: Final = 500
CHANNEL_IS_GONE: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Turn:
    """How much a worker may send over a channel now.

    Attributes:
        most: How many messages.
        wait: How long until the next turn.
        was_down: Whether the other side did not answer last time.
    """

    most: int
    wait: timedelta = timedelta(0)
    was_down: bool = False


def take_turn(channel: Channel, *, now: datetime) -> Turn:
    """Take the next turn on a channel; all workers together keep to its rate and its pauses."""
    statement = select(ChannelState).where(ChannelState.channel == channel.name)
    state = db.session.scalar(statement)
    if state is None and channel.per_second is None:
        return Turn(BATCH)
    if state is None:
        state = _make_state(channel.name, now)
    db.session.refresh(state, with_for_update=True)
    # A moment far ahead was written before the clock was set back.
    if now < state.next_at <= now + LONGEST_PAUSE:
        return Turn(0, state.next_at - now)
    was_down = state.down_since is not None
    if channel.per_second is None:
        return Turn(BATCH, was_down=was_down)
    most = min(BATCH, max(1, int(channel.per_second)))
    wait = timedelta(seconds=most / channel.per_second)
    state.next_at = now + wait
    return Turn(most, wait, was_down)


def _make_state(channel: str, now: datetime) -> ChannelState:
    """Return the one row of a channel, made unless another worker does so in this moment."""
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    values = {"channel": channel, "next_at": now, "failures": 0}
    statement = dialect.insert(ChannelState.__table__).values(values)
    db.session.execute(statement.on_conflict_do_nothing(index_elements=["channel"]))
    found = select(ChannelState).where(ChannelState.channel == channel)
    return db.session.scalars(found).one()


def note_channel_down(channel: str, why: str, *, pause: timedelta | None, now: datetime) -> None:
    """Leave a channel alone for a while, longer each time its other side is still away.

    Args:
        channel: Its name.
        why: What was said or what went wrong.
        pause: For how long the other side asked to be left alone, if it did.
        now: When.
    """
    state = _make_state(channel, now)
    db.session.refresh(state, with_for_update=True)
    state.failures += 1
    state.down_since = state.down_since or now
    state.last_error = rules.without_personal_values(why)
    open_at = rules.channel_open_at(state.failures, now=now)
    state.next_at = max(open_at, now + pause) if pause else open_at


def note_channel_up(channel: str) -> None:
    """Note that the other side takes messages again."""
    statement = (
        update(ChannelState)
        .where(ChannelState.channel == channel)
        .values(failures=0, down_since=None)
    )
    db.session.execute(statement.execution_options(synchronize_session=False))


def expire_deliveries(*, now: datetime) -> None:
    """End deliveries that are no use any more and that nobody has in hand, thousands at a time."""
    late = (
        select(Delivery.id)
        .where(queries.is_stale(now))
        .limit(EXPIRED_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    _finish(Delivery.id.in_(late), DeliveryState.EXPIRED, now=now)


def claim_deliveries(channel: str, worker: str, *, most: int, now: datetime) -> list[Delivery]:
    """Return the next deliveries to make, with their messages, held until the lease ends.

    Workers that claim at the same moment never get the same one: on PostgreSQL each skips the
    rows that another holds, on SQLite they come one after the other. What a worker that died had
    in hand is taken up alone: if it was what killed the worker, it takes nothing else with it.

    Args:
        channel: Over which.
        worker: A name nobody else uses.
        most: How many at most.
        now: The moment the lease starts.
    """
    claimed = _claim(queries.is_abandoned(channel, now), worker, 1, now)
    claimed = claimed or _claim(queries.is_fresh(channel, now), worker, most, now)
    mine = (
        select(Delivery)
        .where(Delivery.id.in_(claimed))
        .options(joinedload(Delivery.message))
        .order_by(Delivery.priority, Delivery.due_at, Delivery.id)
    )
    return list(db.session.scalars(mine.execution_options(populate_existing=True)))


def _claim(condition: ColumnElement[bool], worker: str, most: int, now: datetime) -> list[int]:
    due = (
        select(Delivery.id)
        .where(condition)
        .order_by(Delivery.priority, Delivery.due_at, Delivery.id)
        .limit(most)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    claim = (
        update(Delivery)
        .where(Delivery.id.in_(select(due.c.id)))
        .values(claimed_by=worker, claimed_until=now + LEASE, attempts=Delivery.attempts + 1)
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    )
    return list(db.session.scalars(claim))


def mark_sent(delivery_id: int, worker: str, remote_id: str | None, *, now: datetime) -> None:
    """Note that a delivery was made, unless another worker took it over meanwhile."""
    _finish(
        _is_held(delivery_id, worker), DeliveryState.SENT, now=now,
        last_error=None, remote_id=remote_id,
    )  # fmt: skip


def mark_failed(delivery_id: int, worker: str, why: str, *, now: datetime) -> None:
    """Note that a delivery can never be made."""
    _finish(
        _is_held(delivery_id, worker), DeliveryState.FAILED, now=now,
        last_error=rules.without_personal_values(why),
    )  # fmt: skip


def put_back(delivery_id: int, worker: str, why: str, *, now: datetime) -> None:
    """Let a delivery be tried again later, or give it up after its last attempt."""
    delivery = db.session.get_one(Delivery, delivery_id)
    again_at = rules.next_attempt_at(delivery.attempts, seed=delivery_id, now=now)
    if again_at is None:
        mark_failed(delivery_id, worker, why, now=now)
        return
    if delivery.priority >= Priority.NORMAL:
        again_at = rules.awake_at(again_at.astimezone(LOCAL))
    error = rules.without_personal_values(why)
    _note(_is_held(delivery_id, worker), due_at=again_at, last_error=error)


def release(delivery_ids: Collection[int], worker: str) -> None:
    """Give back deliveries that were not tried, as if nobody had claimed them."""
    held = and_(Delivery.id.in_(delivery_ids), Delivery.claimed_by == worker)
    _note(held, attempts=Delivery.attempts - 1)


def _is_held(delivery_id: int, worker: str) -> ColumnElement[bool]:
    return and_(Delivery.id == delivery_id, Delivery.claimed_by == worker)


def _finish(
    condition: ColumnElement[bool],
    state: DeliveryState,
    *,
    now: datetime,
    **values: Any,  # noqa: ANN401
) -> None:
    _note(condition, state=state, finished_at=now, **values)


def _note(condition: ColumnElement[bool], **values: Any) -> None:  # noqa: ANN401 - columns
    freed = {"claimed_by": None, "claimed_until": None}
    statement = update(Delivery).where(condition).values(**values, **freed)
    db.session.execute(statement.execution_options(synchronize_session=False))


def send_again(delivery_id: int, *, by: int, now: datetime) -> Delivery:
    """Let a delivery that failed be tried once more from the beginning.

    Its key changes, so that the other side does not take it for a repetition.

    Raises:
        NotFoundError: There is no such delivery.
        NotFailedError: It did not fail.
        MessageExpiredError: Its message is no use any more.
    """
    delivery = queries.lock_delivery(delivery_id)
    if delivery.state is not DeliveryState.FAILED:
        raise NotFailedError
    if delivery.expires_at is not None and delivery.expires_at <= now:
        raise MessageExpiredError
    delivery.state, delivery.finished_at, delivery.due_at = DeliveryState.WAITING, None, now
    delivery.attempts, delivery.round = 0, delivery.round + 1
    audit.record("delivery.again", delivery, by=by, now=now, details={"channel": delivery.channel})
    return delivery


def send_all_again(channel: str, *, by: int, now: datetime) -> int:
    """Let everything that failed over a channel and is still of use be tried again.

    Returns:
        How many deliveries that were; not more than ``AGAIN_AT_ONCE``, the newest first.
    """
    failed = (
        select(Delivery.id)
        .where(
            Delivery.state == DeliveryState.FAILED,
            Delivery.channel == channel,
            Delivery.expires_at > now,
        )
        .order_by(Delivery.id.desc())
        .limit(AGAIN_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    ids = list(db.session.scalars(failed))
    again = {"attempts": 0, "round": Delivery.round + 1, "due_at": now}
    _note(Delivery.id.in_(ids), state=DeliveryState.WAITING, finished_at=None, **again)
    if ids:
        details = {"channel": channel, "deliveries": ids}
        state = _make_state(channel, now)
        audit.record("delivery.all_again", state, by=by, now=now, details=details)
    return len(ids)


def route_again(message_id: int, *, by: int, now: datetime) -> OutboxMessage:
    """Give a message for which there was no way, or nobody, another turn.

    Raises:
        NotFoundError: There is no such message.
        NotFailedError: It found its way.
        MessageExpiredError: It is no use any more.
    """
    message = queries.lock_message(message_id)
    if message.dropped is None:
        raise NotFailedError
    if message.dropped == "expired" or (message.expires_at and message.expires_at <= now):
        raise MessageExpiredError
    message.dropped, message.route_at = None, now
    audit.record("message.again", message, by=by, now=now)
    return message


def drop_what_waits_for_nothing(known: Collection[str], *, now: datetime) -> None:
    """Put in order what was left behind: channels that are gone, leases longer than they can be.

    Args:
        known: The channels there are.
        now: The moment.
    """
    waits_for_nothing = and_(
        Delivery.finished_at.is_(None),
        Delivery.channel.not_in(known),
        Delivery.due_at < now - CHANNEL_IS_GONE,
    )
    _finish(waits_for_nothing, DeliveryState.FAILED, now=now, last_error="the channel is gone")
    # The clock was set back after they were claimed: their end would not come for a long time.
    ends_too_late = and_(Delivery.finished_at.is_(None), Delivery.claimed_until > now + 2 * LEASE)
    statement = update(Delivery).where(ends_too_late).values(claimed_until=now)
    db.session.execute(statement.execution_options(synchronize_session=False))
