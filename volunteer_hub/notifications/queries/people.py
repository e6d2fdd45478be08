from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased

from volunteer_hub.accounts.models import Person, SignInCode
from volunteer_hub.accounts.rules import is_email
from volunteer_hub.core.database import db
from volunteer_hub.core.outbox import OutboxMessage, Priority, RecipientKind
from volunteer_hub.notifications.models import Delivery, MessageLanguage, MessagePreference
from volunteer_hub.notifications.recipients import Recipient
from volunteer_hub.notifications.topics import CHOOSABLE, TOPICS, Means, Topic

Wish = tuple[Topic, Means]


def people_to_write_to(person_ids: Collection[int]) -> dict[int, Recipient]:
    """Return how to reach these people, without those who erased their account."""
    other = aliased(Person)
    shared = exists().where(
        other.phone == Person.phone, other.id != Person.id, other.erased_at.is_(None)
    )
    statement = (
        select(
            Person.id,
            Person.name,
            Person.phone,
            Person.email,
            Person.is_demo,
            func.coalesce(MessageLanguage.language, "zh").label("language"),
            shared.label("shares_phone"),
        )
        .outerjoin(MessageLanguage, MessageLanguage.person_id == Person.id)
        .where(Person.id.in_(person_ids), Person.erased_at.is_(None))
    )
    return {
        row.id: Recipient(
            row.name, row.phone, row.email, row.language, row.is_demo,
            shares_phone=row.shares_phone,
        )
        for row in db.session.execute(statement)
    }  # fmt: skip


def contacts_to_write_to(code_ids: Collection[int]) -> dict[int, Recipient]:
    """Return how to reach whoever has the numbers and addresses that codes were made for."""
    statement = select(SignInCode.id, SignInCode.contact).where(SignInCode.id.in_(code_ids))
    return {
        code_id: Recipient(None, None, contact)
        if is_email(contact)
        else Recipient(None, contact, None)
        for code_id, contact in db.session.execute(statement)
    }


def everybody() -> list[int]:
    """Return everyone who has an account, by id."""
    statement = select(Person.id).where(Person.erased_at.is_(None)).order_by(Person.id)
    return list(db.session.scalars(statement))


def find_recipient(person_id: int) -> Recipient | None:
    """Return how to reach one person, or None when they left."""
    return people_to_write_to([person_id]).get(person_id)


def wishes_of(person_ids: Collection[int]) -> dict[int, dict[Wish, bool]]:
    """Return what these people said about topics and channels; the usual is left out."""
    statement = select(MessagePreference).where(MessagePreference.person_id.in_(person_ids))
    found: dict[int, dict[Wish, bool]] = {}
    for row in db.session.scalars(statement):
        if row.topic in set(Topic) and row.channel in set(Means):
            wish = (Topic(row.topic), Means(row.channel))
            found.setdefault(row.person_id, {})[wish] = row.is_wanted
    return found


def wanted_by(person_id: int) -> dict[Topic, frozenset[Means]]:
    """Return over what a person gets each topic they can choose."""
    said = wishes_of([person_id]).get(person_id, {})
    return {
        topic: frozenset(
            means for means in Means if said.get((topic, means), means in TOPICS[topic].means)
        )
        for topic in CHOOSABLE
    }


def sent_since(person_ids: Collection[int], since: datetime) -> dict[int, int]:
    """Return how many messages that could have waited each person was sent since a moment."""
    went_out = select(Delivery.id).where(Delivery.message_id == OutboxMessage.id).exists()
    statement = (
        select(OutboxMessage.recipient_id, func.count())
        .where(
            OutboxMessage.recipient_kind == RecipientKind.PERSON,
            OutboxMessage.recipient_id.in_(person_ids),
            OutboxMessage.routed_at >= since,
            OutboxMessage.priority >= Priority.NORMAL,
            went_out,
        )
        .group_by(OutboxMessage.recipient_id)
    )
    return dict(db.session.execute(statement).all())
