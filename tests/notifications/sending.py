"""Short ways to queue messages and to look at what became of them."""

from __future__ import annotations

from sqlalchemy import select

from tests.factories import NOON
from volunteer_hub.core import outbox
from volunteer_hub.core.database import db
from volunteer_hub.core.outbox import Draft, OutboxMessage
from volunteer_hub.core.transaction import transaction
from volunteer_hub.notifications import tasks
from volunteer_hub.notifications.models import Delivery


def queue(person, kind="welcome", now=NOON, **draft):
    """Queue one message to a person."""
    with transaction():
        outbox.enqueue_all([Draft(kind=kind, to=outbox.to_person(person.id), **draft)], now=now)


def queue_many(person, count, kind="welcome", now=NOON, **draft):
    """Queue several messages to one person."""
    drafts = [
        Draft(kind=kind, to=outbox.to_person(person.id), dedupe_key=f"{kind}:{i}", **draft)
        for i in range(count)
    ]
    with transaction():
        outbox.enqueue_all(drafts, now=now)


def work(now=NOON, channel="sms"):
    """Do what a worker does at one moment, until there is nothing more to do."""
    while tasks.route(now) is not None:
        pass
    while tasks.deliver(channel, now) == 0:
        pass


def messages():
    db.session.rollback()
    return list(db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))


def deliveries():
    db.session.rollback()
    return list(db.session.scalars(select(Delivery).order_by(Delivery.id)))


def only_delivery():
    (delivery,) = deliveries()
    return delivery
