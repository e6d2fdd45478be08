from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from tests import factories
from tests.factories import HOUR, NOON
from volunteer_hub.core.audit import AuditEntry
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import ForbiddenError
from volunteer_hub.core.transaction import transaction
from volunteer_hub.organisations.queries import scope_of
from volunteer_hub.resources import actions
from volunteer_hub.resources.drafts import BookingDraft, Holder
from volunteer_hub.resources.errors import (
    NotSharedError,
    OutOfDateError,
    RetiredError,
    TakenError,
    UnderMaintenanceError,
    UnsoundResourceError,
)
from volunteer_hub.resources.models import Booking
from volunteer_hub.resources.rules import Purpose

TOMORROW = NOON + 24 * HOUR
DRAFT = BookingDraft(
    purpose=Purpose.OTHER, title="省馆借用", starts_at=TOMORROW, ends_at=TOMORROW + 3 * HOUR
)


@pytest.fixture
def owner(app):
    """Return what an organiser of the caravan's owner may do."""
    return scope_of(factories.organiser(factories.organisation("有车的单位")).id)


@pytest.fixture
def guest(app):
    """Return what an organiser of another organisation may do."""
    return scope_of(factories.organiser(factories.organisation(region_code="210603")).id)


def resource(owner, **more):
    (of,) = owner.organisation_ids
    return factories.resource(of=type("Owner", (), {"id": of}), **more)


def book(of, scope, draft=DRAFT, **changes):
    with transaction():
        return actions.book(of.id, replace(draft, **changes), scope=scope, now=NOON)


def test_a_booking_keeps_the_time_before_and_after(owner, guest):
    caravan = resource(owner, before_minutes=60, after_minutes=30)

    made = book(caravan, guest)

    assert (made.busy_from, made.busy_until) == (TOMORROW - HOUR, TOMORROW + 3.5 * HOUR)
    audited = db.session.scalars(select(AuditEntry.action)).all()
    assert audited == ["booking.make"]
    with pytest.raises(TakenError) as error:
        book(caravan, owner, starts_at=TOMORROW - 3 * HOUR, ends_at=TOMORROW - 1.4 * HOUR)
    assert (error.value.resource, error.value.title) == (caravan.name, "省馆借用")
    before = {"starts_at": TOMORROW - 3 * HOUR, "ends_at": TOMORROW - 1.5 * HOUR}
    assert book(caravan, owner, **before).busy_until == TOMORROW - HOUR


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"valid_until": date(2026, 9, 5)}, OutOfDateError),
        ({"is_active": False}, RetiredError),
        ({"is_shared": False}, NotSharedError),
    ],
)
def test_what_cannot_be_had_is_refused_with_its_own_reason(owner, guest, more, error):
    with pytest.raises(error):
        book(resource(owner, **more), guest)


def test_maintenance_keeps_others_away_and_is_for_owners(owner, guest):
    caravan = resource(owner)
    with pytest.raises(NotSharedError):
        book(caravan, guest, purpose=Purpose.MAINTENANCE)
    book(caravan, owner, purpose=Purpose.MAINTENANCE, title="年检")
    with pytest.raises(UnderMaintenanceError):
        book(caravan, guest)


def test_what_is_out_of_date_may_be_repaired_but_not_while_somebody_has_it(owner):
    caravan = resource(owner, valid_until=date(2026, 9, 1))
    factories.booking(caravan, starts_at=TOMORROW, hours=1)
    with pytest.raises(TakenError):
        book(caravan, owner, purpose=Purpose.MAINTENANCE)
    later = {"starts_at": TOMORROW + HOUR, "ends_at": TOMORROW + 9 * HOUR}
    assert book(caravan, owner, purpose=Purpose.MAINTENANCE, **later).id


def test_when_nobody_knows_until_when_it_holds_it_can_be_booked(owner):
    assert book(resource(owner, valid_until=None), owner).id


@pytest.mark.parametrize("hours", [0, -30])
def test_a_time_that_cannot_be_is_refused(owner, hours):
    with pytest.raises(UnsoundResourceError):
        book(resource(owner), owner, ends_at=TOMORROW + hours * HOUR)


def test_who_booked_and_the_owner_give_back_and_nobody_else(owner, guest):
    caravan = resource(owner)
    own, other = book(caravan, guest), factories.booking(caravan, starts_at=TOMORROW + 9 * HOUR)
    stranger = scope_of(factories.organiser(factories.organisation(region_code="210681")).id)

    with transaction():
        actions.release(own.id, scope=guest, now=NOON)
    with pytest.raises(ForbiddenError), transaction():
        actions.release(other.id, scope=stranger, now=NOON)
    with transaction():
        actions.release(other.id, scope=owner, now=NOON)
    assert db.session.scalars(select(Booking)).all() == []


def test_booking_once_more_for_the_same_event_changes_nothing(owner):
    caravan, event = resource(owner), factories.event()
    for_event = {
        "purpose": Purpose.EVENT,
        "holder": Holder(event_id=event.id),
        "starts_at": event.starts_at,
        "ends_at": event.ends_at,
    }
    assert book(caravan, owner, **for_event).id == book(caravan, owner, **for_event).id
