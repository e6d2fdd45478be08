from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import and_, select, update

from volunteer_hub.core.database import db
from volunteer_hub.core.outbox import OutboxMessage
from volunteer_hub.notifications import rules
from volunteer_hub.notifications.queries import is_due

# A batch must be sent well within the lease, or another worker takes it up again.
BATCH: Final = 10
LEASE: Final = timedelta(minutes=3)


def give_up_late_messages(*, now: datetime) -> None:
    """Give up what expired while it waited, and what took its last worker down with it."""
    is_dead = and_(OutboxMessage.attempts >= rules.MOST_ATTEMPTS, is_due(now))
    is_late = and_(OutboxMessage.expires_at <= now, is_due(now))
    for condition, why in ((is_late, "expired"), (is_dead, "gave up")):
        statement = update(OutboxMessage).where(condition).values(failed_at=now, last_error=why)
        db.session.execute(statement.execution_options(synchronize_session=False))


def claim_messages(worker: str, *, now: datetime) -> list[OutboxMessage]:
    """Return the next messages to send, held for this worker until its lease ends.

    Workers that claim at the same moment never get the same message: on PostgreSQL each skips
    the rows that another holds, on SQLite they come one after the other.

    Args:
        worker: A name nobody else uses.
        now: The moment the lease starts.
    """
    due = (
        select(OutboxMessage.id)
        .where(is_due(now))
        .order_by(OutboxMessage.not_before, OutboxMessage.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    claim = (
        update(OutboxMessage)
        .where(OutboxMessage.id.in_(select(due.c.id)))
        .values(claimed_by=worker, claimed_until=now + LEASE, attempts=OutboxMessage.attempts + 1)
        .returning(OutboxMessage.id)
        .execution_options(synchronize_session=False)
    )
    ids = list(db.session.scalars(claim))
    mine = select(OutboxMessage).where(OutboxMessage.id.in_(ids)).order_by(OutboxMessage.id)
    return list(db.session.scalars(mine.execution_options(populate_existing=True)))


def mark_sent(message_id: int, worker: str, *, now: datetime) -> None:
    """Note that the message went out, unless another worker took it over meanwhile."""
    _note(message_id, worker, sent_at=now, last_error=None)


def mark_failed(message_id: int, worker: str, why: str, *, now: datetime) -> None:
    """Note that the message can never be sent."""
    _note(message_id, worker, failed_at=now, last_error=why)


def put_back(message_id: int, worker: str, why: str, *, now: datetime) -> None:
    """Let the message be tried again later, or give it up after its last attempt."""
    message = db.session.get_one(OutboxMessage, message_id)
    again_at = rules.next_attempt_at(message.attempts, now=now)
    if again_at is None:
        mark_failed(message_id, worker, why, now=now)
    else:
        _note(message_id, worker, not_before=again_at, last_error=why)


def _note(message_id: int, worker: str, **values: object) -> None:
    is_mine = and_(OutboxMessage.id == message_id, OutboxMessage.claimed_by == worker)
    freed = {"claimed_by": None, "claimed_until": None}
    statement = update(OutboxMessage).where(is_mine).values(**values, **freed)
    db.session.execute(statement.execution_options(synchronize_session=False))
