"""Many organisers want the caravan for overlapping times: one gets it."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from tests import factories
from tests.concurrency.races import all_together, meet_after, without_locks
from tests.factories import HOUR, NOON
from volunteer_hub.core.database import db
from volunteer_hub.core.errors import NotFoundError
from volunteer_hub.core.transaction import transaction
from volunteer_hub.organisations.queries import scope_of
from volunteer_hub.resources import actions, rules
from volunteer_hub.resources.drafts import BookingDraft, Holder
from volunteer_hub.resources.errors import TakenError
from volunteer_hub.resources.models import Booking
from volunteer_hub.resources.rules import Purpose

MANY = 20
NO_OVERLAP = {
    "postgresql": ["ALTER TABLE booking DROP CONSTRAINT ex_booking_no_overlap"],
    "sqlite": ["DROP TRIGGER booking_no_overlap_made", "DROP TRIGGER booking_no_overlap_moved"],
}


@pytest.fixture
def booking(app):
    """Return a function that lets that many organisers book the caravan, each a bit later."""
    caravan = factories.resource()
    resource_id, of = caravan.id, caravan.organisation
    scope = scope_of(factories.organiser(of).id)

    def book(number):
        def work(place):
            starts_at = NOON + 24 * HOUR + timedelta(minutes=7 * place)
            draft = BookingDraft(
                purpose=Purpose.OTHER,
                title=f"第 {place} 位",
                starts_at=starts_at,
                ends_at=starts_at + 3 * HOUR,
            )
            return lambda: actions.book(resource_id, draft, scope=scope, now=NOON).id

        results = all_together(app, [work(place) for place in range(number)])
        return Counter(type(result) for result in results)

    return book


def booked():
    return db.session.scalar(select(func.count(Booking.id)))


def without_constraint(database):
    """Take the database's own constraint away; the database is made again after the test."""
    with transaction():
        for statement in NO_OVERLAP[db.engine.dialect.name]:
            db.session.execute(text(statement))
    database.shipped = None


def test_without_lock_and_constraint_two_get_the_caravan(booking, database, monkeypatch):
    without_constraint(database)
    with without_locks(monkeypatch):
        meet_after(monkeypatch, rules, "standing")
        assert booking(2) == {int: 2}

    assert booked() == 2


def test_with_the_lock_alone_one_of_twenty_gets_it(booking, database):
    without_constraint(database)

    assert booking(MANY) == {int: 1, TakenError: MANY - 1}
    assert booked() == 1


def test_without_the_lock_the_constraint_still_lets_only_one_get_it(booking, monkeypatch):
    with without_locks(monkeypatch):
        meet_after(monkeypatch, rules, "standing")
        ended = booking(2)

    # PostgreSQL lets both write and then wait for each other; it may have to end one of the two.
    assert ended in ({int: 1, TakenError: 1}, {int: 1, OperationalError: 1})
    assert booked() == 1


def test_the_constraint_tells_why(booking, monkeypatch):
    with without_locks(monkeypatch):
        assert booking(1) == {int: 1}
        monkeypatch.setattr(rules, "standing", lambda *_: (rules.Standing.FREE, None))
        assert booking(1) == {TakenError: 1}


def test_what_is_given_back_while_its_event_moves_is_gone_or_moved_and_breaks_nothing(app):
    event = factories.event()
    caravan = factories.resource()
    booking_id = factories.booking(caravan, for_event=event).id
    owner = scope_of(factories.organiser(caravan.organisation).id)
    event_id, by = event.id, event.created_by_id
    later = rules.Span(event.starts_at + HOUR, event.ends_at + HOUR)

    def move():
        actions.follow(Holder(event_id=event_id), "改了名字", later, by=by, now=NOON)

    def give_back():
        return actions.release(booking_id, scope=owner, now=NOON)

    results = all_together(app, [move, give_back, move, give_back, move])

    assert [type(each) for each in results if isinstance(each, Exception)] == [NotFoundError]
    assert booked() == 0


def test_one_of_twenty_gets_the_caravan(booking):
    assert booking(MANY) == {int: 1, TakenError: MANY - 1}
    assert booked() == 1
