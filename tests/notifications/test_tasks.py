from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Lock, Thread

import pytest
from sqlalchemy import select

from tests import factories
from tests.factories import NOON
from volunteer_hub.core import outbox
from volunteer_hub.core.database import db
from volunteer_hub.core.outbox import OutboxMessage
from volunteer_hub.core.transaction import transaction
from volunteer_hub.notifications import actions, channels, rules, tasks
from volunteer_hub.notifications.channels import ChannelError

MINUTE = timedelta(minutes=1)


class Mailbox:
    """A channel that remembers what it was given, or refuses it."""

    name = "mailbox"

    def __init__(self, error=None):
        self.error, self.letters, self.lock = error, [], Lock()

    def send(self, recipient, message):
        assert not db.session.info.get("written")
        if self.error:
            raise self.error
        with self.lock:
            self.letters.append((recipient.name, message.subject))


@pytest.fixture
def mailbox(app, monkeypatch):
    box = Mailbox()
    monkeypatch.setitem(app.extensions, "notification_channel", box)
    return box


def queue(person_id, kind="welcome", expires_at=None, count=1):
    with transaction():
        for _ in range(count):
            outbox.enqueue(kind, to=outbox.to_person(person_id), now=NOON, expires_at=expires_at)


def only_message():
    db.session.rollback()
    return db.session.scalars(select(OutboxMessage)).one()


def test_a_waiting_message_goes_out_once(app, mailbox):
    queue(factories.person(name="林小禾").id)

    tasks.deliver(NOON)
    tasks.deliver(NOON + MINUTE)

    assert mailbox.letters == [("林小禾", "欢迎加入科普志愿者")]
    message = only_message()
    assert message.sent_at == NOON
    assert message.claimed_by is None


def test_a_failed_message_waits_and_is_tried_again(app, mailbox):
    queue(factories.person().id)
    mailbox.error = ChannelError("line is busy")

    tasks.deliver(NOON)

    message = only_message()
    assert (message.sent_at, message.failed_at) == (None, None)
    assert (message.attempts, message.last_error) == (1, "line is busy")
    assert message.not_before == NOON + rules.FIRST_PAUSE

    mailbox.error = None
    tasks.deliver(NOON + rules.FIRST_PAUSE - timedelta(seconds=1))
    assert mailbox.letters == []
    tasks.deliver(NOON + rules.FIRST_PAUSE)
    assert len(mailbox.letters) == 1


def test_a_message_that_never_goes_out_is_given_up(app, mailbox):
    queue(factories.person().id)
    mailbox.error = OSError("no route")

    for attempt in range(rules.MOST_ATTEMPTS + 2):
        tasks.deliver(NOON + attempt * rules.LONGEST_PAUSE)

    message = only_message()
    assert message.attempts == rules.MOST_ATTEMPTS
    assert message.failed_at == NOON + (rules.MOST_ATTEMPTS - 1) * rules.LONGEST_PAUSE


def test_an_expired_message_is_dropped(app, mailbox):
    queue(factories.person().id, expires_at=NOON + MINUTE)

    tasks.deliver(NOON + MINUTE)

    assert mailbox.letters == []
    assert only_message().failed_at == NOON + MINUTE
    assert only_message().last_error == "expired"


def test_a_message_to_someone_who_left_is_dropped(app, mailbox):
    person = factories.person()
    person.erased_at = NOON
    db.session.commit()
    queue(person.id)

    tasks.deliver(NOON)

    assert mailbox.letters == []
    assert only_message().last_error == "nobody to write to"


def test_a_message_of_unknown_kind_fails_without_stopping_the_others(app, mailbox):
    person = factories.person()
    queue(person.id, kind="surprise")
    queue(person.id)

    tasks.deliver(NOON)

    assert len(mailbox.letters) == 1
    failed = select(OutboxMessage.last_error).where(OutboxMessage.failed_at.is_not(None))
    assert db.session.scalars(failed).all() == ["no wording: surprise"]


def test_without_a_channel_messages_wait(app, monkeypatch):
    monkeypatch.delitem(app.extensions, "notification_channel")
    queue(factories.person().id)

    tasks.deliver(NOON)

    assert channels.current() is None
    assert only_message().attempts == 0


def test_a_message_held_by_a_worker_that_died_is_sent_after_its_lease(app, mailbox):
    queue(factories.person().id)
    with transaction():
        assert len(actions.claim_messages("dead", now=NOON)) == 1

    tasks.deliver(NOON + actions.LEASE - timedelta(seconds=1))
    assert mailbox.letters == []
    tasks.deliver(NOON + actions.LEASE)
    assert len(mailbox.letters) == 1


def test_a_message_that_kills_every_worker_is_given_up(app, mailbox):
    queue(factories.person().id)
    for attempt in range(rules.MOST_ATTEMPTS):
        with transaction():
            actions.claim_messages("dead", now=NOON + attempt * actions.LEASE)

    tasks.deliver(NOON + rules.MOST_ATTEMPTS * actions.LEASE)

    assert mailbox.letters == []
    assert only_message().last_error == "gave up"


def test_a_late_worker_does_not_overwrite_what_another_did(app, mailbox):
    queue(factories.person().id)
    with transaction():
        [message] = actions.claim_messages("slow", now=NOON)
        message_id = message.id

    tasks.deliver(NOON + actions.LEASE)
    with transaction():
        actions.mark_failed(message_id, "slow", "late", now=NOON + actions.LEASE + MINUTE)

    assert only_message().failed_at is None


def test_workers_at_once_never_send_one_message_twice(app, mailbox):
    queue(factories.person().id, count=60)
    start, errors = Barrier(4), []

    def work():
        with app.app_context():
            start.wait()
            try:
                for _ in range(8):
                    tasks.deliver(NOON)
            except Exception as error:
                errors.append(error)
            finally:
                db.session.remove()

    workers = [Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert errors == []
    assert len(mailbox.letters) == 60
    sent = select(OutboxMessage.attempts).where(OutboxMessage.sent_at.is_not(None))
    assert db.session.scalars(sent).all() == [1] * 60
