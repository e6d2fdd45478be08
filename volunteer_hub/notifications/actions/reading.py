from __future__ import annotations

from collections.abc import Mapping, Set
from datetime import datetime

from sqlalchemy import delete, select, update

from volunteer_hub.accounts.models import Person
from volunteer_hub.core.database import db
from volunteer_hub.core.outbox import OutboxMessage, RecipientKind
from volunteer_hub.notifications.models import MessageLanguage, MessagePreference
from volunteer_hub.notifications.topics import CHOOSABLE, TOPICS, Means, Topic


def mark_all_read(person_id: int, *, now: datetime) -> None:
    """Note that a person has seen every message that is for them by now."""
    statement = (
        update(OutboxMessage)
        .where(
            OutboxMessage.recipient_kind == RecipientKind.PERSON,
            OutboxMessage.recipient_id == person_id,
            OutboxMessage.not_before <= now,
            OutboxMessage.read_at.is_(None),
        )
        .values(read_at=now)
    )
    db.session.execute(statement.execution_options(synchronize_session=False))


def set_preferences(person_id: int, wanted: Mapping[Topic, Set[Means]], *, language: str) -> None:
    """Keep over what a person wants each topic, and in which language.

    Args:
        person_id: Who.
        wanted: The channels of every topic they chose for; topics without a choice are ignored.
        language: zh or en.
    """
    _lock(person_id)
    for topic in wanted.keys() & set(CHOOSABLE):
        for means in Means:
            _set(person_id, topic, means, is_wanted=means in wanted[topic])
    db.session.execute(delete(MessageLanguage).where(MessageLanguage.person_id == person_id))
    if language != "zh":
        db.session.add(MessageLanguage(person_id=person_id, language=language))


def unsubscribe(person_id: int, topic: Topic, means: Means) -> None:
    """Keep that a person wants no more of a topic over a channel; once more changes nothing."""
    _lock(person_id)
    if not TOPICS[topic].is_fixed:
        _set(person_id, topic, means, is_wanted=False)


def _lock(person_id: int) -> None:
    """Hold a person's choices: mail programs press their button twice at once."""
    db.session.execute(select(Person.id).where(Person.id == person_id).with_for_update())


def _set(person_id: int, topic: Topic, means: Means, *, is_wanted: bool) -> None:
    """Keep one choice; what is usual anyway is not kept, so that the usual may change."""
    statement = select(MessagePreference).where(
        MessagePreference.person_id == person_id,
        MessagePreference.topic == topic,
        MessagePreference.channel == means,
    )
    row = db.session.scalar(statement.with_for_update())
    is_usual = is_wanted == (means in TOPICS[topic].means)
    if is_usual and row is not None:
        db.session.delete(row)
    elif not is_usual and row is None:
        db.session.add(
            MessagePreference(person_id=person_id, topic=topic, channel=means, is_wanted=is_wanted)
        )
