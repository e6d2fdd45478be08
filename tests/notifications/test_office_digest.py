"""The offices' weekly message keeps to what each of its readers wants."""

from __future__ import annotations

from datetime import datetime

from tests import factories
from tests.notifications.sending import messages, work
from volunteer_hub.core.clock import LOCAL
from volunteer_hub.core.outbox import Means
from volunteer_hub.core.transaction import transaction
from volunteer_hub.notifications import actions
from volunteer_hub.notifications.topics import Topic
from volunteer_hub.statistics import tasks

MONDAY = datetime(2026, 9, 7, 9, tzinfo=LOCAL)


def test_only_those_who_chose_text_messages_get_one(mailbox):
    wants_sms, wants_nothing, says_nothing = (factories.office() for _ in range(3))
    factories.event(starts_at=MONDAY)
    with transaction():
        for person, means in ((wants_sms, {Means.SMS}), (wants_nothing, set())):
            actions.set_preferences(person.id, {Topic.DIGEST: frozenset(means)}, language="zh")

    tasks.write_office_digests(MONDAY)
    work(MONDAY)

    assert [each.recipient_id for each in messages()] == [
        wants_sms.id,
        wants_nothing.id,
        says_nothing.id,
    ]
    (sent,) = mailbox.parcels
    assert sent.kind == "office_digest"
    assert sent.message.short.startswith("本周活动 1 场")
