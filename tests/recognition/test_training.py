"""Trainings grant a credential to those who were there."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from tests import factories
from tests.recognition.test_confirm import AFTER, came, confirm, records
from volunteer_hub.core.audit import AuditEntry
from volunteer_hub.core.database import db
from volunteer_hub.core.transaction import transaction
from volunteer_hub.credentials.models import Credential
from volunteer_hub.credentials.rules import State
from volunteer_hub.recognition.actions import reverse
from volunteer_hub.recognition.models import Training
from volunteer_hub.recognition.queries import served_at
from volunteer_hub.recognition.rules import choices
from volunteer_hub.recognition.training import months_after


@pytest.fixture
def unit(app):
    return factories.organisation()


@pytest.fixture
def organiser(unit):
    return factories.organiser(unit)


@pytest.fixture
def event(client, at, unit, organiser):
    at(AFTER)
    client.sign_in(organiser)
    return factories.event("急救培训", of=unit)


def plan(client, event, kind="first_aid", months="24"):
    return client.post(
        f"/organise/events/{event.id}/training", data={"kind": kind, "months": months}
    )


def confirmed(client, event):
    """Confirm who was there as the door knows it."""
    answers = {
        f"row-{each.assignment_id}-answer": choices(each.working.presence)[0].value
        for each in served_at(event)
    }
    assert confirm(client, event, **answers).status_code == 302


def credentials():
    db.session.expire_all()
    return db.session.scalars(select(Credential).order_by(Credential.id)).all()


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [(date(2026, 9, 5), 24, date(2028, 9, 5)), (date(2026, 12, 31), 2, date(2027, 2, 28)),
     (date(2026, 8, 31), 1, date(2026, 9, 30)), (date(2028, 1, 31), 1, date(2028, 2, 29)),
     (date(2026, 12, 1), 1, date(2027, 1, 1))],
)  # fmt: skip
def test_months_end_on_days_that_there_are(day, months, expected):
    assert months_after(day, months) == expected


def test_whoever_was_there_has_it_and_whoever_was_not_has_not(client, event, organiser):
    shift = factories.shift(event)
    there = factories.assignment(factories.post(shift))
    absent = factories.assignment(factories.post(shift), factories.volunteer("没来的"))
    came(there)
    assert plan(client, event).status_code == 302
    confirmed(client, event)
    (granted,) = credentials()
    assert (granted.volunteer_id, granted.kind_code) == (there.volunteer_id, "first_aid")
    assert granted.state is State.VERIFIED
    assert granted.judged_by_id == organiser.id
    assert granted.expires_on == date(2028, 9, 6)
    assert absent.volunteer_id != granted.volunteer_id
    assert "credential.grant" in set(db.session.scalars(select(AuditEntry.action)))


def test_it_is_taken_back_from_whoever_was_not_there_after_all(client, event):
    there = factories.assignment(factories.post(factories.shift(event)))
    came(there)
    plan(client, event)
    confirmed(client, event)
    (granted,) = credentials()
    base = f"/organise/events/{event.id}/training"
    assert "其实没到" in client.get(base).text
    assert client.post(f"{base}/{granted.id}/take-back").status_code == 302
    assert credentials() == []
    assert client.post(f"{base}/{granted.id}/take-back").status_code == 404


def test_nobody_verifies_for_themselves(client, event, organiser):
    own = factories.volunteer(who=organiser)
    row = factories.assignment(factories.post(factories.shift(event)), own)
    came(row)
    plan(client, event)
    confirmed(client, event)
    assert credentials() == []


def test_an_event_that_grants_nothing_grants_nothing(client, event):
    came(factories.assignment(factories.post(factories.shift(event))))
    plan(client, event)
    plan(client, event, kind="", months="")
    confirmed(client, event)
    assert credentials() == []
    assert db.session.scalars(select(Training)).all() == []
    assert plan(client, event).status_code == 409


@pytest.mark.parametrize(
    ("kind", "months"), [("magic", "12"), ("first_aid", "61"), ("first_aid", "x")]
)
def test_what_is_wrong_is_said(client, event, kind, months):
    assert plan(client, event, kind, months).status_code == 422


def test_another_credential_of_that_kind_is_not_taken_back(client, event):
    there = factories.assignment(factories.post(factories.shift(event)))
    came(there)
    plan(client, event)
    confirmed(client, event)
    (granted,) = credentials()
    other = factories.event("另一场", of=event.organisation)
    address = f"/organise/events/{other.id}/training/{granted.id}/take-back"
    assert client.post(address).status_code == 404


def test_it_goes_with_the_hours_that_are_taken_back(client, event, organiser):
    there = factories.assignment(factories.post(factories.shift(event)))
    came(there)
    plan(client, event)
    confirmed(client, event)
    (record,) = records()
    with transaction():
        reverse(record.id, "不在现场", by=organiser.id, now=AFTER)
    assert credentials() == []
