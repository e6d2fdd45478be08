"""Each class of data is forgotten after the days that the office set, and not earlier."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from tests import factories
from tests.factories import HOUR, NOON
from tests.security.world import credential
from volunteer_hub.complaints import actions as complaints
from volunteer_hub.complaints.models import Complaint, ComplaintEntry
from volunteer_hub.complaints.rules import Draft, Kind
from volunteer_hub.complaints.rules import State as ComplaintState
from volunteer_hub.core import jobs, numbers
from volunteer_hub.core.database import db
from volunteer_hub.core.once import RequestKey
from volunteer_hub.core.outbox import OutboxMessage, RecipientKind
from volunteer_hub.core.transaction import transaction
from volunteer_hub.credentials.models import Credential
from volunteer_hub.credentials.rules import State
from volunteer_hub.guardians.models import GuardianConsent
from volunteer_hub.notifications.models import Delivery, DeliveryState
from volunteer_hub.privacy import retention
from volunteer_hub.registrations.models import Registration


def forget(now):
    job = next(each for each in jobs.registered() if each.name == "privacy.forget")
    job.work(now)


def after(days):
    return NOON + timedelta(days=days)


def attendee():
    return factories.registration(factories.event(starts_at=NOON - 3 * HOUR), phone="13700001234")


def message():
    queued = OutboxMessage(
        kind="welcome", recipient_kind=RecipientKind.PERSON, recipient_id=1, params={},
        queued_at=NOON, not_before=NOON, routed_at=NOON,
    )  # fmt: skip
    db.session.add(queued)
    db.session.flush()
    sent = Delivery(message_id=queued.id, channel="sms", state=DeliveryState.SENT, priority=2,
                    due_at=NOON, finished_at=NOON)  # fmt: skip
    return _kept(queued, sent)


def expired():
    held = credential(factories.volunteer().id)
    held.expires_on = date(2026, 9, 5)
    return _kept(held)


def rejected():
    held, judge = credential(factories.volunteer().id), factories.person()
    held.judged_by_id, held.judged_at = judge.id, NOON
    held.expires_on, held.state = None, State.REJECTED
    return _kept(held)


def asked(given=False, withdrawn=False):
    return _kept(
        GuardianConsent(
            volunteer_id=factories.volunteer().id, guardian_name="孙监护",
            guardian_phone="13700009999", phone_key="k", relation="mother",
            requested_at=NOON - HOUR, expires_at=NOON, given_at=NOON - HOUR if given else None,
            text_hash="h" if given else None, withdrawn_at=NOON if withdrawn else None,
        )
    )  # fmt: skip


def complained():
    with transaction():
        draft = Draft(kind=Kind.QUESTION, text="几点开门")
        filed = complaints.file(draft, person_id=None, now=NOON)
        filed.state = ComplaintState.ANSWERED
    return filed


def answered():
    return _kept(RequestKey(key="k", location="/", answered_at=NOON))


def _kept(*rows):
    db.session.add_all(rows)
    db.session.commit()
    return rows[0]


def count(model):
    db.session.rollback()
    if model is Registration:
        return db.session.scalar(select(func.count(Registration.phone)))
    return db.session.scalar(select(func.count(model.id)))


@pytest.mark.parametrize(
    ("make", "model", "key"),
    [
        (attendee, Registration, retention.ATTENDEES),
        (message, OutboxMessage, retention.MESSAGES),
        (message, Delivery, retention.MESSAGES),
        (expired, Credential, retention.CREDENTIALS),
        (rejected, Credential, retention.CREDENTIALS),
        (asked, GuardianConsent, retention.GUARDIANS),
        (lambda: asked(given=True, withdrawn=True), GuardianConsent, retention.GUARDIANS),
        (complained, Complaint, retention.COMPLAINTS),
        (complained, ComplaintEntry, retention.COMPLAINTS),
        (answered, RequestKey, retention.ANSWERS),
    ],
)
def test_what_was_kept_long_enough_is_forgotten(app, make, model, key):
    make()
    days = numbers.value_of(key)

    forget(after(days) - HOUR)
    assert count(model) == 1
    forget(after(days + 2))
    assert count(model) == 0


def test_an_attendee_is_still_counted(app):
    attendee()
    forget(after(400))
    row = db.session.scalars(select(Registration)).one()
    assert (row.name, row.phone, row.pinyin, row.companions) == (None, None, "", 0)


def test_a_complaint_that_waits_for_an_answer_is_kept(app):
    complained().state = ComplaintState.TAKEN
    db.session.commit()
    forget(after(4000))
    assert count(Complaint) == 1


def test_a_consent_that_holds_is_kept(app):
    asked(given=True)
    forget(after(4000))
    assert count(GuardianConsent) == 1


def test_a_message_that_waits_is_kept(app):
    row = message()
    row.route_at = NOON
    db.session.commit()
    forget(after(400))
    assert count(OutboxMessage) == 1


def test_more_than_one_batch_is_forgotten(app, monkeypatch):
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    for _ in range(5):
        asked()
    forget(after(400))
    assert count(GuardianConsent) == 0


def test_the_office_sets_the_days(app):
    attendee()
    with transaction():
        numbers.change(retention.ATTENDEES, 7, by=None, now=NOON)
    assert numbers.value_of(retention.ATTENDEES) == 7

    forget(after(8))

    assert count(Registration) == 0
