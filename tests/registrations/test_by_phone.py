"""Waiting for an event that takes nobody over the web."""

from __future__ import annotations

from tests import factories
from tests.factories import HOUR, NOON
from volunteer_hub.core.database import db
from volunteer_hub.core.outbox import OutboxMessage
from volunteer_hub.core.transaction import transaction
from volunteer_hub.organisations.queries import scope_of
from volunteer_hub.registrations import actions, queries
from volunteer_hub.registrations.rules import RegistrationDraft


def test_who_waits_is_offered_what_gets_free_there_too(app):
    of = factories.organisation()
    staff = factories.organiser(of)
    event = factories.event(of=of, by=staff, starts_at=NOON + 7 * 24 * HOUR, capacity=1,
                            is_registration_open=False)  # fmt: skip
    scope = scope_of(staff.id)
    with transaction():
        first = RegistrationDraft(name="赵麦芽", phone="13900139001")
        booked = actions.register_by_phone(event.id, first, scope=scope, now=NOON)
    with transaction():
        second = RegistrationDraft(name="钱外人", phone="13900139002")
        waits = actions.wait_by_phone(event.id, second, scope=scope, now=NOON)
    with transaction():
        actions.cancel(booked.id, scope=scope, now=NOON + HOUR)

    offered = db.session.query(OutboxMessage).filter_by(kind="waiting_offer").one()
    assert offered.recipient_id == waits.id
    assert queries.events_to_settle(now=NOON + 2 * HOUR) == []
